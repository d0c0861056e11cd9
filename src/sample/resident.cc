#include "sample/resident.h"

#include <algorithm>
#include <chrono>
#include <span>

#include "number/individual_number.h"
#include "sample/dice.h"

namespace musubi::sample {

namespace {

constexpr std::uint64_t kBlockSize = 12;

// How twelve people live together; which way, the dice of their block say.
constexpr std::array<std::array<std::uint8_t, 6>, 4> kBlockPlans = {{
    {1, 2, 3, 4, 2, 0},
    {2, 1, 4, 1, 3, 1},
    {3, 1, 2, 2, 4, 0},
    {1, 4, 1, 3, 2, 1},
}};

enum Question : std::uint64_t { kPlan = 1, kHeadAge, kSex, kAgeGap, kBirthday, kQualified };

// The days on which all ages are counted: a sample does not change from one day to the next.
constexpr std::chrono::sys_days kReferenceDay = std::chrono::year(2026) / std::chrono::November / 1;
constexpr std::int64_t kYearDays = 365;

// Old and unknown numbers come from parts of the index space where no residents are.
constexpr std::uint64_t kOldOffset = 50'000'000'000;
constexpr std::uint64_t kUnknownOffset = 70'000'000'000;

// A Feistel network on (left, right) with unequal halves: a permutation of left_size * right_size.
class Permutation {
 public:
  constexpr Permutation(std::uint64_t key, std::uint64_t left_size, std::uint64_t right_size)
      : key_(Mix(key)), left_size_(left_size), right_size_(right_size) {}

  // The image of zero is skipped by walking on, so that nonzero goes to nonzero.
  [[nodiscard]] constexpr std::uint64_t Of(std::uint64_t value) const {
    const std::uint64_t image = Once(value);
    return image != 0 ? image : Once(image);
  }

 private:
  [[nodiscard]] constexpr std::uint64_t Once(std::uint64_t value) const {
    std::uint64_t left = value / right_size_;
    std::uint64_t right = value % right_size_;
    for (std::uint64_t round = 0; round < 3; ++round) {
      left = (left + Mix(key_ + 2 * round + (right << 8U))) % left_size_;
      right = (right + Mix(key_ + 2 * round + 1 + (left << 8U))) % right_size_;
    }
    return left * right_size_ + right;
  }

  std::uint64_t key_;
  std::uint64_t left_size_;
  std::uint64_t right_size_;
};

void WriteDigits(std::uint64_t value, std::span<char> out) {
  for (std::size_t i = out.size(); i-- > 0; value /= 10) {
    out[i] = static_cast<char>('0' + value % 10);
  }
}

std::array<char, 12> NumberOf(std::uint64_t seed, std::uint64_t index) {
  constexpr std::uint64_t kLeftSize = 100'000;
  constexpr std::uint64_t kRightSize = 1'000'000;
  const Permutation permutation(seed, kLeftSize, kRightSize);
  std::array<char, 12> number;
  WriteDigits(permutation.Of(index + 1), std::span(number).first<11>());
  std::array<std::uint8_t, 11> digits;
  std::transform(number.begin(), number.end() - 1, digits.begin(), [](char c) {
    return static_cast<std::uint8_t>(c - '0');
  });
  number[11] = static_cast<char>('0' + number::IndividualCheckDigit(digits));
  return number;
}

std::array<char, 11> RecordCodeOf(std::uint64_t seed, std::uint64_t index) {
  constexpr std::uint64_t kHalfSize = 100'000;
  constexpr std::uint64_t kKeyOffset = 0x5eed;
  const Permutation permutation(seed + kKeyOffset, kHalfSize, kHalfSize);
  std::array<char, 11> code;
  WriteDigits(permutation.Of(index + 1), std::span(code).first<10>());
  // The formula of number::ModulusElevenRule; a test holds the two together.
  constexpr std::array<int, 10> kWeights = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    sum += kWeights[i] * (code[i] - '0');
  }
  const int remainder = sum % 11;
  code[10] = static_cast<char>('0' + (remainder <= 1 ? 0 : 11 - remainder));
  return code;
}

text::Sex Opposite(text::Sex sex) {
  return sex == text::Sex::kMale ? text::Sex::kFemale : text::Sex::kMale;
}

text::Sex SexAt(const Dice& dice) {
  return dice.Below(kSex, 2) == 0 ? text::Sex::kMale : text::Sex::kFemale;
}

// Age in years of a member; children are 22 to 38 years younger than the head.
std::int64_t AgeOf(const Dice& head, const Dice& own, std::uint64_t position, std::uint64_t size) {
  const bool has_children = size > 2;
  const auto head_age = static_cast<std::int64_t>(
      has_children ? 30 + head.Below(kHeadAge, 31) : 22 + head.Below(kHeadAge, 66)
  );
  const auto gap = static_cast<std::int64_t>(own.Below(kAgeGap, 17));
  switch (position) {
    case 0:
      return head_age;
    case 1:
      return std::max<std::int64_t>(20, head_age - 4 + gap / 2);
    default:
      return std::max<std::int64_t>(0, head_age - 22 - gap);
  }
}

Date DayBefore(std::int64_t days) {
  return Date::Of(std::chrono::year_month_day(kReferenceDay - std::chrono::days(days)));
}

}  // namespace

Household HouseholdOf(std::uint64_t seed, std::uint64_t index) {
  const std::uint64_t block = index / kBlockSize;
  const Dice dice(seed, block);
  const auto& plan = kBlockPlans[dice.Below(kPlan, kBlockPlans.size())];
  std::uint64_t first = block * kBlockSize;
  for (const std::uint8_t size : plan) {
    if (index < first + size) {
      return {first, size};
    }
    first += size;
  }
  return {index, 1};  // not reached: every plan houses twelve
}

Resident ResidentAt(std::uint64_t seed, std::uint64_t index) {
  constexpr std::uint64_t kDiceOffset = 1U << 20U;  // apart from the dice of blocks
  const Household household = HouseholdOf(seed, index);
  const Dice head(seed + kDiceOffset, household.first);
  const Dice own(seed + kDiceOffset, index);
  const std::uint64_t position = index - household.first;
  const std::int64_t age = AgeOf(head, own, position, household.size);
  const auto birthday = static_cast<std::int64_t>(own.Below(kBirthday, kYearDays));

  Resident resident;
  resident.record_code = RecordCodeOf(seed, index);
  resident.number = NumberOf(seed, index);
  resident.sex = position == 1 ? Opposite(SexAt(head)) : SexAt(own);
  resident.birth_date = DayBefore(age * kYearDays + age / 4 + birthday);
  const Date joined = DayBefore(static_cast<std::int64_t>(30 + head.Below(kQualified, 12000)));
  resident.qualified_on = std::max(joined, resident.birth_date);
  return resident;
}

std::array<char, 12> OldNumberAt(std::uint64_t seed, std::uint64_t index) {
  return NumberOf(seed, index + kOldOffset);
}

std::array<char, 12> UnknownNumberAt(std::uint64_t seed, std::uint64_t index) {
  return NumberOf(seed, index + kUnknownOffset);
}

}  // namespace musubi::sample
