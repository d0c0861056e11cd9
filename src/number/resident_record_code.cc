#include "number/resident_record_code.h"

#include <array>
#include <cstddef>

#include "base/secret.h"

namespace musubi::number {

bool AnyCheckDigitRule(std::span<const std::uint8_t, 11> /*digits*/) {
  return true;
}

bool ModulusElevenRule(std::span<const std::uint8_t, 11> digits) {
  constexpr std::array<unsigned, 10> kWeights = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
  unsigned sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    sum += kWeights[i] * digits[i];
  }
  const unsigned remainder = sum % 11;
  return digits[10] == (remainder <= 1 ? 0 : 11 - remainder);
}

ResidentRecordCode::~ResidentRecordCode() {
  WipeMemory(&packed_, sizeof packed_);
}

NumberFault ResidentRecordCode::TryParse(
    std::string_view text, ResidentRecordCode& out, ResidentRecordCodeRule rule
) {
  std::array<std::uint8_t, 11> digits;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled
  if (text.size() != digits.size()) {
    return NumberFault::kFormat;
  }
  std::uint64_t packed = 0;
  bool is_foreign = false;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const unsigned value = static_cast<unsigned char>(text[i]) - unsigned{'0'};
    is_foreign |= value > 9;
    digits[i] = static_cast<std::uint8_t>(value);
    packed = packed * 10 + value;
  }
  if (is_foreign) {
    return NumberFault::kFormat;
  }
  const bool is_right = packed != 0 && rule(digits);
  WipeMemory(digits.data(), digits.size());
  if (!is_right) {
    return NumberFault::kCheckDigit;
  }
  out.packed_ = packed;
  return NumberFault::kNone;
}

Result<ResidentRecordCode> ResidentRecordCode::Parse(
    std::string_view text, ResidentRecordCodeRule rule
) {
  ResidentRecordCode code;
  switch (TryParse(text, code, rule)) {
    case NumberFault::kNone:
      return code;
    case NumberFault::kFormat:
      return Error{ErrorCode::kInvalid, "a resident record code has eleven ASCII digits"};
    case NumberFault::kCheckDigit:
      break;
  }
  return Error{ErrorCode::kInvalid, "the check digit of the resident record code is wrong"};
}

void ResidentRecordCode::RevealDigits(std::span<char, 11> out) const {
  std::uint64_t left = packed_;
  for (std::size_t i = out.size(); i-- > 0;) {
    out[i] = static_cast<char>('0' + left % 10);
    left /= 10;
  }
}

ResidentRecordCode ResidentRecordCode::FromPacked(std::uint64_t packed) {
  ResidentRecordCode code;
  code.packed_ = packed;
  return code;
}

}  // namespace musubi::number
