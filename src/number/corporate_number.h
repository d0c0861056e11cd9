// 法人番号 (Corporate Number): thirteen digits, of which the FIRST is computed from the other
// twelve: nine less the remainder by nine of their sum, every second digit (from the right, the
// second first) counting double. It is 1 to 9, never 0.
//
// Names associations, employers and contractors. Public; it may be printed and logged.
#pragma once

#include <array>
#include <string_view>

#include "base/result.h"
#include "number/number_fault.h"

namespace musubi::number {

class CorporateNumber {
 public:
  [[nodiscard]] static Result<CorporateNumber> Parse(std::string_view text);
  [[nodiscard]] static NumberFault Check(std::string_view text);

  [[nodiscard]] std::string_view text() const { return {digits_.data(), digits_.size()}; }

  friend bool operator==(const CorporateNumber&, const CorporateNumber&) = default;

 private:
  CorporateNumber() = default;

  std::array<char, 13> digits_{};
};

// The digit that belongs before the twelve ASCII digits `base`.
[[nodiscard]] char CorporateCheckDigit(std::string_view base);

}  // namespace musubi::number
