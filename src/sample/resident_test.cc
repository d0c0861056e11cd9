#include "sample/resident.h"

#include <string>
#include <string_view>
#include <unordered_set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "number/individual_number.h"
#include "number/resident_record_code.h"

namespace musubi::sample {
namespace {

template <std::size_t kSize>
std::string_view View(const std::array<char, kSize>& digits) {
  return {digits.data(), digits.size()};
}

constexpr std::uint64_t kSeed = 7;

RC_GTEST_PROP(Resident, NumbersAndCodesHaveRightCheckDigits, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto index = *rc::gen::inRange<std::uint64_t>(0, kResidentCountMax);
  const Resident resident = ResidentAt(seed, index);
  RC_ASSERT(number::IndividualNumber::Check(View(resident.number)) == number::NumberFault::kNone);
  RC_ASSERT(
      number::ResidentRecordCode::Parse(View(resident.record_code), number::ModulusElevenRule).ok()
  );
  RC_ASSERT(
      number::IndividualNumber::Check(View(OldNumberAt(seed, index))) == number::NumberFault::kNone
  );
  RC_ASSERT(resident.birth_date <= resident.qualified_on);
  Date again;
  RC_ASSERT(Date::TryParse(resident.birth_date.Text(), again));
  RC_ASSERT(Date::TryParse(resident.qualified_on.Text(), again));
}

TEST(Resident, NoTwoHaveTheSameNumberOrCode) {
  constexpr std::uint64_t kCount = 100000;
  std::unordered_set<std::string> numbers;
  std::unordered_set<std::string> codes;
  for (std::uint64_t index = 0; index < kCount; ++index) {
    const Resident resident = ResidentAt(kSeed, index);
    codes.emplace(View(resident.record_code));
    numbers.emplace(View(resident.number));
    numbers.emplace(View(OldNumberAt(kSeed, index)));
    numbers.emplace(View(UnknownNumberAt(kSeed, index)));
  }
  EXPECT_EQ(numbers.size(), 3 * kCount);
  EXPECT_EQ(codes.size(), kCount);
}

TEST(Resident, TheSameIndexIsTheSameResidentAndAnotherSeedIsAnother) {
  EXPECT_EQ(ResidentAt(kSeed, 12345).number, ResidentAt(kSeed, 12345).number);
  EXPECT_NE(ResidentAt(kSeed, 12345).number, ResidentAt(kSeed + 1, 12345).number);
}

TEST(Resident, EveryoneIsInOneHouseholdAndItsMembersAgreeOnIt) {
  for (std::uint64_t index = 0; index < 10000;) {
    const Household household = HouseholdOf(kSeed, index);
    ASSERT_EQ(household.first, index);
    ASSERT_GE(household.size, 1U);
    ASSERT_LE(household.size, 4U);
    for (std::uint64_t i = 0; i < household.size; ++i) {
      ASSERT_EQ(HouseholdOf(kSeed, index + i).first, household.first);
    }
    if (household.size > 1) {
      EXPECT_NE(ResidentAt(kSeed, index).sex, ResidentAt(kSeed, index + 1).sex);
    }
    index += household.size;
  }
}

}  // namespace
}  // namespace musubi::sample
