#include "exchange/number_list.h"

#include <algorithm>
#include <array>

namespace musubi::exchange {

namespace {

constexpr std::size_t kDateSize = 10;
constexpr std::size_t kNumberSize = 12;

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// The first character is a letter or a digit, so that a spreadsheet never takes one for a formula.
// An association might take the number itself for its reference, and the hub keeps references of
// exceptions: whatever holds one is no reference.
bool HoldsANumber(std::string_view text) {
  constexpr std::size_t kDigits = 12;
  for (std::size_t i = 0; i + kDigits <= text.size(); ++i) {
    if (number::IndividualNumber::Check(text.substr(i, kDigits)) == number::NumberFault::kNone) {
      return true;
    }
  }
  return false;
}

bool IsReference(std::string_view text) {
  return !text.empty() && !HoldsANumber(text) && text.size() <= kReferenceSizeMax &&
         IsLetterOrDigit(text[0]) && std::ranges::all_of(text, [](char c) {
           return IsLetterOrDigit(c) || c == '-' || c == '_' || c == '.';
         });
}

Error Misspelt(std::string_view field) {
  return Error{ErrorCode::kInvalid, "not a number pair: " + std::string(field)};
}

// A row in the making: on the stack, wiped.
class RawRow {
 public:
  ~RawRow() { WipeMemory(text_.data(), size_); }

  RawRow() = default;
  RawRow(const RawRow&) = delete;
  RawRow& operator=(const RawRow&) = delete;

  void Add(std::string_view field) { std::copy(field.begin(), field.end(), Next(field.size())); }

  void Add(const number::IndividualNumber& number) {
    number.RevealDigits(std::span<char, kNumberSize>(Next(kNumberSize), kNumberSize));
  }

  void Add(Date date) { date.WriteTo(Next(kDateSize)); }

  void Comma() { *Next(1) = ','; }

  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

 private:
  // The longest: reference 32, number 12, insured number 10, branch 2, outcome 18, commas.
  static constexpr std::size_t kSizeMax = 96;

  char* Next(std::size_t size) {
    char* const out = text_.data() + size_;
    size_ += size;
    return out;
  }

  std::array<char, kSizeMax> text_;
  std::size_t size_ = 0;
};

// May a result row with this outcome come without a number?
bool MayLackNumber(Outcome outcome) {
  return outcome == Outcome::kBadFormat || outcome == Outcome::kBadCheckDigit;
}

// The same rules for reading and writing: nullptr, or the field that is wrong.
const char* FaultOf(const NumberPairRow& row) {
  if (!IsReference(row.reference) &&
      !(row.reference.empty() && row.outcome == Outcome::kBadFormat)) {
    return "reference";
  }
  if (!row.number.is_set() && !MayLackNumber(row.outcome)) {
    return "individual number";
  }
  if (row.insured.has_value() != IsDone(row.outcome)) {
    return "insured number";
  }
  return nullptr;
}

}  // namespace

NumberListRow ReadNumberListRow(std::span<const std::string_view> fields) {
  constexpr std::size_t kFieldCount = 4;
  NumberListRow row;
  if (!fields.empty() && IsReference(fields[0])) {
    row.reference = fields[0];
  }
  if (fields.size() != kFieldCount) {
    row.fault = Outcome::kBadFormat;
    return row;
  }
  const number::NumberFault number = number::IndividualNumber::TryParse(fields[1], row.number);
  const bool is_born = Date::TryParse(fields[2], row.birth_date);
  const bool is_qualified = Date::TryParse(fields[3], row.qualified_on);
  if (row.reference.empty() || number == number::NumberFault::kFormat || !is_born ||
      !is_qualified) {
    row.fault = Outcome::kBadFormat;
  } else if (number == number::NumberFault::kCheckDigit) {
    row.fault = Outcome::kBadCheckDigit;
  }
  return row;
}

Result<void> WriteNumberListRow(ContentWriter& writer, const NumberListRow& row) {
  if (row.fault || !IsReference(row.reference) || !row.number.is_set() ||
      !row.birth_date.is_set() || !row.qualified_on.is_set()) {
    return Error{ErrorCode::kInvalid, "a row of a number list with a missing or ill-spelt field"};
  }
  RawRow raw;
  raw.Add(row.reference);
  raw.Comma();
  raw.Add(row.number);
  raw.Comma();
  raw.Add(row.birth_date);
  raw.Comma();
  raw.Add(row.qualified_on);
  return writer.WriteRawRecord(raw.text());
}

Result<NumberPairRow> ReadNumberPairRow(std::span<const std::string_view> fields) {
  constexpr std::size_t kFieldCount = 5;
  if (fields.size() != kFieldCount) {
    return Misspelt("count of fields");
  }
  NumberPairRow row;
  row.reference = fields[0];
  const auto outcome = OutcomeOf(fields[4]);
  if (!outcome) {
    return Misspelt("outcome");
  }
  row.outcome = *outcome;
  if (!fields[1].empty() &&
      number::IndividualNumber::TryParse(fields[1], row.number) != number::NumberFault::kNone) {
    return Misspelt("individual number");
  }
  if (!fields[2].empty() || !fields[3].empty()) {
    auto insured = number::InsuredNumber::Parse(fields[2], fields[3]);
    if (!insured.ok()) {
      return Misspelt("insured number");
    }
    row.insured = std::move(insured).value();
  }
  const char* const fault = FaultOf(row);
  if (fault != nullptr) {
    return Misspelt(fault);
  }
  return row;
}

Result<void> WriteNumberPairRow(ContentWriter& writer, const NumberPairRow& row) {
  const char* const fault = FaultOf(row);
  if (fault != nullptr) {
    return Misspelt(fault);
  }
  RawRow raw;
  raw.Add(row.reference);
  raw.Comma();
  if (row.number.is_set()) {
    raw.Add(row.number);
  }
  raw.Comma();
  if (row.insured) {
    raw.Add(row.insured->number());
    raw.Comma();
    raw.Add(row.insured->branch());
  } else {
    raw.Comma();
  }
  raw.Comma();
  raw.Add(OutcomeName(row.outcome));
  return writer.WriteRawRecord(raw.text());
}

}  // namespace musubi::exchange
