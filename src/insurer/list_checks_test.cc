#include "insurer/list_checks.h"

#include <gtest/gtest.h>

#include "insurer/people_for_test.h"

namespace musubi::insurer {
namespace {

using Listed = std::vector<std::uint8_t>;

TEST(ListChecks, UnverifiedListedAndTechnicallyRefusedPeopleAreListed) {
  Known busy = KnownForTest({.number = 3}, LinkState::kRefused);
  busy.reason = Reason::kBusy;
  Known not_found = KnownForTest({.number = 4}, LinkState::kRefused);
  not_found.reason = Reason::kNotFound;
  const ListDecision decision = CheckBeforeListing(std::vector<Known>{
      KnownForTest({.number = 1}),
      KnownForTest({.number = 2}, LinkState::kListed),
      busy,
      not_found,
      KnownForTest({.number = 5}, LinkState::kTied),
      KnownForTest({.number = 6}, LinkState::kDoubtful),
      KnownForTest({.number = 7}, LinkState::kReleased),
      KnownForTest({}, LinkState::kNotCollected),
  });
  EXPECT_EQ(decision.is_listed, (Listed{1, 1, 1, 0, 0, 0, 0, 0}));
}

TEST(ListChecks, OneNumberAtOneBirthDateTwiceIsSentForNobody) {
  const ListDecision decision = CheckBeforeListing(std::vector<Known>{
      KnownForTest({.number = 1}), KnownForTest({.household = "101", .name = "別人", .number = 1})
  });
  EXPECT_EQ(decision.is_listed, (Listed{0, 0}));
  EXPECT_EQ(decision.link[0], (LinkValue{LinkState::kRefused, Reason::kDuplicateInList}));
  EXPECT_EQ(decision.shared_numbers, 0U);
}

TEST(ListChecks, OneNumberAtTwoBirthDatesIsSentForBoth) {
  const ListDecision decision = CheckBeforeListing(std::vector<Known>{
      KnownForTest({.number = 1}), KnownForTest({.birth_date = "2010-01-01", .number = 1})
  });
  EXPECT_EQ(decision.is_listed, (Listed{1, 1}));
  EXPECT_EQ(decision.shared_numbers, 1U);
}

TEST(ListChecks, ADuplicateIsListedOnceTheOtherIsGone) {
  Known held = KnownForTest({.number = 1}, LinkState::kRefused);
  held.reason = Reason::kDuplicateInList;
  const ListDecision decision =
      CheckBeforeListing(std::vector<Known>{held, KnownForTest({.number = 1}, LinkState::kReleased)}
      );
  EXPECT_EQ(decision.is_listed, (Listed{1, 0}));
}

TEST(ListChecks, WithoutABirthDateNobodyIsSent) {
  const ListDecision decision =
      CheckBeforeListing(std::vector<Known>{KnownForTest({.birth_date = "", .number = 1})});
  EXPECT_EQ(decision.is_listed, (Listed{0}));
  EXPECT_EQ(decision.link[0], (LinkValue{LinkState::kRefused, Reason::kBadFormat}));
}

TEST(ListChecks, OnePersonInTwoHouseholdsWithTwoNumbersIsCountedNotStopped) {
  const ListDecision decision = CheckBeforeListing(std::vector<Known>{
      KnownForTest({.number = 1}), KnownForTest({.household = "101", .number = 2})
  });
  EXPECT_EQ(decision.is_listed, (Listed{1, 1}));
  EXPECT_EQ(decision.possible_same_person, 1U);
}

}  // namespace
}  // namespace musubi::insurer
