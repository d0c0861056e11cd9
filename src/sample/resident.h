// One sample resident by index, without storing any other: a bench makes the same number list again
// from (seed, index) as the register was made from.
//
// Numbers and record codes are unique over all indexes below kResidentCountMax: they are the image
// of the index under a keyed permutation of the digits before the check digit. They are synthetic;
// with a space of 10^11 some will be somebody's real number by chance, which is why packages of
// samples say mode test.
//
// Residents live in households of one to four, inside blocks of twelve indexes: head, spouse,
// children. Functions here are pure and may be called from many threads.
#pragma once

#include <array>
#include <cstdint>

#include "base/date.h"
#include "text/roster.h"

namespace musubi::sample {

inline constexpr std::uint64_t kResidentCountMax = 2'000'000'000;

struct Household {
  std::uint64_t first = 0;  // index of its head
  std::uint64_t size = 0;
};

struct Resident {
  std::array<char, 11> record_code = {};
  std::array<char, 12> number = {};
  Date birth_date;
  text::Sex sex = text::Sex::kUnknown;
  Date qualified_on;  // the same for all of a household, or the birth date when later
};

[[nodiscard]] Household HouseholdOf(std::uint64_t seed, std::uint64_t index);
[[nodiscard]] Resident ResidentAt(std::uint64_t seed, std::uint64_t index);

// Numbers of nobody in the register: what a resident had before a change, and one never given.
[[nodiscard]] std::array<char, 12> OldNumberAt(std::uint64_t seed, std::uint64_t index);
[[nodiscard]] std::array<char, 12> UnknownNumberAt(std::uint64_t seed, std::uint64_t index);

}  // namespace musubi::sample
