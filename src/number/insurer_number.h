// 保険者番号 (insurer number): who insures. Not personal; it may be printed and logged.
//
// Six digits (国民健康保険): prefecture 01-47 (2), insurer (3), verification digit 検証番号 (1).
// Eight digits (employees' schemes, 後期高齢者医療): the same with the scheme's 法別番号 (2) in
// front. The verification digit is the same for both: from the digit before it backwards times 2,
// 1, 2, 1 ..., digits of the products added, and what is missing to the next ten.
//
// A right verification digit does not show that the insurer exists.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace musubi::number {

enum class InsurerNumberFault { kNone, kFormat, kPrefecture, kCheckDigit };

class InsurerNumber {
 public:
  [[nodiscard]] static Result<InsurerNumber> Parse(std::string_view text);
  // The first thing wrong, in the order of the enumerators.
  [[nodiscard]] static InsurerNumberFault Check(std::string_view text);

  [[nodiscard]] std::string_view text() const { return {digits_.data(), size_}; }

  // 1 (北海道) to 47 (沖縄県).
  [[nodiscard]] int prefecture() const;
  // 法別番号 of an eight-digit number, "06"; empty for a six-digit one.
  [[nodiscard]] std::string_view scheme() const;

  // 国保組合: of the six digits the third is 3.
  [[nodiscard]] bool IsNhiAssociation() const { return size_ == 6 && digits_[2] == '3'; }

  friend bool operator==(const InsurerNumber&, const InsurerNumber&) = default;

 private:
  InsurerNumber() = default;

  std::array<char, 8> digits_{};
  std::uint8_t size_ = 0;
};

// The digit that belongs behind `digits` (ASCII, five or seven of them).
[[nodiscard]] char InsurerCheckDigit(std::string_view digits);

}  // namespace musubi::number
