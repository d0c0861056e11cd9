// 個人番号 (Individual Number): twelve digits, of which the last is computed from the other eleven
// (総務省令 平成26年第85号 第5条).
//
// A valid check digit shows that a number was copied well. It does not show that the number exists
// or belongs to the person in hand: only jlis can say so. Nor does it catch every slip, since two
// remainders (0 and 1) both give the digit 0.
//
// The value cannot be printed, logged, compared with < or used as a key of a map, and this is not
// an oversight: whoever needs look-up uses the keyed blind index of vault. Text enters only through
// Parse, which takes ASCII digits; full-width digits are the business of text/width.h. Text leaves
// only through the two Reveal functions, whose callers are few and easy to find.
//
// Movable and copyable; every copy wipes itself. Safe to read from many threads.
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <string_view>

#include "base/result.h"
#include "number/number_fault.h"

namespace musubi::number {

class IndividualNumber {
 public:
  // Twelve ASCII digits with a right check digit; "000000000000" is refused as bad-check-digit
  // although the formula allows it. Errors never name the value.
  [[nodiscard]] static Result<IndividualNumber> Parse(std::string_view text);
  // For millions of rows: what is wrong, and the number if nothing is.
  [[nodiscard]] static NumberFault Check(std::string_view text);
  [[nodiscard]] static NumberFault TryParse(std::string_view text, IndividualNumber& out);

  IndividualNumber() = default;  // no number; is_set() is false
  IndividualNumber(const IndividualNumber&) = default;
  IndividualNumber& operator=(const IndividualNumber&) = default;
  ~IndividualNumber();

  [[nodiscard]] bool is_set() const { return packed_ != 0; }

  [[nodiscard]] bool SameAs(const IndividualNumber& other) const {
    return (packed_ ^ other.packed_) == 0;
  }

  // The digits, for a file or a wire that must carry them. `out` is the caller's to wipe.
  void RevealDigits(std::span<char, 12> out) const;

  // The digits as one integer, for sorted batches inside SecretVector.
  [[nodiscard]] std::uint64_t RevealPacked() const { return packed_; }

  // `packed` came from RevealPacked or passed TryParse before.
  [[nodiscard]] static IndividualNumber FromPacked(std::uint64_t packed);

 private:
  std::uint64_t packed_ = 0;
};

// Deleted on purpose: a number is not printed.
std::ostream& operator<<(std::ostream&, const IndividualNumber&) = delete;

// Σ over the eleven digits, and the digit that follows from it. Digits are 0-9, leading first.
[[nodiscard]] int IndividualCheckDigit(std::span<const std::uint8_t, 11> digits);

}  // namespace musubi::number
