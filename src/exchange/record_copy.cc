#include "exchange/record_copy.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "exchange/csv_record.h"
#include "exchange/package_header.h"
#include "number/individual_number.h"

namespace musubi::exchange {

namespace {

constexpr std::size_t kFixedFieldCount = 8;
constexpr std::string_view kPut = "put";
constexpr std::string_view kDelete = "delete";

constexpr std::array<std::string_view, kCopyOutcomeCount> kOutcomeNames = {
    "applied",
    "bad-format",
    "unknown-insured",
    "stopped",
    "layout-not-accepted",
    "bad-item",
    "duplicate-in-package",
    "out-of-order"
};

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// One to `size_max` digits; unlike ReadDecimal leading zeros are right here.
bool ReadDigits(std::string_view text, std::size_t size_max, std::uint32_t& out) {
  out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && text.size() <= size_max && IsDigit(text[0]) && error == std::errc() &&
         end == text.data() + text.size();
}

bool IsKindName(std::string_view text) {
  return !text.empty() && text.size() <= kCopyKindSizeMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-';
  });
}

bool ReadVersion(std::string_view text, int& version) {
  constexpr std::uint64_t kVersionMax = 9999;
  std::uint64_t value = 0;
  if (!ReadDecimal(text, value) || value < 1 || value > kVersionMax) {
    return false;
  }
  version = static_cast<int>(value);
  return true;
}

bool ReadEnd(std::string_view text, RecordCopyRow& row) {
  return text.empty() || (Date::TryParse(text, row.valid_to) && row.valid_from <= row.valid_to);
}

// One pass that the compiler turns into wide instructions: this runs over every byte of a package.
bool NeedsQuotes(std::string_view item) {
  unsigned found = 0;
  for (const char c : item) {
    found |= static_cast<unsigned>(c == ',') | static_cast<unsigned>(c == '"') |
             static_cast<unsigned>(c == '\r') | static_cast<unsigned>(c == '\n');
  }
  return found != 0;
}

bool ReadOperation(std::string_view text, RecordCopyRow& row) {
  row.is_delete = text == kDelete;
  return row.is_delete ? row.items.empty() : text == kPut;
}

}  // namespace

std::string_view CopyOutcomeName(CopyOutcome outcome) {
  return kOutcomeNames[static_cast<std::size_t>(outcome)];
}

std::optional<CopyOutcome> CopyOutcomeOf(std::string_view name) {
  const auto found = std::ranges::find(kOutcomeNames, name);
  if (found == kOutcomeNames.end()) {
    return std::nullopt;
  }
  return static_cast<CopyOutcome>(found - kOutcomeNames.begin());
}

bool HoldsIndividualNumber(std::string_view text) {
  constexpr std::size_t kDigits = 12;
  if (text.size() < kDigits) {
    return false;
  }
  for (std::size_t begin = 0; begin < text.size();) {
    if (!IsDigit(text[begin])) {
      ++begin;
      continue;
    }
    std::size_t end = begin + 1;
    while (end < text.size() && IsDigit(text[end])) {
      ++end;
    }
    if (end - begin == kDigits && number::IndividualNumber::Check(text.substr(begin, kDigits)) ==
                                      number::NumberFault::kNone) {
      return true;
    }
    begin = end;
  }
  return false;
}

bool IsCopyKey(std::string_view text) {
  const bool is_spelt =
      !text.empty() && text.size() <= kCopyKeySizeMax && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) || c == '-' ||
               c == '_' || c == '.';
      });
  return is_spelt && !HoldsIndividualNumber(text);
}

RecordCopyRow ReadRecordCopyRow(std::span<const std::string_view> fields) {
  constexpr std::size_t kNumberDigits = 8;  // what the hub issues; more is nobody's
  constexpr std::size_t kBranchDigits = 2;
  RecordCopyRow row;
  if (fields.size() < kFixedFieldCount || fields.size() > kFixedFieldCount + kCopyItemsMax) {
    row.fault_field = "count_of_fields";
    return row;
  }
  row.items = fields.subspan(kFixedFieldCount);
  row.kind = fields[2];
  row.key = fields[3];
  std::uint32_t branch = 0;
  const std::array<bool, kFixedFieldCount> good = {
      ReadDigits(fields[0], kNumberDigits, row.number),
      ReadDigits(fields[1], kBranchDigits, branch) && fields[1].size() == kBranchDigits,
      IsKindName(row.kind),
      IsCopyKey(row.key),
      ReadVersion(fields[4], row.layout_version),
      Date::TryParse(fields[5], row.valid_from),
      ReadEnd(fields[6], row),
      ReadOperation(fields[7], row)
  };
  row.branch = branch;
  const auto* const bad = std::ranges::find(good, false);
  if (bad != good.end()) {
    row.fault_field = kCopyFieldNames[static_cast<std::size_t>(bad - good.begin())];
  }
  return row;
}

Result<void> WriteRecordCopyRow(ContentWriter& writer, const RecordCopyRow& row) {
  const std::string number = fmt::format("{:08}", row.number);
  const std::string branch = fmt::format("{:02}", row.branch);
  const std::string version = std::to_string(row.layout_version);
  const std::string from = row.valid_from.Text();
  const std::string to = row.valid_to.Text();
  std::array<std::string_view, kFixedFieldCount + kCopyItemsMax> fields = {
      number, branch, row.kind, row.key, version, from, to, row.is_delete ? kDelete : kPut
  };
  if (row.items.size() > kCopyItemsMax) {
    return Error{ErrorCode::kInvalid, "too many items for one record copy"};
  }
  std::ranges::copy(row.items, fields.begin() + kFixedFieldCount);
  const std::span<const std::string_view> all(fields.data(), kFixedFieldCount + row.items.size());
  const RecordCopyRow again = ReadRecordCopyRow(all);
  if (!again.fault_field.empty()) {
    return Error{
        ErrorCode::kInvalid,
        "not a record copy: " + std::string(again.fault_field) + " is malformed"
    };
  }
  return writer.WriteRecord(all);
}

void AppendItems(std::span<const std::string_view> items, std::string& out) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) {
      out += ',';
    }
    if (!NeedsQuotes(items[i])) {
      out += items[i];
      continue;
    }
    out += '"';
    for (const char c : items[i]) {
      out.append(c == '"' ? 2 : 1, c);
    }
    out += '"';
  }
}

Result<std::vector<std::string>> SplitItems(std::string_view text) {
  std::vector<std::string> items;
  if (text.empty()) {
    return items;
  }
  SecretVector<char> scratch;
  CsvRecord record;
  const std::string line = std::string(text) + "\r\n";
  if (ParseAnyRecord(line, scratch, record) != CsvFault::kNone) {
    return Error{ErrorCode::kCorrupt, "the items of a record copy are not what was written"};
  }
  items.assign(
      record.fields.begin(), record.fields.begin() + static_cast<std::ptrdiff_t>(record.field_count)
  );
  return items;
}

Result<CopyResultRow> ReadCopyResultRow(std::span<const std::string_view> fields) {
  constexpr std::size_t kFieldCount = 3;
  constexpr std::size_t kFieldNameSizeMax = 64;
  CopyResultRow row;
  if (fields.size() != kFieldCount || !ReadDecimal(fields[0], row.line) || row.line < 2) {
    return Error{ErrorCode::kInvalid, "not a result of a record copy: line"};
  }
  const auto outcome = CopyOutcomeOf(fields[1]);
  if (!outcome.has_value() || fields[2].size() > kFieldNameSizeMax) {
    return Error{ErrorCode::kInvalid, "not a result of a record copy: outcome"};
  }
  row.outcome = *outcome;
  row.field = fields[2];
  return row;
}

Result<void> WriteCopyResultRow(ContentWriter& writer, const CopyResultRow& row) {
  fmt::memory_buffer text;
  fmt::format_to(
      std::back_inserter(text), "{},{},{}", row.line, CopyOutcomeName(row.outcome), row.field
  );
  return writer.WriteRawRecord({text.data(), text.size()});
}

}  // namespace musubi::exchange
