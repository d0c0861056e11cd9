#include "national/network/inquiry/institution_codes.h"

#include <algorithm>
#include <string>

namespace musubi::national::network {

namespace {

constexpr std::size_t kLinesMax = 100000;
constexpr std::size_t kCodeSize = 16;
constexpr std::uint32_t kKeyVersion = 1;

Result<SecretVector<char>> ReadRecordCodes(std::string_view lines) {
  SecretVector<char> digits;
  digits.reserve(lines.size());
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    const std::string place = "line " + std::to_string(number);
    if (number > kLinesMax) {
      return Error{ErrorCode::kExhausted, "too many lines in one request", place};
    }
    const bool are_digits = std::ranges::all_of(line, [](char c) { return c >= '0' && c <= '9'; });
    if (line.size() != kRecordCodeSize || !are_digits) {
      return Error{ErrorCode::kInvalid, "not a record code", place};
    }
    digits.insert(digits.end(), line.begin(), line.end());
  }
  return digits;
}

}  // namespace

Result<SecretVector<char>> InstitutionCodes::CodesOf(
    std::string_view institution, std::string_view record_codes
) {
  MUSUBI_TRY(const SecretVector<char> digits, ReadRecordCodes(record_codes));
  const std::size_t count = digits.size() / kRecordCodeSize;
  SecretBytes codes(count * kCodeSize);
  {
    const std::scoped_lock lock(mutex_);
    codes_.Derive({institution, kKeyVersion}, digits, codes);
  }
  constexpr std::size_t kLineSize = 2 * kCodeSize + 2;
  SecretVector<char> lines(count * kLineSize);
  for (std::size_t i = 0; i < count; ++i) {
    char* line = lines.data() + i * kLineSize;
    WriteHex(BytesView(codes).subspan(i * kCodeSize, kCodeSize), line);
    line[2 * kCodeSize] = '\r';
    line[2 * kCodeSize + 1] = '\n';
  }
  return lines;
}

}  // namespace musubi::national::network
