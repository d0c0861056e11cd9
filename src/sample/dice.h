// Random choices that are a function of (seed, index, question) and of nothing else: any sample
// person can be made again alone, in any order, on any thread. Not for secrets.
#pragma once

#include <cstdint>

namespace musubi::sample {

[[nodiscard]] constexpr std::uint64_t Mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111eb;
  return value ^ (value >> 31U);
}

class Dice {
 public:
  constexpr Dice(std::uint64_t seed, std::uint64_t index) : state_(Mix(seed) ^ Mix(~index)) {}

  // `question`: a number of the caller's own, one per thing decided.
  [[nodiscard]] constexpr std::uint64_t Roll(std::uint64_t question) const {
    return Mix(state_ + question * 0xd1342543de82ef95);
  }

  [[nodiscard]] constexpr std::uint64_t Below(std::uint64_t question, std::uint64_t bound) const {
    return Roll(question) % bound;
  }

  // In [0, 1): compared with a rate.
  [[nodiscard]] constexpr double Share(std::uint64_t question) const {
    return static_cast<double>(Roll(question) >> 11U) * 0x1p-53;
  }

 private:
  std::uint64_t state_;
};

}  // namespace musubi::sample
