#include "insurer/register_for_test.h"

namespace musubi::insurer {
namespace {

class RegisterListTest : public RegisterTest {};

MUSUBI_TEST_BOTH_ENGINES(RegisterListTest);

TEST_P(RegisterListTest, AddingOneRowReleasesNobody) {
  Import({{.number = DigitsOf(1)}});
  const RosterReport report = Import({{.household = "7"}}, RosterScope::kAdd);
  EXPECT_EQ(report.added, 1U);
  EXPECT_EQ(report.gone, 0U);
  EXPECT_EQ(People(), (Lines{"P0000000001 unverified", "P0000000002 not-collected no-number"}));
}

TEST_P(RegisterListTest, TheListHoldsNumberBirthDateAndDayOfQualification) {
  Import({{.number = DigitsOf(1)}, {.household = "2", .qualified_on = "", .number = DigitsOf(2)}});
  const NumberListReport report = Must(List());
  EXPECT_EQ(report.sequence, 1U);
  EXPECT_EQ(report.rows, 2U);
  EXPECT_EQ(report.qualified_on_missing, 1U);
  EXPECT_EQ(list_["P0000000001"], (Lines{"P0000000001", DigitsOf(1), "1979-03-12", "2001-04-01"}));
  EXPECT_EQ(list_["P0000000002"][3], "2026-11-22");
  EXPECT_EQ(People(), (Lines{"P0000000001 listed", "P0000000002 listed"}));
}

TEST_P(RegisterListTest, ListingAgainSendsTheSamePeopleUnderTheNextSequence) {
  Import({{.number = DigitsOf(1)}});
  Must(List());
  const NumberListReport again = Must(List());
  EXPECT_EQ(again.sequence, 2U);
  EXPECT_EQ(again.rows, 1U);
}

TEST_P(RegisterListTest, NobodyToListWritesNoFile) {
  Import({{}});
  EXPECT_EQ(List().error().code, ErrorCode::kPrecondition);
  EXPECT_FALSE(std::filesystem::exists(folder() / "list.p7m"));
}

TEST_P(RegisterListTest, ANumberTwiceAtOneBirthDateIsHeldUntilOneIsCorrected) {
  Import({{.number = DigitsOf(1)}, {.household = "2", .number = DigitsOf(1)}});
  EXPECT_EQ(List().error().code, ErrorCode::kPrecondition);
  EXPECT_EQ(
      People(),
      (Lines{"P0000000001 refused duplicate-in-list", "P0000000002 refused duplicate-in-list"})
  );
  Import({{.number = DigitsOf(1)}, {.household = "2", .number = DigitsOf(2)}});
  EXPECT_EQ(Must(List()).rows, 2U);
}

TEST_P(RegisterListTest, ANumberSharedByTwoBirthDatesIsSentForBoth) {
  Import({{.number = DigitsOf(1)}, Child(DigitsOf(1))});
  const NumberListReport report = Must(List());
  EXPECT_EQ(report.rows, 2U);
  EXPECT_EQ(report.shared_numbers, 1U);
  ApplyPairs(
      {{"P0000000001", 1, exchange::Outcome::kIssued, "00000001"},
       {"P0000000002", 1, exchange::Outcome::kBirthDateDiffers}},
      1
  );
  EXPECT_EQ(
      People(), (Lines{"P0000000001 tied 00000001-01", "P0000000002 doubtful birth-date-differs"})
  );
}

TEST_P(RegisterListTest, PairsTieAndRefuse) {
  Import({
      {.number = DigitsOf(1)},
      {.household = "2", .number = DigitsOf(2)},
      {.household = "3", .number = DigitsOf(3)},
      {.household = "4", .number = DigitsOf(4)},
  });
  Must(List());
  const PairsReport report = ApplyPairs(
      {{"P0000000001", 1, exchange::Outcome::kIssued, "00000001"},
       {"P0000000002", 2, exchange::Outcome::kKnown, "00000002"},
       {"P0000000003", 3, exchange::Outcome::kNotFound},
       {"P0000000004", 4, exchange::Outcome::kBusy}},
      1
  );
  EXPECT_EQ(report.issued, 1U);
  EXPECT_EQ(report.known, 1U);
  EXPECT_EQ(report.refused.at(static_cast<std::size_t>(Reason::kNotFound)), 1U);
  EXPECT_EQ(
      People(),
      (Lines{
          "P0000000001 tied 00000001-01",
          "P0000000002 tied 00000002-01",
          "P0000000003 refused not-found",
          "P0000000004 refused busy"
      })
  );
  EXPECT_EQ(Must(List()).rows, 1U);
  EXPECT_EQ(list_.count("P0000000004"), 1U);
}

TEST_P(RegisterListTest, TheSamePairsTwiceChangeNothing) {
  Import({{.number = DigitsOf(1)}});
  Must(List());
  const auto path =
      WritePairs({{"P0000000001", 1, exchange::Outcome::kIssued, "00000001"}}, 1, *hub_);
  EXPECT_FALSE(Must(ImportPairs(path)).already_imported);
  const std::size_t history = HistorySize();
  EXPECT_TRUE(Must(ImportPairs(path)).already_imported);
  EXPECT_EQ(HistorySize(), history);
  const auto other = WritePairs({{"P0000000001", 1, exchange::Outcome::kBusy}}, 1, *hub_);
  EXPECT_EQ(ImportPairs(other).error().code, ErrorCode::kRefused);
}

TEST_P(RegisterListTest, APairForANumberCorrectedMeanwhileIsStale) {
  Import({{.number = DigitsOf(1)}});
  Must(List());
  Must(register_->SetNumber(*vault_, "P0000000001", NumberOf(2)));
  const PairsReport report =
      ApplyPairs({{"P0000000001", 1, exchange::Outcome::kIssued, "00000001"}}, 1);
  EXPECT_EQ(report.stale, 1U);
  EXPECT_EQ(report.issued, 0U);
  EXPECT_EQ(People(), (Lines{"P0000000001 unverified"}));
}

TEST_P(RegisterListTest, APairForABirthDateCorrectedMeanwhileIsStale) {
  Import({{.number = DigitsOf(1)}});
  Must(List());
  Import({{.birth_date = "S54.3.13", .number = DigitsOf(1)}});
  EXPECT_EQ(ApplyPairs({{"P0000000001", 1, exchange::Outcome::kIssued, "1"}}, 1).stale, 1U);
  EXPECT_EQ(People(), (Lines{"P0000000001 unverified"}));
}

TEST_P(RegisterListTest, PairsNotSignedByTheHubAreRefused) {
  Import({{.number = DigitsOf(1)}});
  Must(List());
  const auto path =
      WritePairs({{"P0000000001", 1, exchange::Outcome::kIssued, "00000001"}}, 1, *terminal_);
  EXPECT_FALSE(ImportPairs(path).ok());
  EXPECT_EQ(People(), (Lines{"P0000000001 listed"}));
}

TEST_P(RegisterListTest, PairsWithAChangedByteChangeNothing) {
  Import({{.number = DigitsOf(1)}});
  Must(List());
  const auto path =
      WritePairs({{"P0000000001", 1, exchange::Outcome::kIssued, "00000001"}}, 1, *hub_);
  std::string bytes = Must(ReadFile(path));
  bytes[bytes.size() - 5] = static_cast<char>(bytes[bytes.size() - 5] ^ 1);
  Must(WriteFile(path, bytes));
  EXPECT_FALSE(ImportPairs(path).ok());
  EXPECT_EQ(People(), (Lines{"P0000000001 listed"}));
}

TEST_P(RegisterListTest, ACorrectionLeadsFromRefusalToTie) {
  Import({{.number = "999999999999"}, Child()});
  Must(register_->SetNumber(*vault_, "P0000000001", NumberOf(1)));
  Must(register_->SetNumber(*vault_, "P0000000002", NumberOf(2)));
  EXPECT_EQ(People(), (Lines{"P0000000001 unverified", "P0000000002 unverified"}));
  Must(List());
  ApplyPairs(
      {{"P0000000001", 1, exchange::Outcome::kIssued, "00000001"},
       {"P0000000002", 2, exchange::Outcome::kIssued, "00000002"}},
      1
  );
  // The association's export still holds what it held.
  EXPECT_EQ(Import({{.number = "999999999999"}, Child()}).unchanged, 2U);
  EXPECT_EQ(People(), (Lines{"P0000000001 tied 00000001-01", "P0000000002 tied 00000002-01"}));
}

TEST_P(RegisterListTest, TheNumberAlreadyHeldLeavesTheTie) {
  Import({{.number = DigitsOf(1)}});
  Must(List());
  ApplyPairs({{"P0000000001", 1, exchange::Outcome::kIssued, "00000001"}}, 1);
  const std::size_t history = HistorySize();
  Must(register_->SetNumber(*vault_, "P0000000001", NumberOf(1)));
  EXPECT_EQ(People(), (Lines{"P0000000001 tied 00000001-01"}));
  EXPECT_EQ(HistorySize(), history);
}

TEST_P(RegisterListTest, AWrongTieThatIsUndoneLeavesItsInsuredNumberInTheHistory) {
  Import({{.number = DigitsOf(1)}});
  Must(List());
  ApplyPairs({{"P0000000001", 1, exchange::Outcome::kIssued, "00000001"}}, 1);
  Import({{.number = DigitsOf(2)}});
  EXPECT_EQ(People(), (Lines{"P0000000001 unverified"}));
  EXPECT_EQ(Must(register_->History("P0000000001")).back().insured_number_before, "00000001-01");
}

}  // namespace
}  // namespace musubi::insurer
