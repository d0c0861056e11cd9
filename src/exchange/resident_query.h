// RQ and RA, the query of residents 本人確認情報照会, and VQ and VA, the verification of a number:
// insurer -> support -> jlis and back. The same records travel in packages (after "D,") and,
// without "D,", as lines of the streaming call.
//
//   RQ  <reference>,<name>,<kana>,<birth date>,<sex>,<address>
//   RA  <reference>,<outcome>,<individual number>,<attributes>,<rules>,<characters>
//   VQ  <reference>,<individual number>,<name>,<kana>,<birth date>,<sex>,<address>
//   VA  <reference>,<outcome>,<attributes>,<rules>,<characters>
//
// Sex is 1, 2 or blank. A number stands in RA with outcome "agree" only, and this file refuses any
// other: three attributes are a lead without a number. <attributes>: "name:agree kana:notation
// birth-date:agree ..." (agree, notation, differs, unknown), blank when nothing may be told.
// <rules>: names of the lenient rules needed. <characters>: pairs of characters that stand for one
// another, "高/髙", asked before found.
//
// Texts are borrowed: from the reader until its callback returns.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/date.h"
#include "base/result.h"
#include "base/secret.h"
#include "number/individual_number.h"
#include "text/roster.h"

namespace musubi::exchange {

inline constexpr std::uint64_t kQueryRowsMax = 20000;  // of one call

enum class QueryOutcome : std::uint8_t {
  kAgree,
  kNotation,
  kPartial,
  kMultiple,
  kNone,
  kRestricted,
  kGone,
  kInvalid,
};

inline constexpr std::size_t kQueryOutcomeCount = 8;

enum class VerificationOutcome : std::uint8_t {
  kAgree,
  kNotation,
  kNameDiffers,
  kKanaDiffers,
  kAddressDiffers,
  kBirthDateDiffers,
  kSexDiffers,
  kNumberUnknown,
  kSuperseded,
  kGone,
  kRestricted,
  kInvalid,
};

inline constexpr std::size_t kVerificationOutcomeCount = 12;

// 1-32 characters of A-Z a-z 0-9 - _ .
[[nodiscard]] bool IsQueryReference(std::string_view text);

[[nodiscard]] std::string_view QueryOutcomeName(QueryOutcome outcome);
[[nodiscard]] std::optional<QueryOutcome> QueryOutcomeOf(std::string_view name);
[[nodiscard]] std::string_view VerificationOutcomeName(VerificationOutcome outcome);
[[nodiscard]] std::optional<VerificationOutcome> VerificationOutcomeOf(std::string_view name);

// A row of RQ (no number) or VQ. `is_readable` false: something is missing or misspelt; it is
// answered "invalid", under its reference if that could be read.
struct ResidentQueryRow {
  std::string_view reference;
  number::IndividualNumber number;
  std::string_view name;
  std::string_view kana;
  Date birth_date;
  text::Sex sex = text::Sex::kUnknown;
  std::string_view address;
  bool is_readable = true;
};

struct ResidentAnswerRow {
  std::string_view reference;
  QueryOutcome outcome = QueryOutcome::kInvalid;
  number::IndividualNumber number;
  std::string_view attributes;
  std::string_view rules;
  std::string_view characters;
};

struct VerificationAnswerRow {
  std::string_view reference;
  VerificationOutcome outcome = VerificationOutcome::kInvalid;
  std::string_view attributes;
  std::string_view rules;
  std::string_view characters;
};

// Fields of a D record without the D. What is wrong with a question becomes `is_readable`.
[[nodiscard]] ResidentQueryRow ReadResidentQuery(std::span<const std::string_view> fields);
[[nodiscard]] ResidentQueryRow ReadVerificationQuery(std::span<const std::string_view> fields);
// kInvalid: an answer we do not understand, or a number where none may be; the whole is refused.
[[nodiscard]] Result<ResidentAnswerRow> ReadResidentAnswer(std::span<const std::string_view> fields
);
[[nodiscard]] Result<VerificationAnswerRow> ReadVerificationAnswer(
    std::span<const std::string_view> fields
);

// A record without "D," and CRLF, escaped: for ContentWriter::WriteRawRecord.
void AppendResidentQuery(const ResidentQueryRow& row, SecretVector<char>& out);
void AppendVerificationQuery(const ResidentQueryRow& row, SecretVector<char>& out);
void AppendResidentAnswer(const ResidentAnswerRow& row, SecretVector<char>& out);
void AppendVerificationAnswer(const VerificationAnswerRow& row, SecretVector<char>& out);
// The number's digits, or nothing when it is not set.
void AppendNumberDigits(const number::IndividualNumber& number, SecretVector<char>& out);
// What makes a record a line of the streaming call.
void AppendLineEnd(SecretVector<char>& out);

using OnLine =
    std::function<Result<void>(std::uint64_t row, std::span<const std::string_view> fields)>;

// The lines of a call, one after the other; returns how many. kInvalid with "line N": broken
// quoting, bytes that are not UTF-8, no CRLF at the end. kExhausted: more than kQueryRowsMax.
[[nodiscard]] Result<std::uint64_t> EachLine(std::string_view lines, const OnLine& on_line);

}  // namespace musubi::exchange
