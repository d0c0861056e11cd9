#include "exchange/resident_query.h"

#include <algorithm>
#include <array>

#include "exchange/content.h"
#include "exchange/csv_record.h"
#include "exchange/number_list.h"

namespace musubi::exchange {

namespace {

constexpr std::size_t kNumberSize = 12;
constexpr std::size_t kDateSize = 10;

constexpr std::array<std::string_view, kQueryOutcomeCount> kQueryNames = {
    "agree", "notation", "partial", "multiple", "none", "restricted", "gone", "invalid"
};

constexpr std::array<std::string_view, kVerificationOutcomeCount> kVerificationNames = {
    "agree",
    "notation",
    "name-differs",
    "kana-differs",
    "address-differs",
    "birth-date-differs",
    "sex-differs",
    "number-unknown",
    "superseded",
    "gone",
    "restricted",
    "invalid"
};

template <typename Enum, std::size_t kCount>
std::optional<Enum> Find(const std::array<std::string_view, kCount>& names, std::string_view name) {
  const auto* const found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? std::nullopt
                              : std::optional(static_cast<Enum>(found - names.begin()));
}

bool ReadSex(std::string_view text, text::Sex& out) {
  out = text == "1" ? text::Sex::kMale : text == "2" ? text::Sex::kFemale : text::Sex::kUnknown;
  return out != text::Sex::kUnknown || text.empty();
}

void Append(std::string_view text, SecretVector<char>& out) {
  out.insert(out.end(), text.begin(), text.end());
}

// name,kana,birth date,sex,address
ResidentQueryRow ReadAttributes(
    std::string_view reference, std::span<const std::string_view, 5> fields
) {
  ResidentQueryRow row;
  if (IsQueryReference(reference)) {
    row.reference = reference;
  }
  row.name = fields[0];
  row.kana = fields[1];
  const bool is_born = Date::TryParse(fields[2], row.birth_date);
  const bool has_sex = ReadSex(fields[3], row.sex);
  row.address = fields[4];
  row.is_readable = !row.reference.empty() && is_born && has_sex && !row.name.empty();
  return row;
}

void AppendAttributes(const ResidentQueryRow& row, SecretVector<char>& out) {
  AppendCsvField(row.name, out);
  out.push_back(',');
  AppendCsvField(row.kana, out);
  out.push_back(',');
  if (row.birth_date.is_set()) {
    out.resize(out.size() + kDateSize);
    row.birth_date.WriteTo(out.data() + out.size() - kDateSize);
  }
  out.push_back(',');
  if (row.sex != text::Sex::kUnknown) {
    out.push_back(row.sex == text::Sex::kMale ? '1' : '2');
  }
  out.push_back(',');
  AppendCsvField(row.address, out);
}

ResidentQueryRow Unreadable(std::span<const std::string_view> fields) {
  ResidentQueryRow row;
  row.is_readable = false;
  if (!fields.empty() && IsQueryReference(fields[0])) {
    row.reference = fields[0];
  }
  return row;
}

Error Misspelt(std::string_view field) {
  return Error{ErrorCode::kInvalid, "not an answer of jlis: " + std::string(field)};
}

}  // namespace

bool IsQueryReference(std::string_view text) {
  return !text.empty() && text.size() <= kReferenceSizeMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

void AppendNumberDigits(const number::IndividualNumber& number, SecretVector<char>& out) {
  if (number.is_set()) {
    out.resize(out.size() + kNumberSize);
    number.RevealDigits(
        std::span<char, kNumberSize>(out.data() + out.size() - kNumberSize, kNumberSize)
    );
  }
}

std::string_view QueryOutcomeName(QueryOutcome outcome) {
  return kQueryNames.at(static_cast<std::size_t>(outcome));
}

std::optional<QueryOutcome> QueryOutcomeOf(std::string_view name) {
  return Find<QueryOutcome>(kQueryNames, name);
}

std::string_view VerificationOutcomeName(VerificationOutcome outcome) {
  return kVerificationNames.at(static_cast<std::size_t>(outcome));
}

std::optional<VerificationOutcome> VerificationOutcomeOf(std::string_view name) {
  return Find<VerificationOutcome>(kVerificationNames, name);
}

ResidentQueryRow ReadResidentQuery(std::span<const std::string_view> fields) {
  constexpr std::size_t kFieldCount = 6;
  if (fields.size() != kFieldCount) {
    return Unreadable(fields);
  }
  return ReadAttributes(fields[0], fields.subspan<1, 5>());
}

ResidentQueryRow ReadVerificationQuery(std::span<const std::string_view> fields) {
  constexpr std::size_t kFieldCount = 7;
  if (fields.size() != kFieldCount) {
    return Unreadable(fields);
  }
  ResidentQueryRow row = ReadAttributes(fields[0], fields.subspan<2, 5>());
  row.is_readable =
      number::IndividualNumber::TryParse(fields[1], row.number) == number::NumberFault::kNone &&
      row.is_readable;
  return row;
}

Result<ResidentAnswerRow> ReadResidentAnswer(std::span<const std::string_view> fields) {
  constexpr std::size_t kFieldCount = 6;
  if (fields.size() != kFieldCount) {
    return Misspelt("count of fields");
  }
  const auto outcome = QueryOutcomeOf(fields[1]);
  if (!outcome) {
    return Misspelt("outcome");
  }
  ResidentAnswerRow row{fields[0], *outcome, {}, fields[3], fields[4], fields[5]};
  if (!row.reference.empty() && !IsQueryReference(row.reference)) {
    return Misspelt("reference");
  }
  if (fields[2].empty() == (*outcome == QueryOutcome::kAgree)) {
    return Misspelt("individual number");
  }
  if (!fields[2].empty() &&
      number::IndividualNumber::TryParse(fields[2], row.number) != number::NumberFault::kNone) {
    return Misspelt("individual number");
  }
  return row;
}

Result<VerificationAnswerRow> ReadVerificationAnswer(std::span<const std::string_view> fields) {
  constexpr std::size_t kFieldCount = 5;
  if (fields.size() != kFieldCount) {
    return Misspelt("count of fields");
  }
  const auto outcome = VerificationOutcomeOf(fields[1]);
  if (!outcome) {
    return Misspelt("outcome");
  }
  if (!fields[0].empty() && !IsQueryReference(fields[0])) {
    return Misspelt("reference");
  }
  return VerificationAnswerRow{fields[0], *outcome, fields[2], fields[3], fields[4]};
}

void AppendResidentQuery(const ResidentQueryRow& row, SecretVector<char>& out) {
  Append(row.reference, out);
  out.push_back(',');
  AppendAttributes(row, out);
}

void AppendVerificationQuery(const ResidentQueryRow& row, SecretVector<char>& out) {
  Append(row.reference, out);
  out.push_back(',');
  AppendNumberDigits(row.number, out);
  out.push_back(',');
  AppendAttributes(row, out);
}

void AppendResidentAnswer(const ResidentAnswerRow& row, SecretVector<char>& out) {
  Append(row.reference, out);
  out.push_back(',');
  Append(QueryOutcomeName(row.outcome), out);
  out.push_back(',');
  if (row.outcome == QueryOutcome::kAgree) {
    AppendNumberDigits(row.number, out);
  }
  for (const std::string_view field : {row.attributes, row.rules, row.characters}) {
    out.push_back(',');
    AppendCsvField(field, out);
  }
}

void AppendVerificationAnswer(const VerificationAnswerRow& row, SecretVector<char>& out) {
  Append(row.reference, out);
  out.push_back(',');
  Append(VerificationOutcomeName(row.outcome), out);
  for (const std::string_view field : {row.attributes, row.rules, row.characters}) {
    out.push_back(',');
    AppendCsvField(field, out);
  }
}

void AppendLineEnd(SecretVector<char>& out) {
  Append("\r\n", out);
}

Result<std::uint64_t> EachLine(std::string_view lines, const OnLine& on_line) {
  SecretVector<char> scratch;
  CsvRecord record;
  std::uint64_t row = 0;
  for (; !lines.empty(); ++row) {
    if (row == kQueryRowsMax) {
      return Error{
          ErrorCode::kExhausted,
          "more than " + std::to_string(kQueryRowsMax) + " lines in one call",
          {},
          "send them in several calls"
      };
    }
    if (!ParsePlainRecord(lines, record)) {
      bool is_quoted = false;
      const std::size_t size = FindRecordEnd(lines, is_quoted);
      const CsvFault fault =
          ParseAnyRecord(lines.substr(0, size == 0 ? lines.size() : size), scratch, record);
      if (fault != CsvFault::kNone) {
        return Error{
            ErrorCode::kInvalid, std::string(CsvFaultText(fault)), "line " + std::to_string(row + 1)
        };
      }
    }
    MUSUBI_CHECK_OK(on_line(row, std::span(record.fields).first(record.field_count)));
    lines.remove_prefix(record.size);
  }
  return row;
}

}  // namespace musubi::exchange
