#include "number/individual_number.h"

#include <array>
#include <cstddef>

#include "base/secret.h"

namespace musubi::number {

namespace {

constexpr std::size_t kDigitCount = 12;
constexpr std::array<unsigned, 11> kWeights = {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
// 11 - remainder, and 0 for the remainders 0 and 1.
constexpr std::array<unsigned, 11> kCheckOfRemainder = {0, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1};
constexpr std::uint64_t kMillion = 1'000'000;

unsigned ValueOf(char digit) {
  return static_cast<unsigned char>(digit) - unsigned{'0'};
}

// All digits are looked at, whatever they are: no branch depends on the value, and the two halves
// are independent chains for the processor.
NumberFault Examine(std::string_view text, std::uint64_t& packed) {
  if (text.size() != kDigitCount) {
    return NumberFault::kFormat;
  }
  std::array<unsigned, kDigitCount>
      digits;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled
  bool is_foreign = false;
  for (std::size_t i = 0; i < kDigitCount; ++i) {
    digits[i] = ValueOf(text[i]);
    is_foreign |= digits[i] > 9;
  }
  if (is_foreign) {
    return NumberFault::kFormat;
  }
  unsigned sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    sum += kWeights[i] * digits[i];
  }
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  for (std::size_t i = 0; i < kDigitCount / 2; ++i) {
    high = high * 10 + digits[i];
    low = low * 10 + digits[i + kDigitCount / 2];
  }
  packed = high * kMillion + low;
  // All zeros satisfy the formula; nobody has that number, and 0 is our "no number".
  const bool is_right = digits[11] == kCheckOfRemainder[sum % 11] && packed != 0;
  return is_right ? NumberFault::kNone : NumberFault::kCheckDigit;
}

}  // namespace

IndividualNumber::~IndividualNumber() {
  WipeMemory(&packed_, sizeof packed_);
}

NumberFault IndividualNumber::Check(std::string_view text) {
  std::uint64_t packed = 0;
  const NumberFault fault = Examine(text, packed);
  WipeMemory(&packed, sizeof packed);
  return fault;
}

NumberFault IndividualNumber::TryParse(std::string_view text, IndividualNumber& out) {
  std::uint64_t packed = 0;
  const NumberFault fault = Examine(text, packed);
  if (fault == NumberFault::kNone) {
    out.packed_ = packed;
  }
  return fault;
}

Result<IndividualNumber> IndividualNumber::Parse(std::string_view text) {
  IndividualNumber number;
  switch (TryParse(text, number)) {
    case NumberFault::kNone:
      return number;
    case NumberFault::kFormat:
      return Error{ErrorCode::kInvalid, "an Individual Number has twelve ASCII digits"};
    case NumberFault::kCheckDigit:
      break;
  }
  return Error{ErrorCode::kInvalid, "the check digit of the Individual Number is wrong"};
}

void IndividualNumber::RevealDigits(std::span<char, 12> out) const {
  std::uint64_t left = packed_;
  for (std::size_t i = out.size(); i-- > 0;) {
    out[i] = static_cast<char>('0' + left % 10);
    left /= 10;
  }
}

IndividualNumber IndividualNumber::FromPacked(std::uint64_t packed) {
  IndividualNumber number;
  number.packed_ = packed;
  return number;
}

int IndividualCheckDigit(std::span<const std::uint8_t, 11> digits) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    sum += kWeights[i] * digits[i];
  }
  return static_cast<int>(kCheckOfRemainder[sum % 11]);
}

}  // namespace musubi::number
