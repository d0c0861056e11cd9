#include "insurer/link_rules.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "insurer/pair_rules.h"
#include "insurer/people_for_test.h"

namespace musubi::insurer {
namespace {

const LinkValue kUnverified = {LinkState::kUnverified, Reason::kNone};

Known Tied() {
  Known known = KnownForTest({.number = 1}, LinkState::kTied);
  known.has_insured_number = true;
  known.listed_in = 1;
  return known;
}

TEST(LinkRules, ANewPersonsStateFollowsFromTheNumber) {
  EXPECT_EQ(LinkOfNew(RowForTest({.number = 1})), kUnverified);
  EXPECT_EQ(LinkOfNew(RowForTest({})), (LinkValue{LinkState::kNotCollected, Reason::kNoNumber}));
  Incoming row = RowForTest({});
  row.roster_number.fact = NumberFact::kBadCheckDigit;
  EXPECT_EQ(LinkOfNew(row), (LinkValue{LinkState::kRefused, Reason::kBadCheckDigit}));
  row.roster_number.fact = NumberFact::kBadFormat;
  EXPECT_EQ(LinkOfNew(row), (LinkValue{LinkState::kRefused, Reason::kBadFormat}));
}

TEST(LinkRules, APersonWithoutBirthDateIsRegisteredAndRefused) {
  const LinkValue link = LinkOfNew(RowForTest({.birth_date = "", .number = 1}));
  EXPECT_EQ(link, (LinkValue{LinkState::kRefused, Reason::kBadFormat}));
}

TEST(LinkRules, AnotherNumberUndoesTheTie) {
  const RowDecision decision = DecideRow(Tied(), RowForTest({.number = 2}));
  EXPECT_TRUE(decision.number_is_new);
  EXPECT_TRUE(decision.link_starts_anew);
  EXPECT_EQ(decision.link, kUnverified);
}

TEST(LinkRules, AnotherBirthDateUndoesTheTie) {
  const RowDecision decision =
      DecideRow(Tied(), RowForTest({.birth_date = "1979-03-13", .number = 1}));
  EXPECT_TRUE(decision.link_starts_anew);
  EXPECT_EQ(decision.link, kUnverified);
}

TEST(LinkRules, AnotherAddressLeavesTheTie) {
  const RowDecision decision = DecideRow(Tied(), RowForTest({.address = "大阪府", .number = 1}));
  EXPECT_EQ(decision.changed, MaskOf(Field::kAddress));
  EXPECT_FALSE(decision.link_starts_anew);
  EXPECT_EQ(decision.link.state, LinkState::kTied);
}

TEST(LinkRules, BeingAwayFromTheRosterClearsNoDoubt) {
  for (const Reason reason : {Reason::kStopped, Reason::kBirthDateDiffers, Reason::kRejected}) {
    Known person = Tied();
    person.state = LinkState::kDoubtful;
    person.reason = reason;
    const LinkValue away = LinkOfReleased(person);
    EXPECT_EQ(away, (LinkValue{LinkState::kReleased, reason}));
    person.state = away.state;
    person.reason = away.reason;
    const RowDecision back = DecideRow(person, RowForTest({.number = 1}));
    EXPECT_EQ(back.link, (LinkValue{LinkState::kDoubtful, reason}));
  }
  const LinkValue away = LinkOfReleased(Tied());
  EXPECT_EQ(away, (LinkValue{LinkState::kReleased, Reason::kGoneFromRoster}));
}

TEST(LinkRules, AStopByHandOutlivesEveryRoster) {
  Known person = Tied();
  person.state = LinkState::kDoubtful;
  person.reason = Reason::kStopped;
  const RowDecision decision =
      DecideRow(person, RowForTest({.birth_date = "1979-03-13", .number = 2}));
  EXPECT_EQ(decision.link, (LinkValue{LinkState::kDoubtful, Reason::kStopped}));
}

TEST(LinkRules, ANumberLeftBlankOrMistypedDoesNotOverwriteTheOneWeHave) {
  Incoming row = RowForTest({});
  for (const NumberFact fact : {NumberFact::kBlank, NumberFact::kBadCheckDigit}) {
    row.roster_number.fact = fact;
    const RowDecision decision = DecideRow(Tied(), row);
    EXPECT_FALSE(decision.number_is_new);
    EXPECT_EQ(decision.link.state, LinkState::kTied);
  }
}

TEST(LinkRules, AClerksCorrectionOutlivesARosterThatWasNotCorrected) {
  Known corrected = KnownForTest({.number = 2}, LinkState::kTied);
  corrected.roster_number.index = IndexForTest(1);
  const RowDecision decision = DecideRow(corrected, RowForTest({.number = 1}));
  EXPECT_FALSE(decision.IsChange());
  EXPECT_EQ(decision.link.state, LinkState::kTied);
}

TEST(LinkRules, ABirthDateThatCannotBeReadLeavesTheOneWeKnow) {
  const RowDecision decision = DecideRow(Tied(), RowForTest({.birth_date = "", .number = 1}));
  EXPECT_FALSE(decision.IsChange());
  EXPECT_EQ(decision.link.state, LinkState::kTied);
}

TEST(LinkRules, ABirthDateThatComesLaterMakesThePersonListable) {
  Known known = KnownForTest({.birth_date = "", .number = 1}, LinkState::kRefused);
  known.reason = Reason::kBadFormat;
  EXPECT_EQ(DecideRow(known, RowForTest({.number = 1})).link, kUnverified);
}

TEST(LinkRules, DoubtEndsOnlyWithACorrection) {
  Known known = KnownForTest({.number = 1}, LinkState::kDoubtful);
  known.reason = Reason::kBirthDateDiffers;
  known.listed_in = 1;
  EXPECT_EQ(
      DecideRow(known, RowForTest({.address = "大阪府", .number = 1})).link.state,
      LinkState::kDoubtful
  );
  EXPECT_EQ(
      DecideRow(known, RowForTest({.birth_date = "1979-12-03", .number = 1})).link, kUnverified
  );
  EXPECT_EQ(DecideRow(known, RowForTest({.number = 2})).link, kUnverified);
}

TEST(LinkRules, WhoReturnsUnchangedIsTiedAgain) {
  Known known = Tied();
  known.state = LinkState::kReleased;
  const RowDecision decision = DecideRow(known, RowForTest({.number = 1}));
  EXPECT_TRUE(decision.has_returned);
  EXPECT_EQ(decision.link.state, LinkState::kTied);
  EXPECT_EQ(DecideRow(known, RowForTest({.number = 2})).link, kUnverified);
}

RC_GTEST_PROP(LinkRulesProperty, TheSameRowAgainChangesNothing, ()) {
  const unsigned number = *rc::gen::inRange(0U, 3U);
  const PersonForTest person = {
      .name = *rc::gen::element<std::string>("", "山田"),
      .birth_date = *rc::gen::element<std::string>("", "1979-03-12"),
      .number = number
  };
  const Incoming row = RowForTest(person);
  Known known = KnownForTest(person);
  const LinkValue link = LinkOfNew(row);
  known.state = link.state;
  known.reason = link.reason;
  const RowDecision decision = DecideRow(known, row);
  RC_ASSERT(!decision.IsChange());
  RC_ASSERT(decision.link == link);
}

TEST(PairRules, AnOutcomeBecomesAState) {
  Known known = KnownForTest({.number = 1}, LinkState::kListed);
  known.listed_in = 1;
  PairRow row;
  row.has_number = true;
  row.number_index = IndexForTest(1);
  row.outcome = exchange::Outcome::kKnown;
  EXPECT_EQ(DecidePair(known, row).link.state, LinkState::kTied);
  row.outcome = exchange::Outcome::kBirthDateDiffers;
  EXPECT_EQ(
      DecidePair(known, row).link, (LinkValue{LinkState::kDoubtful, Reason::kBirthDateDiffers})
  );
  row.outcome = exchange::Outcome::kBusy;
  EXPECT_EQ(DecidePair(known, row).link, (LinkValue{LinkState::kRefused, Reason::kBusy}));
}

TEST(PairRules, ARowForAnotherNumberOrAnEarlierBirthDateIsStale) {
  Known known = KnownForTest({.number = 1}, LinkState::kListed);
  known.listed_in = 1;
  PairRow row;
  row.has_number = true;
  row.number_index = IndexForTest(2);
  row.outcome = exchange::Outcome::kIssued;
  EXPECT_EQ(DecidePair(known, row).effect, PairEffect::kStale);
  row.number_index = IndexForTest(1);
  known.listed_in = 0;  // corrected since
  EXPECT_EQ(DecidePair(known, row).effect, PairEffect::kStale);
}

TEST(PairRules, EveryOutcomeHasAReasonOfTheSameName) {
  for (std::size_t index = 0; index < exchange::kOutcomeCount; ++index) {
    const auto outcome = static_cast<exchange::Outcome>(index);
    const std::string_view name = exchange::IsDone(outcome) ? "" : exchange::OutcomeName(outcome);
    EXPECT_EQ(ReasonName(ReasonOfOutcome(outcome)), name);
  }
}

}  // namespace
}  // namespace musubi::insurer
