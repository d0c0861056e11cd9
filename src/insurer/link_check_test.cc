#include "insurer/link_check.h"

#include <gtest/gtest.h>

#include "base/io.h"
#include "insurer/review_classes.h"

namespace musubi::insurer {
namespace {

Finding Verified(const std::string& outcome, const std::string& rules = "") {
  return {CheckSource::kVerification, outcome, "", rules, ""};
}

LinkCheck CheckOf(CheckStatus status, const std::string& outcome) {
  LinkCheck check{"P1", status, Verified(outcome)};
  check.fingerprint = "f";
  return check;
}

Known Person(LinkState state, Reason reason = Reason::kNone) {
  Known person;
  person.state = state;
  person.reason = reason;
  person.has_number = true;
  return person;
}

LinkValue After(const Known& person, CheckStatus before, CheckStatus now, const char* outcome) {
  return LinkAfterCheck(person, before, CheckOf(now, outcome));
}

TEST(LinkCheck, BirthDateAndSexStopAndTheRestIsForReviewers) {
  EXPECT_EQ(StatusOfFinding(Verified("agree")), CheckStatus::kVerified);
  for (const char* outcome : {"notation", "name-differs", "kana-differs", "address-differs"}) {
    EXPECT_EQ(StatusOfFinding(Verified(outcome)), CheckStatus::kWaiting) << outcome;
  }
  for (const char* outcome :
       {"birth-date-differs", "sex-differs", "number-unknown", "superseded", "gone"}) {
    EXPECT_EQ(StatusOfFinding(Verified(outcome)), CheckStatus::kDoubtful) << outcome;
  }
}

TEST(LinkCheck, OnlyAgreementOfAQueryIsMoreThanALead) {
  for (const char* outcome : {"partial", "multiple", "none", "restricted", "gone", "invalid"}) {
    EXPECT_EQ(StatusOfFinding({CheckSource::kQuery, outcome, "", "", ""}), CheckStatus::kLead)
        << outcome;
  }
}

TEST(LinkCheck, ADecisionHoldsForTheVerySameFindingOnly) {
  LinkCheck cleared = CheckOf(CheckStatus::kCleared, "notation");
  cleared.reason = "same person";
  const LinkCheck again = DecideCheck(&cleared, CheckOf(CheckStatus::kUnchecked, "notation"));
  EXPECT_EQ(again.status, CheckStatus::kCleared);
  EXPECT_EQ(again.reason, "same person");
  const LinkCheck worse = DecideCheck(&cleared, CheckOf(CheckStatus::kUnchecked, "name-differs"));
  EXPECT_EQ(worse.status, CheckStatus::kWaiting);
  LinkCheck changed = CheckOf(CheckStatus::kUnchecked, "notation");
  changed.fingerprint = "g";
  EXPECT_EQ(DecideCheck(&cleared, changed).status, CheckStatus::kWaiting);
}

TEST(LinkCheck, AClearedDifferenceDoesNotHideABirthDateThatDiffers) {
  const LinkCheck cleared = CheckOf(CheckStatus::kCleared, "birth-date-differs");
  const LinkCheck now =
      DecideCheck(&cleared, CheckOf(CheckStatus::kUnchecked, "birth-date-differs"));
  EXPECT_EQ(now.status, CheckStatus::kDoubtful);
}

TEST(LinkCheck, NoCheckLiftsAStopByHand) {
  const LinkCheck stopped = CheckOf(CheckStatus::kStopped, "");
  const LinkCheck now = DecideCheck(&stopped, CheckOf(CheckStatus::kUnchecked, "agree"));
  EXPECT_EQ(now.status, CheckStatus::kStopped);
}

TEST(LinkCheck, AStopIsReversible) {
  Known person = Person(LinkState::kTied);
  person.has_insured_number = true;
  const LinkValue stopped = After(person, CheckStatus::kVerified, CheckStatus::kStopped, "agree");
  EXPECT_EQ(stopped, (LinkValue{LinkState::kDoubtful, Reason::kStopped}));
  person.state = stopped.state;
  person.reason = stopped.reason;
  const LinkValue lifted = After(person, CheckStatus::kStopped, CheckStatus::kVerified, "agree");
  EXPECT_EQ(lifted, (LinkValue{LinkState::kTied, Reason::kNone}));
}

TEST(LinkCheck, WhatTheHubRefusedIsNotMadeGoodByACheck) {
  Known person = Person(LinkState::kDoubtful, Reason::kBirthDateDiffers);
  person.listed_in = 3;
  EXPECT_EQ(
      After(person, CheckStatus::kUnchecked, CheckStatus::kVerified, "agree"),
      (LinkValue{LinkState::kDoubtful, Reason::kBirthDateDiffers})
  );
}

TEST(LinkCheck, WhoWaitsForReviewIsNotListedMeanwhile) {
  const LinkValue waiting = After(
      Person(LinkState::kUnverified), CheckStatus::kUnchecked, CheckStatus::kWaiting, "notation"
  );
  EXPECT_EQ(waiting, (LinkValue{LinkState::kUnverified, Reason::kInReview}));
  EXPECT_EQ(
      After(
          Person(LinkState::kUnverified, Reason::kInReview),
          CheckStatus::kWaiting,
          CheckStatus::kCleared,
          "notation"
      ),
      (LinkValue{LinkState::kUnverified, Reason::kNone})
  );
}

TEST(LinkCheck, WhoIsGoneFromTheRosterStaysAsIs) {
  const Known person = Person(LinkState::kReleased, Reason::kGoneFromRoster);
  EXPECT_EQ(
      After(person, CheckStatus::kUnchecked, CheckStatus::kDoubtful, "sex-differs"),
      (LinkValue{LinkState::kReleased, Reason::kGoneFromRoster})
  );
}

TEST(ReviewRules, TheBuiltInTextIsTheFileOfTheRulesFolder) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "../../rules/link-review.toml";
  EXPECT_EQ(ReadFile(path).value(), ReviewRules::DefaultText());
  EXPECT_TRUE(ReviewRules::LoadOrDefault({}).ok());
}

TEST(ReviewRules, ANameOrBirthDateIsNeverClearedInBulk) {
  for (const char* outcome : {"name-differs", "birth-date-differs", "sex-differs"}) {
    const std::string toml =
        std::string("[review]\nversion = 1\nbulk_outcomes = [\"") + outcome + "\"]\n";
    EXPECT_FALSE(ReviewRules::Parse(toml, "x.toml").ok()) << outcome;
  }
  EXPECT_FALSE(ReviewRules::Parse("[review]\nbulk = true\n", "x.toml").ok());
  const auto rules = ReviewRules::LoadOrDefault({}).value();
  EXPECT_FALSE(rules.IsBulk(Verified("name-differs")));
  EXPECT_FALSE(rules.IsBulk(Verified("notation", "kanji-variant voicing")));
  EXPECT_TRUE(rules.IsBulk(Verified("notation", "kanji-variant building")));
}

LinkCheck Waiting(
    const std::string& reference, const std::string& rules, const std::string& pairs
) {
  LinkCheck check{reference, CheckStatus::kWaiting, Verified("notation", rules)};
  check.finding.attributes = "name:notation kana:agree birth-date:agree sex:agree address:agree";
  check.finding.characters = pairs;
  check.fingerprint = reference;
  return check;
}

TEST(ReviewClasses, PeopleWhoDifferInTheSameWayAreOneClassAndTheLargestIsFirst) {
  LinkChecks checks;
  for (const LinkCheck& check :
       {Waiting("P1", "kanji-variant", "高/髙"),
        Waiting("P2", "kanji-variant", "斎/齋"),
        Waiting("P3", "kanji-variant", "高/髙"),
        Waiting("P4", "voicing", ""),
        Waiting("P5", "voicing", "")}) {
    checks.emplace(check.reference, check);
  }
  checks.emplace("P6", CheckOf(CheckStatus::kCleared, "notation"));
  const auto classes = ClassesOf(checks, ReviewRules::LoadOrDefault({}).value());
  ASSERT_EQ(classes.size(), 4U);  // voicing: each for itself
  EXPECT_EQ(classes[0].references, (std::vector<std::string>{"P1", "P3"}));
  EXPECT_EQ(DescribeDifference(classes[0].finding), "differ only by 高/髙");
  EXPECT_TRUE(classes[0].is_bulk);
  checks.at("P3").fingerprint = "another";
  const auto later = ClassesOf(checks, ReviewRules::LoadOrDefault({}).value());
  EXPECT_EQ(later[0].name, classes[0].name);
  EXPECT_NE(later[0].members, classes[0].members);
}

}  // namespace
}  // namespace musubi::insurer
