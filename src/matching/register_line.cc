#include "matching/register_line.h"

#include <array>
#include <cstring>

#include "text/utf8.h"

namespace musubi::matching {

namespace {

constexpr std::size_t kFieldCount = 11;
constexpr std::size_t kCodeSize = 11;
constexpr std::size_t kNumberSize = 12;
constexpr std::size_t kLineSizeMax = std::size_t{64} << 10U;

constexpr std::string_view kHeading =
    "resident_record_code,individual_number,name,name_kana,birth_date,sex,"
    "address,status,"
    "superseded_number,former_surname,former_surname_kana";

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kDosEndOfFile = "\x1a";

bool AreDigits(std::string_view text, std::size_t size) {
  bool are_digits = text.size() == size;
  for (const char c : text) {
    are_digits &= c >= '0' && c <= '9';
  }
  return are_digits;
}

// The comma behind a field, null if there is none. Most fields are blank or as long as expected; a
// comma inside one of these makes it a field without its form.
const char* FindComma(const char* at, const char* end, std::size_t expected_size) {
  const auto left = static_cast<std::size_t>(end - at);
  if (left != 0 && *at == ',') {
    return at;
  }
  if (expected_size != 0 && left > expected_size && at[expected_size] == ',') {
    return at + expected_size;
  }
  return left == 0 ? nullptr : static_cast<const char*>(std::memchr(at, ',', left));
}

bool SplitLine(std::string_view line, std::array<std::string_view, kFieldCount>& fields) {
  constexpr std::array<std::uint8_t, kFieldCount> kSizes{kCodeSize, kNumberSize, 0, 0, 10, 1};
  const char* at = line.data();
  const char* const end = at + line.size();
  for (std::size_t i = 0; i + 1 < kFieldCount; ++i) {
    const char* const comma = FindComma(at, end, kSizes[i]);
    if (comma == nullptr) {
      return false;
    }
    fields[i] = {at, static_cast<std::size_t>(comma - at)};
    at = comma + 1;
  }
  fields.back() = {at, static_cast<std::size_t>(end - at)};
  return fields.back().find(',') == std::string_view::npos;
}

bool TakeStatus(std::string_view text, text::ResidentStatus& out) {
  using text::ResidentStatus;
  out = text.empty()             ? ResidentStatus::kPresent
        : text == "deceased"     ? ResidentStatus::kDeceased
        : text == "moved_abroad" ? ResidentStatus::kMovedAbroad
                                 : ResidentStatus::kRestricted;
  return text.empty() || out != ResidentStatus::kRestricted || text == "restricted";
}

bool TakeRow(std::string_view line, text::ResidentRow& row) {
  std::array<std::string_view, kFieldCount> fields;
  if (!SplitLine(line, fields)) {
    return false;
  }
  row.resident_record_code = fields[0];
  row.individual_number = fields[1];
  row.name = fields[2];
  row.kana = fields[3];
  row.address = fields[6];
  row.superseded_number = fields[8];
  row.former_surname = fields[9];
  row.former_surname_kana = fields[10];
  const std::string_view sex = fields[5];
  row.sex = sex == "1" ? text::Sex::kMale : sex == "2" ? text::Sex::kFemale : text::Sex::kUnknown;
  return AreDigits(fields[0], kCodeSize) && AreDigits(fields[1], kNumberSize) &&
         Date::TryParse(fields[4], row.birth_date) &&
         (sex.empty() || row.sex != text::Sex::kUnknown) && TakeStatus(fields[7], row.status) &&
         (fields[8].empty() || AreDigits(fields[8], kNumberSize));
}

// Takes the next line off `text`, without its end.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

bool HasByte(std::string_view text, char byte) {
  return !text.empty() && std::memchr(text.data(), byte, text.size()) != nullptr;
}

// The heading off `text`, or false.
bool TakeHeading(std::string_view& text) {
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  std::string_view line;
  while (line.empty() && !text.empty()) {
    line = TakeLine(text);
  }
  return line == kHeading;
}

}  // namespace

bool TakeRows(std::string_view text, bool has_heading, std::vector<text::ResidentRow>& rows) {
  rows.clear();
  const bool is_usual = !HasByte(text, '"') && !HasByte(text, '\0') && text::IsUtf8(text);
  if (!is_usual || (has_heading && !TakeHeading(text))) {
    return false;
  }
  const bool has_returns = HasByte(text, '\r');
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (line.empty() || (text.empty() && line == kDosEndOfFile)) {
      continue;
    }
    if (line.size() > kLineSizeMax || (has_returns && HasByte(line, '\r')) ||
        !TakeRow(line, rows.emplace_back())) {
      return false;
    }
  }
  return true;
}

bool TakeChosenRows(
    std::string_view text,
    bool has_heading,
    std::span<const std::uint32_t> places,
    std::vector<text::ResidentRow>& rows
) {
  rows.clear();
  if (has_heading && !TakeHeading(text)) {
    return false;
  }
  for (std::uint32_t place = 0; !text.empty() && rows.size() < places.size();) {
    const std::string_view line = TakeLine(text);
    if (!line.empty() && place++ == places[rows.size()] && !TakeRow(line, rows.emplace_back())) {
      return false;
    }
  }
  return rows.size() == places.size();
}

}  // namespace musubi::matching
