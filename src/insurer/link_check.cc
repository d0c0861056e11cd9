#include "insurer/link_check.h"

#include <algorithm>
#include <array>

namespace musubi::insurer {

namespace {

using exchange::QueryOutcome;
using exchange::VerificationOutcome;

constexpr std::array<std::string_view, 7> kStatusNames = {
    "unchecked", "verified", "waiting", "doubtful", "cleared", "lead", "stopped"
};

CheckStatus StatusOf(VerificationOutcome outcome) {
  switch (outcome) {
    case VerificationOutcome::kAgree:
      return CheckStatus::kVerified;
    case VerificationOutcome::kNotation:
    case VerificationOutcome::kNameDiffers:
    case VerificationOutcome::kKanaDiffers:
    case VerificationOutcome::kAddressDiffers:
      return CheckStatus::kWaiting;
    case VerificationOutcome::kBirthDateDiffers:
    case VerificationOutcome::kSexDiffers:
    case VerificationOutcome::kNumberUnknown:
    case VerificationOutcome::kSuperseded:
    case VerificationOutcome::kGone:
    case VerificationOutcome::kRestricted:
      return CheckStatus::kDoubtful;
    case VerificationOutcome::kInvalid:
      return CheckStatus::kUnchecked;
  }
  return CheckStatus::kUnchecked;
}

CheckStatus StatusOf(QueryOutcome outcome) {
  switch (outcome) {
    case QueryOutcome::kAgree:
      return CheckStatus::kVerified;
    case QueryOutcome::kNotation:
      return CheckStatus::kWaiting;
    default:
      return CheckStatus::kLead;
  }
}

// What a stop is called in the acquisition state. These words are the hub's own for the same fact.
LinkValue LinkOfStop(const Known& person, const LinkCheck& check) {
  if (check.status == CheckStatus::kStopped) {
    const bool is_stopped =
        person.state == LinkState::kDoubtful || person.state == LinkState::kRefused;
    return is_stopped ? LinkValue{person.state, person.reason}
                      : LinkValue{LinkState::kDoubtful, Reason::kStopped};
  }
  const auto outcome = exchange::VerificationOutcomeOf(check.finding.outcome);
  switch (outcome.value_or(VerificationOutcome::kInvalid)) {
    case VerificationOutcome::kBirthDateDiffers:
      return {LinkState::kDoubtful, Reason::kBirthDateDiffers};
    case VerificationOutcome::kSexDiffers:
      return {LinkState::kDoubtful, Reason::kSexDiffers};
    case VerificationOutcome::kNumberUnknown:
      return {LinkState::kRefused, Reason::kNotFound};
    case VerificationOutcome::kSuperseded:
      return {LinkState::kRefused, Reason::kSuperseded};
    case VerificationOutcome::kGone:
      return {LinkState::kRefused, Reason::kResidentGone};
    case VerificationOutcome::kRestricted:
      return {LinkState::kRefused, Reason::kRestricted};
    default:
      return {LinkState::kDoubtful, Reason::kRejected};
  }
}

bool WasStopped(CheckStatus status) {
  return status == CheckStatus::kDoubtful || status == CheckStatus::kStopped;
}

LinkValue LinkWhenSafe(const Known& person, CheckStatus before) {
  const bool is_stopped =
      person.state == LinkState::kDoubtful || person.state == LinkState::kRefused;
  if (is_stopped && WasStopped(before) && person.listed_in == 0) {
    return {person.has_insured_number ? LinkState::kTied : LinkState::kUnverified, Reason::kNone};
  }
  const Reason reason = person.reason == Reason::kInReview ? Reason::kNone : person.reason;
  return {person.state, reason};
}

}  // namespace

std::string_view CheckStatusName(CheckStatus status) {
  return kStatusNames.at(static_cast<std::size_t>(status));
}

std::optional<CheckStatus> CheckStatusOf(std::string_view name) {
  const auto* const found = std::find(kStatusNames.begin(), kStatusNames.end(), name);
  if (found == kStatusNames.end()) {
    return std::nullopt;
  }
  return static_cast<CheckStatus>(found - kStatusNames.begin());
}

std::string_view CheckSourceName(CheckSource source) {
  return source == CheckSource::kVerification ? "verification" : "query";
}

std::string_view RunKindOf(CheckSource source) {
  return source == CheckSource::kVerification ? "verify-links" : "query-residents";
}

std::optional<CheckSource> CheckSourceOf(std::string_view name) {
  for (const CheckSource source : {CheckSource::kVerification, CheckSource::kQuery}) {
    if (CheckSourceName(source) == name) {
      return source;
    }
  }
  return std::nullopt;
}

CheckStatus StatusOfFinding(const Finding& finding) {
  if (finding.source == CheckSource::kQuery) {
    return StatusOf(exchange::QueryOutcomeOf(finding.outcome).value_or(QueryOutcome::kInvalid));
  }
  return StatusOf(
      exchange::VerificationOutcomeOf(finding.outcome).value_or(VerificationOutcome::kInvalid)
  );
}

LinkCheck DecideCheck(const LinkCheck* before, LinkCheck now) {
  now.status = StatusOfFinding(now.finding);
  if (before == nullptr) {
    return now;
  }
  const bool is_same = before->fingerprint == now.fingerprint && before->finding == now.finding;
  if (before->status == CheckStatus::kStopped) {
    now.status = CheckStatus::kStopped;
    now.reason = before->reason;
  } else if (is_same && now.status == CheckStatus::kWaiting) {
    now.status = before->status;  // a decision about the very same holds
    now.reason = before->reason;
  }
  return now;
}

LinkValue LinkAfterCheck(const Known& person, CheckStatus before, const LinkCheck& check) {
  const LinkValue as_it_is = {person.state, person.reason};
  if (person.state == LinkState::kReleased || !person.has_number) {
    return as_it_is;
  }
  switch (check.status) {
    case CheckStatus::kDoubtful:
    case CheckStatus::kStopped:
      return LinkOfStop(person, check);
    case CheckStatus::kVerified:
    case CheckStatus::kCleared:
      return LinkWhenSafe(person, before);
    case CheckStatus::kWaiting: {
      const LinkValue safe = LinkWhenSafe(person, before);
      const bool is_sent = safe.state == LinkState::kUnverified || safe.state == LinkState::kListed;
      return is_sent ? LinkValue{safe.state, Reason::kInReview} : safe;
    }
    default:  // a stop lifted before anything was ever found
      return before == CheckStatus::kStopped ? LinkWhenSafe(person, before) : as_it_is;
  }
}

}  // namespace musubi::insurer
