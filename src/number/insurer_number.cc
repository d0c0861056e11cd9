#include "number/insurer_number.h"

#include <algorithm>

namespace musubi::number {

namespace {

constexpr std::size_t kShortSize = 6;
constexpr std::size_t kLongSize = 8;
constexpr int kPrefectureMax = 47;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

int PrefectureOf(std::string_view text) {
  const std::string_view six = text.substr(text.size() - kShortSize);
  return (six[0] - '0') * 10 + (six[1] - '0');
}

}  // namespace

char InsurerCheckDigit(std::string_view digits) {
  int sum = 0;
  int factor = 2;
  for (std::size_t i = digits.size(); i-- > 0; factor = 3 - factor) {
    const int product = (digits[i] - '0') * factor;
    sum += product / 10 + product % 10;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

InsurerNumberFault InsurerNumber::Check(std::string_view text) {
  if (text.size() != kShortSize && text.size() != kLongSize) {
    return InsurerNumberFault::kFormat;
  }
  if (!std::all_of(text.begin(), text.end(), IsDigit)) {
    return InsurerNumberFault::kFormat;
  }
  const int prefecture = PrefectureOf(text);
  if (prefecture < 1 || prefecture > kPrefectureMax) {
    return InsurerNumberFault::kPrefecture;
  }
  if (InsurerCheckDigit(text.substr(0, text.size() - 1)) != text.back()) {
    return InsurerNumberFault::kCheckDigit;
  }
  return InsurerNumberFault::kNone;
}

Result<InsurerNumber> InsurerNumber::Parse(std::string_view text) {
  switch (Check(text)) {
    case InsurerNumberFault::kNone:
      break;
    case InsurerNumberFault::kFormat:
      return Error{ErrorCode::kInvalid, "an insurer number has six or eight ASCII digits"};
    case InsurerNumberFault::kPrefecture:
      return Error{ErrorCode::kInvalid, "the prefecture in the insurer number is not 01 to 47"};
    case InsurerNumberFault::kCheckDigit:
      return Error{ErrorCode::kInvalid, "the verification digit of the insurer number is wrong"};
  }
  InsurerNumber number;
  std::copy(text.begin(), text.end(), number.digits_.begin());
  number.size_ = static_cast<std::uint8_t>(text.size());
  return number;
}

int InsurerNumber::prefecture() const {
  return PrefectureOf(text());
}

std::string_view InsurerNumber::scheme() const {
  return text().substr(0, size_ - kShortSize);
}

}  // namespace musubi::number
