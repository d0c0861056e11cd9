#include "national/network/inquiry/inquiry_exchange.h"

#include <utility>

#include "national/network/inquiry/decision.h"
#include "national/network/inquiry/inquiry_item.h"
#include "ops/metrics.h"

namespace musubi::national::network {

namespace {

using exchange::InquiryOrder;
using exchange::InquiryOutcome;
using exchange::InquiryQuestion;
using exchange::InquiryResult;

constexpr std::uint32_t kKeyVersion = 1;

crypto::Digest DigestOf(std::string_view caller, const InquiryQuestion& question) {
  SecretVector<char> text(caller.begin(), caller.end());
  text.push_back('\n');
  AppendLine(question, text);
  return crypto::Sha256Of(AsBytes({text.data(), text.size()}));
}

// Without the certificate, which weighs more than the rest: the line is for settling what nobody
// asks about any more, when nothing is sealed anew.
std::string LineToSettle(InquiryOrder order) {
  order.recipient.clear();
  SecretVector<char> line;
  AppendLine(order, line);
  return {line.data(), line.size()};
}

// What the provider was or is asked; the same for as long as the inquiry is known.
InquiryOrder OrderOf(const InquiryQuestion& question, const KeptInquiry& kept) {
  InquiryOrder order;
  order.id = question.id;
  order.salt = question.salt;
  order.code = question.code;
  order.subject = question.subject;
  order.subject.provider = kept.asked;
  order.basis = kept.result.basis;
  order.requested_at = *kept.result.requested_at;
  order.expires_at = kept.expires_at;
  order.recipient = question.recipient;
  return order;
}

void Count(const InquiryResult& result) {
  const std::string_view outcome = exchange::InquiryOutcomeName(result.outcome);
  ops::GetCounter(
      "musubi_network_results_total",
      "Results given to inquirers, repeated ones too",
      "outcome=\"" + std::string(outcome) + "\""
  )
      .Add();
}

KeptInquiry NewInquiry(
    std::string_view caller, const InquiryQuestion& question, const Decision& decision, Instant now
) {
  KeptInquiry kept;
  kept.id = question.id;
  kept.question = DigestOf(caller, question);
  kept.caller = caller;
  kept.result.id = question.id;
  kept.result.outcome = decision.outcome;
  kept.result.requested_at = now;
  kept.result.basis = decision.basis;
  kept.result.citation = decision.citation;
  kept.result.is_hidden = question.subject.is_hidden;
  kept.result.provider = question.subject.provider;
  if (decision.provider != nullptr) {
    kept.result.provider = decision.provider->id;
  }
  if (decision.is_permitted()) {
    kept.asked = decision.provider->id;
    kept.provider_node = decision.provider->served_by;
  }
  return kept;
}

}  // namespace

InquiryExchange::InquiryExchange(BytesView master_key, ExchangeParts parts)
    : parts_(std::move(parts)), codes_(master_key), labels_(master_key) {}

Result<std::vector<InquiryResult>> InquiryExchange::Ask(
    std::string_view caller, const std::vector<InquiryQuestion>& questions
) {
  MUSUBI_TRY(Items items, Prepare(caller, questions));
  MUSUBI_CHECK_OK(Keep(items));
  MUSUBI_TRY(const std::uint64_t ended, AskProviders(items));
  static_cast<void>(ended);
  std::vector<InquiryResult> results;
  results.reserve(items.size());
  for (InquiryItem& item : items) {
    Count(item.result);
    results.push_back(std::move(item.result));
  }
  return results;
}

Result<InquiryExchange::Items> InquiryExchange::Prepare(
    std::string_view caller, const std::vector<InquiryQuestion>& questions
) {
  const std::shared_ptr<const Directory> directory = parts_.directory();
  const Instant now = parts_.clock->Now();
  const Date today = Date::Of(JapanDay(now));
  Items items(questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const InquiryQuestion& question = questions[i];
    const Institution* inquirer = directory->Find(question.subject.inquirer);
    if (inquirer != nullptr && inquirer->served_by != caller) {
      return Error{
          ErrorCode::kRefused,
          "this node does not speak for the inquirer",
          "line " + std::to_string(i + 1) + ": inquirer"
      };
    }
    const Decision decision =
        Decide(question.subject, inquirer, *directory, *parts_.permissions, today);
    InquiryItem& item = items[i];
    item.question = &question;
    item.kept = NewInquiry(caller, question, decision, now);
    item.kept.expires_at = now + parts_.time_to_answer;
    Translate(item);
    if (item.kept.is_open()) {
      item.kept.order = LineToSettle(item.order);
    }
  }
  return items;
}

// The two codes the question leads to: the records' and, when somebody is asked, theirs.
void InquiryExchange::Translate(InquiryItem& item) {
  const InstitutionKey from{item.kept.caller, kKeyVersion};
  const std::scoped_lock lock(codes_mutex_);
  item.kept.code = item.question->code;
  codes_.Translate(from, {kRecordsInstitution, kKeyVersion}, item.kept.code);
  if (!item.kept.provider_node.empty()) {
    item.order = OrderOf(*item.question, item.kept);
    codes_.Translate(from, {item.kept.provider_node, kKeyVersion}, item.order.code);
  }
}

Result<void> InquiryExchange::Keep(Items& items) {
  MUSUBI_TRY(auto writing, parts_.book->Begin());
  bool is_changed = false;
  for (InquiryItem& item : items) {
    MUSUBI_TRY(const bool is_new, KeepOne(writing, item));
    is_changed = is_changed || is_new;
  }
  return is_changed ? writing.Commit() : Ok();
}

// True: the inquiry was not known.
Result<bool> InquiryExchange::KeepOne(Writing& writing, InquiryItem& item) {
  InquiryTable table(writing.connection());
  MUSUBI_TRY(const bool is_new, table.Insert(item.kept));
  if (is_new) {
    item.result = item.kept.result;
    item.is_waiting = item.kept.is_open();
    if (!item.is_waiting) {
      MUSUBI_CHECK_OK(Record(writing, item));
    }
    return true;
  }
  MUSUBI_TRY(std::optional<KeptInquiry> found, table.Find(item.kept.id));
  if (!found) {
    return Error{ErrorCode::kInternal, "an inquiry is neither new nor known"};
  }
  if (found->question != item.kept.question) {
    item.result.id = item.kept.id;
    item.result.outcome = InquiryOutcome::kInvalid;
    return false;
  }
  item.kept = *std::move(found);
  item.result = item.kept.result;
  // Of an answer everything is known but its bytes: the provider gives them again.
  item.is_waiting = item.kept.is_open() || item.result.outcome == InquiryOutcome::kAnswered;
  if (item.is_waiting) {
    Translate(item);
  }
  return false;
}

Result<void> InquiryExchange::Record(Writing& writing, const InquiryItem& item) {
  audit::ProvisionRecord record;
  record.role = audit::Role::kNetwork;
  record.facts.id = item.kept.id;
  record.facts.subject = item.subject();
  record.facts.subject.provider = item.result.provider;
  record.facts.subject.is_hidden = item.result.is_hidden;
  record.facts.basis = item.result.basis;
  record.facts.requested_at = item.result.requested_at;
  record.facts.provided_at = item.result.provided_at;
  record.facts.outcome = item.result.outcome;
  record.facts.items = item.result.items;
  record.code = item.kept.code;
  record.salt = item.salt();
  MUSUBI_TRY(record.label, labels_.Next(writing.connection(), record.code));
  return writing.Add(record);
}

}  // namespace musubi::national::network
