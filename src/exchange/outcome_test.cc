#include "exchange/outcome.h"

#include <set>

#include <gtest/gtest.h>

namespace musubi::exchange {
namespace {

TEST(Outcome, EveryOutcomeHasItsOwnNameAndIsFoundByIt) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kOutcomeCount; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    names.insert(OutcomeName(outcome));
    EXPECT_EQ(OutcomeOf(OutcomeName(outcome)), outcome);
  }
  EXPECT_EQ(names.size(), kOutcomeCount);
}

TEST(Outcome, WordsOnTheWireStayWhatTheyAre) {
  EXPECT_EQ(OutcomeName(Outcome::kIssued), "issued");
  EXPECT_EQ(OutcomeName(Outcome::kBirthDateDiffers), "birth-date-differs");
  EXPECT_EQ(OutcomeName(Outcome::kDuplicateInList), "duplicate-in-list");
  EXPECT_EQ(OutcomeName(Outcome::kBusy), "busy");
}

TEST(Outcome, AnUnknownWordIsNoOutcome) {
  EXPECT_FALSE(OutcomeOf("").has_value());
  EXPECT_FALSE(OutcomeOf("Issued").has_value());
  EXPECT_FALSE(OutcomeOf("issued ").has_value());
}

TEST(Outcome, OnlyIssuedAndKnownAreDone) {
  int done = 0;
  int technical = 0;
  for (std::size_t i = 0; i < kOutcomeCount; ++i) {
    done += IsDone(static_cast<Outcome>(i)) ? 1 : 0;
    technical += IsTechnical(static_cast<Outcome>(i)) ? 1 : 0;
  }
  EXPECT_EQ(done, 2);
  EXPECT_EQ(technical, 2);
}

}  // namespace
}  // namespace musubi::exchange
