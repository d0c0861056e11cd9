// On both engines: what one list of codes does to the register of people.
#include "hub/registry.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "hub/link_stop.h"
#include "hub/schema.h"
#include "tests/support/store_fixture.h"

namespace musubi::hub {
namespace {

using exchange::Outcome;

constexpr std::uint32_t kFirst = 133033;
constexpr std::uint32_t kSecond = 133264;

Code16 CodeOf(unsigned value) {
  Code16 code{};
  code[0] = static_cast<std::uint8_t>(value * 37);
  code[14] = static_cast<std::uint8_t>(value >> 8);
  code[15] = static_cast<std::uint8_t>(value);
  return code;
}

class RegistryTest : public test::StoreTest {
 protected:
  void SetUp() override {
    database_ = OpenDatabase();
    test::Must(database_->Migrate("hub", HubMigrations()));
    connection_ = test::Must(database_->Connect());
  }

  struct Applied {
    RowResults results;
    std::size_t exception_count = 0;
  };

  // One list: `codes` of its rows in order; row i is linked.
  Applied Apply(
      std::uint32_t insurer,
      BatchId batch,
      const std::vector<unsigned>& codes,
      const std::vector<std::uint32_t>& shared_rows = {}
  ) {
    Applied applied;
    applied.results.outcomes.assign(codes.size(), Outcome::kBusy);
    applied.results.insured_numbers.assign(codes.size(), 0);
    std::vector<CodeRow> rows;
    for (std::uint32_t i = 0; i < codes.size(); ++i) {
      rows.push_back({CodeOf(codes[i]), i, 20200401});
    }
    auto transaction = store::Transaction::Begin(*connection_, store::Access::kWrite);
    EXPECT_TRUE(transaction.ok());
    Registry registry(*connection_, insurer, batch, 0);
    const auto planned = registry.Plan(
        std::move(rows),
        [&shared_rows](std::uint32_t row) {
          return std::find(shared_rows.begin(), shared_rows.end(), row) != shared_rows.end();
        },
        applied.results
    );
    EXPECT_TRUE(planned.ok()) << planned.error().Text();
    const auto written = registry.Write(applied.results);
    EXPECT_TRUE(written.ok()) << written.error().Text();
    applied.exception_count = registry.exceptions().size();
    for (const auto& row : registry.exceptions()) {
      const auto noted = registry.WriteException(row, "R" + std::to_string(row.row));
      EXPECT_TRUE(noted.ok()) << noted.error().Text();
    }
    EXPECT_TRUE(transaction->Commit().ok());
    return applied;
  }

  std::int64_t Number(std::string_view sql) {
    const auto value = connection_->QueryInt(sql);
    return value.ok() ? value->value_or(-1) : -2;
  }

  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
};

MUSUBI_TEST_BOTH_ENGINES(RegistryTest);

TEST_P(RegistryTest, NewPeopleGetNumbersInTheOrderOfTheList) {
  const Applied applied = Apply(kFirst, 1, {5, 3, 9, 1});
  EXPECT_EQ(applied.results.insured_numbers, (std::vector<std::uint32_t>{1, 2, 3, 4}));
  for (const Outcome outcome : applied.results.outcomes) {
    EXPECT_EQ(outcome, Outcome::kIssued);
  }
  EXPECT_EQ(Number("SELECT COUNT(*) FROM enrolment"), 4);
}

TEST_P(RegistryTest, TheSameListAgainFindsEverybodyUnderTheSameNumber) {
  const Applied first = Apply(kFirst, 1, {5, 3, 9});
  const Applied second = Apply(kFirst, 2, {9, 5, 3, 4});
  EXPECT_EQ(second.results.insured_numbers, (std::vector<std::uint32_t>{3, 1, 2, 4}));
  EXPECT_EQ(second.results.outcomes[0], Outcome::kKnown);
  EXPECT_EQ(second.results.outcomes[3], Outcome::kIssued);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM enrolment"), 4);
}

TEST_P(RegistryTest, WhoMovesIsKnownAndGetsANumberOfTheNewAssociation) {
  Apply(kFirst, 1, {5, 3});
  const Applied moved = Apply(kSecond, 2, {7, 3});
  EXPECT_EQ(moved.results.outcomes[0], Outcome::kIssued);
  EXPECT_EQ(moved.results.outcomes[1], Outcome::kKnown);
  EXPECT_EQ(moved.results.insured_numbers, (std::vector<std::uint32_t>{1, 2}));
  const auto counts = CountRegistry(*connection_);
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(counts->people, 3);
  EXPECT_EQ(counts->enrolments, 4);
  EXPECT_EQ(Number("SELECT COUNT(DISTINCT code) FROM enrolment"), 3);
}

TEST_P(RegistryTest, ACodeTwiceInOneListIsNobodys) {
  const Applied applied = Apply(kFirst, 1, {5, 3, 5, 8, 8}, {3, 4});
  EXPECT_EQ(applied.results.outcomes[0], Outcome::kDuplicateInList);
  EXPECT_EQ(applied.results.outcomes[2], Outcome::kDuplicateInList);
  EXPECT_EQ(applied.results.outcomes[1], Outcome::kIssued);
  EXPECT_EQ(applied.results.insured_numbers[0], 0U);
  EXPECT_EQ(applied.exception_count, 4U);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM enrolment"), 1);
  EXPECT_EQ(
      Number("SELECT COUNT(*) FROM acquisition_exception WHERE kind = 'two-numbers-one-code'"), 2
  );
  EXPECT_EQ(
      Number("SELECT COUNT(*) FROM acquisition_exception WHERE kind = 'same-number-twice'"), 2
  );
}

TEST_P(RegistryTest, NumbersGoOnWithoutGapsAfterABatchThatWasRolledBack) {
  Apply(kFirst, 1, {1, 2});
  {
    auto transaction = store::Transaction::Begin(*connection_, store::Access::kWrite);
    ASSERT_TRUE(transaction.ok());
    Registry registry(*connection_, kFirst, 2, 0);
    RowResults results;
    results.outcomes.assign(1, Outcome::kBusy);
    results.insured_numbers.assign(1, 0);
    ASSERT_TRUE(registry
                    .Plan(
                        {{CodeOf(77), 0, 20200401}}, [](std::uint32_t) { return false; }, results
                    )
                    .ok());
    ASSERT_TRUE(registry.Write(results).ok());
  }
  EXPECT_EQ(Number("SELECT COUNT(*) FROM enrolment"), 2);
  const Applied third = Apply(kFirst, 3, {6});
  EXPECT_EQ(third.results.insured_numbers[0], 3U);
}

TEST_P(RegistryTest, AStoppedLinkIsNotAnsweredUntilTheStopIsLifted) {
  Apply(kFirst, 1, {5, 3});
  const auto second = number::InsuredNumber::Issue(2, kIssuedBranch);
  const Instant now{};
  ASSERT_TRUE(StopLink(*connection_, kFirst, second, "birth-date-differs", now).ok());
  ASSERT_TRUE(StopLink(*connection_, kFirst, second, "birth-date-differs", now).ok());
  const Applied stopped = Apply(kFirst, 2, {5, 3});
  EXPECT_EQ(stopped.results.outcomes[0], Outcome::kKnown);
  EXPECT_EQ(stopped.results.outcomes[1], Outcome::kStopped);
  EXPECT_EQ(stopped.results.insured_numbers[1], 0U);
  // Another association's link of the same person is not concerned.
  EXPECT_EQ(Apply(kSecond, 3, {3}).results.outcomes[0], Outcome::kKnown);
  ASSERT_TRUE(ResumeLink(*connection_, kFirst, second).ok());
  const Applied again = Apply(kFirst, 4, {3});
  EXPECT_EQ(again.results.outcomes[0], Outcome::kKnown);
  EXPECT_EQ(again.results.insured_numbers[0], 2U);
  const auto nobody = number::InsuredNumber::Issue(99, kIssuedBranch);
  EXPECT_EQ(
      StopLink(*connection_, kFirst, nobody, "doubt", now).error().code, ErrorCode::kNotFound
  );
  EXPECT_EQ(
      StopLink(*connection_, kFirst, second, "Free text", now).error().code, ErrorCode::kInvalid
  );
}

TEST_P(RegistryTest, ManyCodesInAnyOrderAreAllFoundAgain) {
  std::vector<unsigned> codes(5000);
  for (unsigned i = 0; i < codes.size(); ++i) {
    codes[i] = (i * 7919U) % 5000U;
  }
  Apply(kFirst, 1, codes);
  std::reverse(codes.begin(), codes.end());
  const Applied again = Apply(kSecond, 2, codes);
  for (const Outcome outcome : again.results.outcomes) {
    ASSERT_EQ(outcome, Outcome::kKnown);
  }
}

}  // namespace
}  // namespace musubi::hub
