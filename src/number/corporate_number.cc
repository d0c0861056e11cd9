#include "number/corporate_number.h"

#include <algorithm>
#include <cstddef>

namespace musubi::number {

namespace {

constexpr std::size_t kDigitCount = 13;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

char CorporateCheckDigit(std::string_view base) {
  int sum = 0;
  int factor = 1;
  for (std::size_t i = base.size(); i-- > 0; factor = 3 - factor) {
    sum += (base[i] - '0') * factor;
  }
  return static_cast<char>('0' + 9 - sum % 9);
}

NumberFault CorporateNumber::Check(std::string_view text) {
  if (text.size() != kDigitCount || !std::all_of(text.begin(), text.end(), IsDigit)) {
    return NumberFault::kFormat;
  }
  return CorporateCheckDigit(text.substr(1)) == text[0] ? NumberFault::kNone
                                                        : NumberFault::kCheckDigit;
}

Result<CorporateNumber> CorporateNumber::Parse(std::string_view text) {
  switch (Check(text)) {
    case NumberFault::kNone:
      break;
    case NumberFault::kFormat:
      return Error{ErrorCode::kInvalid, "a corporate number has thirteen ASCII digits"};
    case NumberFault::kCheckDigit:
      return Error{ErrorCode::kInvalid, "the check digit of the corporate number is wrong"};
  }
  CorporateNumber number;
  std::copy(text.begin(), text.end(), number.digits_.begin());
  return number;
}

}  // namespace musubi::number
