// 情報照会・情報提供: the lines in which an inquiry travels from the inquirer's system over the
// network to the provider's, and its answer back (docs/formats/inquiries.md).
//
//   question  inquirer's system -> network   InquiryQuestion
//   order     network -> provider's system   InquiryOrder
//   reply     provider's system -> network   InquiryReply
//   result    network -> inquirer's system   InquiryResult
//
// What always holds
//   1. `id` is drawn by the inquirer's system and names the inquiry for everyone. The same id again
//      is the same inquiry: whoever gets it twice gives its first answer.
//   2. `code` is the person as the receiver of the line knows them; no other code is in the line.
//   3. `answer` is a CMS package sealed by the provider to `recipient`, the certificate of whoever
//      asks: the systems between cannot open it.
//   4. What is final stays so. Only `answered` carries an answer, and no longer once it is not
//   kept.
//
// Lines are CSV with CRLF, UTF-8; ids, salts and codes are 32 hex digits, times ISO 8601 UTC with
// milliseconds, days YYYY-MM-DD. Parsers say kInvalid with the line and the field, never a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/result.h"
#include "base/secret.h"

namespace musubi::exchange {

using InquiryId = Code16;

// A new id: milliseconds since 1970 in the first six bytes (big endian), the rest random, so that
// ids drawn one after the other lie beside each other in everybody's index.
[[nodiscard]] InquiryId DrawInquiryId(Instant now);

enum class InquiryOutcome : std::uint8_t {
  kAccepted,           // 受付: kept, not yet sent
  kInProgress,         // 照会中
  kAwaitingPerson,     // 自動応答不可: a person at the provider answers by hand
  kOverdue,            // past its time, and the provider has not been heard of
  kAnswered,           // 回答あり
  kNothingHeld,        // 該当なし: the provider holds nothing of this kind about the person
  kNotDisclosed,       // 不開示: held, and not to be given out
  kNotPermitted,       // 権限なし: no row of the law
  kAssessmentMissing,  // 番号法28条6項: an assessment document is not published
  kStopped,            // 提供停止: a link under suspicion
  kProviderUnclear,    // several institutions may be asked: one is to be named
  kTimedOut,           // given up before anything was provided
  kInvalid,            // a code, day or institution that does not exist
};

inline constexpr std::size_t kInquiryOutcomeCount = 13;

// "accepted", "in-progress", "awaiting-person", "overdue", "answered", "nothing-held",
// "not-disclosed", "not-permitted", "assessment-missing", "stopped", "provider-unclear",
// "timed-out", "invalid".
[[nodiscard]] std::string_view InquiryOutcomeName(InquiryOutcome outcome);
[[nodiscard]] std::optional<InquiryOutcome> InquiryOutcomeOf(std::string_view name);
[[nodiscard]] bool IsFinal(InquiryOutcome outcome);

// What is asked; the same in every line.
struct InquirySubject {
  std::string inquirer;  // institution id: "association-133033", "institution-131016"
  std::string provider;  // institution id; empty in a question: the network knows the only one
  std::string procedure;
  std::string information;
  Date from;  // the period asked about; not set: open
  Date to;
  bool is_hidden = false;  // 照会側不開示: kept out of what the person's household may see

  friend bool operator==(const InquirySubject&, const InquirySubject&) = default;
};

struct InquiryQuestion {
  InquiryId id{};
  Code16 salt{};  // of the commitment all three parties keep (audit/provision_record.h)
  Code16 code{};
  InquirySubject subject;
  std::string recipient;  // DER of the certificate to seal to

  friend bool operator==(const InquiryQuestion&, const InquiryQuestion&) = default;
};

struct InquiryOrder {
  InquiryId id{};
  Code16 salt{};
  Code16 code{};
  InquirySubject subject;
  std::string basis;  // "provision-order-2024:69:71条1号"
  Instant requested_at;
  Instant expires_at;        // nothing is provided after it
  bool is_settling = false;  // after expires_at: say what was done, or that it never will be
  std::string recipient;

  friend bool operator==(const InquiryOrder&, const InquiryOrder&) = default;
};

struct InquiryReply {
  InquiryId id{};
  InquiryOutcome outcome = InquiryOutcome::kInvalid;
  std::string provider;  // who answered, where the order named a group: "association-133264"
  std::optional<Instant> provided_at;
  std::string items;       // what was provided: "high-cost-care:2 eligibility:1"
  bool is_hidden = false;  // the person's non-disclosure flag at the provider
  std::string answer;      // DER

  friend bool operator==(const InquiryReply&, const InquiryReply&) = default;
};

struct InquiryResult {
  InquiryId id{};
  InquiryOutcome outcome = InquiryOutcome::kInvalid;
  std::string provider;
  std::string basis;
  std::optional<Instant> requested_at;
  std::optional<Instant> provided_at;
  std::string items;
  bool is_hidden = false;
  std::string citation;  // of the law that allows or refuses
  std::string answer;

  friend bool operator==(const InquiryResult&, const InquiryResult&) = default;
};

inline constexpr std::size_t kInquiryLinesMax = 1000;  // of one call
inline constexpr std::size_t kInquiryAnswerSizeMax = std::size_t{1} << 20U;

[[nodiscard]] Result<std::vector<InquiryQuestion>> ReadInquiryQuestions(std::string_view lines);
[[nodiscard]] Result<std::vector<InquiryOrder>> ReadInquiryOrders(std::string_view lines);
[[nodiscard]] Result<std::vector<InquiryReply>> ReadInquiryReplies(std::string_view lines);
[[nodiscard]] Result<std::vector<InquiryResult>> ReadInquiryResults(std::string_view lines);

void AppendLine(const InquiryQuestion& question, SecretVector<char>& out);
void AppendLine(const InquiryOrder& order, SecretVector<char>& out);
void AppendLine(const InquiryReply& reply, SecretVector<char>& out);
void AppendLine(const InquiryResult& result, SecretVector<char>& out);

// 情報提供等記録 as all three parties hold it: the text their common commitment is made of.
// `outcome` is final.
struct InquiryFacts {
  InquiryId id{};
  InquirySubject subject;  // with the provider who answered, and the mark of either side
  std::string basis;
  std::optional<Instant> requested_at;
  std::optional<Instant> provided_at;
  InquiryOutcome outcome = InquiryOutcome::kInvalid;
  std::string items;

  friend bool operator==(const InquiryFacts&, const InquiryFacts&) = default;
};

// One CSV record without line end; the same facts, the same text.
[[nodiscard]] std::string FactsText(const InquiryFacts& facts);
[[nodiscard]] Result<InquiryFacts> ReadFactsText(std::string_view text);

}  // namespace musubi::exchange
