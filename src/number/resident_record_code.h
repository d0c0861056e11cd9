// 住民票コード (resident record code): eleven digits, the root of a person's linkage codes.
//
// Ten random digits and a check digit whose formula the minister sets (住民基本台帳法施行規則
// 第1条). We have not found that formula published. So the rule is a parameter and the default
// looks at length and digits only: a guess that refused a real code would stop a real person, while
// a wrong code is caught anyway, because jlis and the network do not know it. ModulusElevenRule is
// the best guess (it fits one published sample) for trials and for the day somebody confirms it.
//
// Only jlis and the network may hold one; an insurer never does. Like the Individual Number it
// cannot be printed, hashed or ordered and wipes itself; "00000000000" is refused, since 0 is our
// "no code".
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <string_view>

#include "base/result.h"
#include "number/number_fault.h"

namespace musubi::number {

// Does the last digit follow from the others? Digits are 0-9, leading first.
using ResidentRecordCodeRule = bool (*)(std::span<const std::uint8_t, 11> digits);

[[nodiscard]] bool AnyCheckDigitRule(std::span<const std::uint8_t, 11> digits);
[[nodiscard]] bool ModulusElevenRule(std::span<const std::uint8_t, 11> digits);

class ResidentRecordCode {
 public:
  [[nodiscard]] static Result<ResidentRecordCode> Parse(
      std::string_view text, ResidentRecordCodeRule rule = AnyCheckDigitRule
  );
  // For millions of rows. `out` is left alone unless nothing is wrong.
  [[nodiscard]] static NumberFault TryParse(
      std::string_view text,
      ResidentRecordCode& out,
      ResidentRecordCodeRule rule = AnyCheckDigitRule
  );

  ResidentRecordCode() = default;  // no code; is_set() is false
  ResidentRecordCode(const ResidentRecordCode&) = default;
  ResidentRecordCode& operator=(const ResidentRecordCode&) = default;
  ~ResidentRecordCode();

  [[nodiscard]] bool is_set() const { return packed_ != 0; }

  [[nodiscard]] bool SameAs(const ResidentRecordCode& other) const {
    return (packed_ ^ other.packed_) == 0;
  }

  // The digits, for a file or a wire that must carry them. `out` is the caller's to wipe.
  void RevealDigits(std::span<char, 11> out) const;

  // The digits as one integer, for sorted batches inside SecretVector.
  [[nodiscard]] std::uint64_t RevealPacked() const { return packed_; }

  // `packed` came from RevealPacked or passed TryParse before.
  [[nodiscard]] static ResidentRecordCode FromPacked(std::uint64_t packed);

 private:
  std::uint64_t packed_ = 0;
};

// Deleted on purpose: a code is not printed.
std::ostream& operator<<(std::ostream&, const ResidentRecordCode&) = delete;

}  // namespace musubi::number
