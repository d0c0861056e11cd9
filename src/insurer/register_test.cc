#include "insurer/register.h"

#include "insurer/register_for_test.h"

namespace musubi::insurer {
namespace {

class RegisterRosterTest : public RegisterTest {};

MUSUBI_TEST_BOTH_ENGINES(RegisterRosterTest);

TEST_P(RegisterRosterTest, ANewPersonsStateSaysWhatTheNumberColumnHeld) {
  const RosterReport report = Import({
      {.number = DigitsOf(1)},
      {.household = "2"},
      {.household = "3", .number = "90000000001"},
      {.household = "4", .number = "999999999999"},
  });
  EXPECT_EQ(report.added, 4U);
  EXPECT_EQ(report.numbers_present, 1U);
  EXPECT_EQ(report.numbers_missing, 1U);
  EXPECT_EQ(report.numbers_bad_format, 1U);
  EXPECT_EQ(report.numbers_bad_check_digit, 1U);
  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(
      People(),
      (Lines{
          "P0000000001 unverified",
          "P0000000002 not-collected no-number",
          "P0000000003 refused bad-format",
          "P0000000004 refused bad-check-digit"
      })
  );
}

TEST_P(RegisterRosterTest, TheSameFileTwiceChangesNothing) {
  const std::vector<Row> rows = {
      {.number = DigitsOf(1)},
      Child(DigitsOf(2)),
      {.household = "2", .birth_date = "H99.1.1"},
      {.household = "3", .number = "999999999999"},
      {.household = "3", .number = "999999999999"},
  };
  Import(rows);
  const Lines before = People();
  const std::size_t history = HistorySize();
  const RosterReport again = Import(rows);
  EXPECT_EQ(again.unchanged, 5U);
  EXPECT_EQ(again.added + again.changed + again.gone + again.returned, 0U);
  EXPECT_EQ(again.problems.size(), 1U);
  EXPECT_EQ(People(), before);
  EXPECT_EQ(HistorySize(), history);
}

TEST_P(RegisterRosterTest, ARowWithAnUnreadableBirthDateIsKeptAndReported) {
  const RosterReport report = Import({{.birth_date = "H99.1.1", .number = DigitsOf(1)}});
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].line, 2U);
  EXPECT_EQ(report.problems[0].field, "birth_date");
  EXPECT_EQ(People(), (Lines{"P0000000001 refused bad-format"}));
  EXPECT_EQ(Import({{.number = DigitsOf(1)}}).changed, 1U);
  EXPECT_EQ(People(), (Lines{"P0000000001 unverified"}));
}

TEST_P(RegisterRosterTest, WhoMovesKeepsTheReferenceAndWhoLeavesIsReleased) {
  Import({{.number = DigitsOf(1)}, Child(DigitsOf(2))});
  Row moved = Child(DigitsOf(2));
  moved.address = "大阪府";
  const RosterReport report = Import({moved});
  EXPECT_EQ(report.changed, 1U);
  EXPECT_EQ(report.gone, 1U);
  EXPECT_EQ(People(), (Lines{"P0000000002 unverified", "P0000000001 released gone-from-roster"}));
  const RosterReport back = Import({{.number = DigitsOf(1)}, moved});
  EXPECT_EQ(back.returned, 1U);
  EXPECT_EQ(back.unchanged, 1U);
  EXPECT_EQ(People(), (Lines{"P0000000001 unverified", "P0000000002 unverified"}));
}

TEST_P(RegisterRosterTest, HistoryTellsWhatChangedAndWhoDidIt) {
  Import({{.number = DigitsOf(1)}});
  Import({{.address = "大阪府", .number = DigitsOf(2)}});
  const auto lines = Must(register_->History("P0000000001"));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].what, "registered");
  EXPECT_EQ(lines[1].what, "address individual-number");
  EXPECT_EQ(lines[1].operator_name, "clerk");
  EXPECT_EQ(register_->History("P9").error().code, ErrorCode::kNotFound);
}

TEST_P(RegisterRosterTest, AnUnknownReferenceIsReportedAndTheRestApplied) {
  Import({{.number = DigitsOf(1)}});
  Must(List());
  const PairsReport report = ApplyPairs(
      {{"P0000000001", 1, exchange::Outcome::kIssued, "00000001"},
       {"X-1", 2, exchange::Outcome::kIssued, "00000002"}},
      1
  );
  EXPECT_EQ(report.issued, 1U);
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].row, 2U);
}

TEST_P(RegisterRosterTest, NobodyAndReleasedPeopleGetNoNumber) {
  Import({{.number = DigitsOf(1)}, Child()});
  Import({Child()});
  EXPECT_EQ(
      register_->SetNumber(*vault_, "P0000000001", NumberOf(2)).error().code,
      ErrorCode::kPrecondition
  );
  EXPECT_EQ(
      register_->SetNumber(*vault_, "P0000000009", NumberOf(2)).error().code, ErrorCode::kNotFound
  );
}

TEST_P(RegisterRosterTest, WhoReturnsIsTiedAsBefore) {
  Import({{.number = DigitsOf(1)}, Child()});
  Must(List());
  ApplyPairs({{"P0000000001", 1, exchange::Outcome::kIssued, "00000001"}}, 1);
  Import({Child()});
  Import({{.number = DigitsOf(1)}, Child()});
  EXPECT_EQ(People().front(), "P0000000001 tied 00000001-01");
}

TEST_P(RegisterRosterTest, CountsAddUp) {
  Import({{.number = DigitsOf(1)}, Child(), {.household = "2"}});
  const auto counts = Must(register_->CountStates());
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_EQ(counts[0].state, LinkState::kNotCollected);
  EXPECT_EQ(counts[0].count, 2U);
  EXPECT_EQ(counts[1].count, 1U);
}

}  // namespace
}  // namespace musubi::insurer
