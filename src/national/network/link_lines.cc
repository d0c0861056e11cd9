#include "national/network/link_lines.h"

#include <algorithm>
#include <array>

#include "national/network/linkage_code.h"

namespace musubi::national::network {

namespace {

constexpr std::size_t kHexSize = 32;
constexpr std::size_t kLineSize = kHexSize + 1 + kRecordCodeSize;
constexpr std::array<std::string_view, 4> kOutcomeNames{"linked", "expired", "unknown", "reused"};

// The next line without its ending; takes it off `text`.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  return line;
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool ReadRow(std::string_view line, std::span<std::uint8_t> number, std::span<char> record_code) {
  if (line.size() != kLineSize || line[kHexSize] != ',' ||
      !ReadHex(line.substr(0, kHexSize), number)) {
    return false;
  }
  const std::string_view digits = line.substr(kHexSize + 1);
  std::ranges::copy(digits, record_code.begin());
  return std::ranges::all_of(digits, IsDigit);
}

}  // namespace

Result<LinkRows> ReadLinkRows(std::string_view body) {
  const auto row_count = static_cast<std::size_t>(std::ranges::count(body, '\n')) +
                         static_cast<std::size_t>(!body.empty() && body.back() != '\n');
  if (row_count > kLinkRowsMax) {
    return Error{ErrorCode::kExhausted, "too many lines in one request", "", "send fewer at once"};
  }
  LinkRows rows;
  rows.numbers.resize(row_count * 16);
  rows.record_codes.resize(row_count * kRecordCodeSize);
  for (std::size_t row = 0; row < row_count; ++row) {
    const std::span<std::uint8_t> number(rows.numbers.data() + row * 16, 16);
    const std::span<char> code(rows.record_codes.data() + row * kRecordCodeSize, kRecordCodeSize);
    if (!ReadRow(TakeLine(body), number, code)) {
      return Error{
          ErrorCode::kInvalid,
          "not a processing number and a record code",
          "line " + std::to_string(row + 1)
      };
    }
  }
  return rows;
}

std::string_view LinkOutcomeName(LinkOutcome outcome) {
  return kOutcomeNames[static_cast<std::size_t>(outcome)];
}

SecretVector<char> WriteLinkAnswer(std::string_view body, BytesView outcomes) {
  constexpr std::size_t kWordMax = 7;
  SecretVector<char> answer;
  answer.reserve(outcomes.size() * (kHexSize + kWordMax + 3));
  for (const std::uint8_t outcome : outcomes) {
    const std::string_view number = TakeLine(body).substr(0, kHexSize);
    const std::string_view word = kOutcomeNames[outcome % kOutcomeNames.size()];
    answer.insert(answer.end(), number.begin(), number.end());
    answer.push_back(',');
    answer.insert(answer.end(), word.begin(), word.end());
    answer.push_back('\r');
    answer.push_back('\n');
  }
  return answer;
}

}  // namespace musubi::national::network
