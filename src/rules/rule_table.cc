#include "rules/rule_table.h"

#include <algorithm>
#include <utility>

namespace musubi::rules {

namespace {

constexpr std::uint32_t kFirstDay = 20170401;

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
}

// How many bytes the character at the beginning of `text` has; 0: not UTF-8.
std::size_t CharacterSize(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const bool is_lead = lead < 0x80 || (lead >= 0xc2 && lead <= 0xf4);
  if (!is_lead || text.size() < size ||
      !std::all_of(&text[0] + 1, &text[0] + size, IsContinuation)) {
    return 0;
  }
  const unsigned second = size > 1 ? static_cast<unsigned char>(text[1]) : 0;
  const bool is_bad = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
                      (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f);
  return is_bad ? 0 : size;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = CharacterSize(text);
    if (size == 0) {
      return false;
    }
    text.remove_prefix(size);
  }
  return true;
}

bool IsForbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f || c == '"';
}

bool IsCode(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !text.empty() && text.find_first_not_of(kLetters) == std::string_view::npos;
}

void Split(std::string_view text, char separator, std::vector<std::string_view>& out) {
  out.clear();
  for (std::size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator)) {
    out.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  out.push_back(text);
}

}  // namespace

Date FirstDay() {
  return Date::FromPacked(kFirstDay);
}

RuleTable::RuleTable(std::string_view text, std::string name, std::vector<std::string_view> columns)
    : left_(text), name_(std::move(name)), columns_(std::move(columns)) {}

Result<RuleTable> RuleTable::Open(
    std::string_view text, std::string name, std::vector<std::string_view> columns
) {
  RuleTable table(text, std::move(name), std::move(columns));
  MUSUBI_TRY(const bool has_heading, table.Next());
  if (!has_heading || table.fields_ != table.columns_) {
    return table.RefuseLine("the heading is not the one of this file");
  }
  return table;
}

Result<bool> RuleTable::Next() {
  if (left_.empty()) {
    return false;
  }
  ++line_;
  const std::string_view text = left_.substr(0, left_.find('\n'));
  left_.remove_prefix(std::min(left_.size(), text.size() + 1));
  if (line_ > kLinesMax || text.size() > kLineSizeMax) {
    return RefuseLine(line_ > kLinesMax ? "too many lines" : "the line is too long");
  }
  if (!IsUtf8(text)) {
    return RefuseLine("not UTF-8");
  }
  if (std::ranges::any_of(text, IsForbidden)) {
    return RefuseLine("a quote or a control character");
  }
  Split(text, ',', fields_);
  if (fields_.size() != columns_.size()) {
    return RefuseLine("has not " + std::to_string(columns_.size()) + " fields");
  }
  return true;
}

Result<std::string> RuleTable::Required(std::size_t column) const {
  if (Field(column).empty()) {
    return Refuse("is empty", column);
  }
  return std::string(Field(column));
}

Result<std::string> RuleTable::Code(std::size_t column) const {
  if (!IsCode(Field(column))) {
    return Refuse("is not a code (a-z, 0-9 and hyphens)", column);
  }
  return std::string(Field(column));
}

Result<std::vector<std::string>> RuleTable::Codes(std::size_t column) const {
  std::vector<std::string> codes;
  if (Field(column).empty()) {
    return codes;
  }
  std::vector<std::string_view> words;
  Split(Field(column), ' ', words);
  if (!std::ranges::all_of(words, IsCode)) {
    return Refuse("holds something that is not a code (a-z, 0-9 and hyphens)", column);
  }
  codes.assign(words.begin(), words.end());
  return codes;
}

Result<RuleTable::Days> RuleTable::DaysOf(std::size_t from_column) const {
  Days days;
  if (!Date::TryParse(Field(from_column), days.from)) {
    return Refuse("is not a day (YYYY-MM-DD)", from_column);
  }
  if (days.from < FirstDay()) {
    return Refuse(
        "is before " + FirstDay().Text() + ", which the tables do not cover", from_column
    );
  }
  const std::size_t to_column = from_column + 1;
  if (!Field(to_column).empty() && !Date::TryParse(Field(to_column), days.to)) {
    return Refuse("is not a day (YYYY-MM-DD)", to_column);
  }
  if (days.to.is_set() && days.to < days.from) {
    return Refuse("is before the first day", to_column);
  }
  return days;
}

Error RuleTable::Refuse(std::string message, std::size_t column) const {
  Error error = RefuseLine(std::move(message));
  error.place += ": " + std::string(columns_[column]);
  return error;
}

Error RuleTable::RefuseLine(std::string message) const {
  return {ErrorCode::kInvalid, std::move(message), name_ + ":" + std::to_string(line_), {}};
}

}  // namespace musubi::rules
