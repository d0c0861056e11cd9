#include "audit/agreement.h"

namespace musubi::audit {

namespace {

using exchange::InquiryOutcome;

constexpr std::size_t kToldMost = 100;

constexpr std::uint8_t BitOf(Role role) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(role));
}

// Outcomes which only a provider gives.
bool IsProviders(InquiryOutcome outcome) {
  return outcome == InquiryOutcome::kAnswered || outcome == InquiryOutcome::kNothingHeld ||
         outcome == InquiryOutcome::kNotDisclosed || outcome == InquiryOutcome::kTimedOut;
}

}  // namespace

Result<void> PartyLogs::Take(BytesView entry, std::optional<InquiryOutcome> outcome) {
  MUSUBI_TRY(const LogEntry decoded, DecodeEntry(entry));
  const auto* provision = std::get_if<ProvisionEntry>(&decoded);
  if (provision == nullptr) {
    return Ok();
  }
  const auto [found, is_new] = inquiries_.try_emplace(provision->inquiry);
  Seen& seen = found->second;
  if (is_new) {
    seen.facts = provision->facts;
  }
  seen.is_different |= seen.facts != provision->facts;
  seen.is_double |= (seen.roles & BitOf(provision->role)) != 0;
  seen.roles |= BitOf(provision->role);
  seen.was_asked |= provision->role == Role::kNetwork && outcome && IsProviders(*outcome);
  return Ok();
}

AgreementReport PartyLogs::Compare(bool are_all_given) const {
  constexpr std::uint8_t kInquirer = BitOf(Role::kInquirer);
  constexpr std::uint8_t kNetwork = BitOf(Role::kNetwork);
  constexpr std::uint8_t kProvider = BitOf(Role::kProvider);
  AgreementReport report;
  report.inquiries = inquiries_.size();
  for (const auto& [id, seen] : inquiries_) {
    const auto blame = [&report, &inquiry = id](const char* reason) {
      if (++report.disagreements <= kToldMost) {
        report.first.push_back({ToHex(inquiry), reason});
      }
    };
    report.by_three += seen.roles == (kInquirer | kNetwork | kProvider) ? 1 : 0;
    report.by_two += seen.roles == (kInquirer | kNetwork) ? 1 : 0;
    report.by_inquirer += seen.roles == kInquirer ? 1 : 0;
    if (seen.is_different) {
      blame("the parties' records differ");
    } else if (seen.is_double) {
      blame("one party has it twice");
    } else if (are_all_given && (seen.roles & kInquirer) == 0) {
      blame("no inquirer has it");
    } else if (are_all_given && (seen.roles & kProvider) != 0 && (seen.roles & kNetwork) == 0) {
      blame("the network does not have it");
    } else if (are_all_given && seen.was_asked && (seen.roles & kProvider) == 0) {
      blame("no provider has it");
    }
  }
  return report;
}

}  // namespace musubi::audit
