// On both engines: records in, packages out, results in.
#include "insurer/records_for_test.h"

namespace musubi::insurer {
namespace {

class RecordCopiesTest : public RecordsTest {};

MUSUBI_TEST_BOTH_ENGINES(RecordCopiesTest);

constexpr const char* kFuneral =
    "P0000000001,funeral-allowance,F1,2026-06-01,,2026-05-30,50000,2026-06-10,\r\n";
constexpr const char* kFuneralRow =
    "00000001 01 funeral-allowance F1 1 2026-06-01  put 2026-05-30 50000 2026-06-10";

TEST_P(RecordCopiesTest, TheFirstPackageHasEverybodyTiedAndNobodyElse) {
  EXPECT_EQ(Take(kFuneral).taken, 1U);
  EXPECT_EQ(
      Make(CopyScope::kInitial),
      (Lines{
          "00000001 01 eligibility 1 2 2001-04-01  put 建1 0000001 head 2001-04-01 "
          "!not-applicable !not-yet-known",
          kFuneralRow,
          "00000002 01 eligibility 1 2 2001-04-01  put 建1 0000001 head 2001-04-01 "
          "!not-applicable !not-yet-known",
      })
  );
  EXPECT_EQ(report_.puts, 3U);
  EXPECT_EQ(report_.people, 2U);
}

TEST_P(RecordCopiesTest, NothingChangedIsAnEmptyPackage) {
  Take(kFuneral);
  Make(CopyScope::kInitial);
  AnswerAllApplied();
  EXPECT_EQ(Make(), Lines{});
  EXPECT_EQ(Make(CopyScope::kInitial).size(), 3U);
}

TEST_P(RecordCopiesTest, WhatWasNotConfirmedGoesAgain) {
  Take(kFuneral);
  EXPECT_EQ(Make().size(), 3U);
  EXPECT_EQ(Make().size(), 3U);
  Answer(
      2,
      {exchange::CopyOutcome::kApplied,
       exchange::CopyOutcome::kBadItem,
       exchange::CopyOutcome::kStopped}
  );
  const Lines again = Make();
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[0], kFuneralRow);
}

TEST_P(RecordCopiesTest, AChangeThatWasTakenBackGoesAgainUntilConfirmed) {
  Take(kFuneral);
  Make();
  AnswerAllApplied();
  Take("P0000000001,funeral-allowance,F1,2026-06-01,,2026-05-30,60000,2026-06-10,\r\n");
  EXPECT_EQ(Make().size(), 1U);  // never confirmed; the hub may or may not have it
  Take(kFuneral);
  EXPECT_EQ(Make(), Lines{kFuneralRow});
  AnswerAllApplied();
  EXPECT_EQ(Make(), Lines{});
}

TEST_P(RecordCopiesTest, AResultThatComesLateChangesNothingNewer) {
  Take(kFuneral);
  Make();
  const std::uint64_t first = report_.sequence;
  Take("P0000000001,funeral-allowance,F1,2026-06-01,,2026-05-30,60000,2026-06-10,\r\n");
  Make();
  AnswerAllApplied();
  Answer(first, std::vector<exchange::CopyOutcome>(3, exchange::CopyOutcome::kApplied));
  EXPECT_EQ(Make(), Lines{});
}

TEST_P(RecordCopiesTest, WhatIsGoneIsDeleted) {
  Take(kFuneral);
  Make();
  AnswerAllApplied();
  const auto report =
      Take("P0000000002,funeral-allowance,F2,2026-06-01,,2026-05-30,50000,2026-06-10,\r\n", true);
  EXPECT_EQ(report.removed, 1U);
  EXPECT_EQ(
      Make(),
      (Lines{
          "00000001 01 funeral-allowance F1 1 2026-06-01  delete",
          "00000002 01 funeral-allowance F2 1 2026-06-01  put 2026-05-30 50000 2026-06-10"
      })
  );
  AnswerAllApplied();
  EXPECT_EQ(Make(), Lines{});
}

TEST_P(RecordCopiesTest, WhoLeftIsSentWithTheLastDay) {
  Make();
  AnswerAllApplied();
  Import({
      {.number = DigitsOf(1)},
      {.household = "0000002", .name = "佐藤　花子", .kana = "ｻﾄｳ ﾊﾅｺ", .number = DigitsOf(3)},
  });
  EXPECT_EQ(
      Make(),
      Lines{"00000002 01 eligibility 1 2 2001-04-01 2026-11-22 put 建1 0000001 head 2001-04-01 "
            "!not-yet-known !not-yet-known"}
  );
  AnswerAllApplied();
  clock_.Advance(std::chrono::hours(48));
  EXPECT_EQ(Make(), Lines{});
}

TEST_P(RecordCopiesTest, ACorrectedNumberTakesItsCopiesBack) {
  Make();
  AnswerAllApplied();
  Must(register_->SetNumber(*vault_, "P0000000001", NumberOf(7)));
  EXPECT_EQ(Make(), Lines{"00000001 01 eligibility 1 1 2001-04-01  delete"});
}

TEST_P(RecordCopiesTest, RecordsOfLaterDaysWait) {
  Take(kFuneral);
  const Date day = Must(Date::Parse("2026-05-31"));
  Make(CopyScope::kDifferences, day);
  EXPECT_EQ(report_.by_kind.count("funeral-allowance"), 0U);
  Make();
  EXPECT_EQ(report_.by_kind.at("funeral-allowance"), 1U);
}

TEST_P(RecordCopiesTest, EachBadRowIsToldWithLineAndField) {
  const auto report = Take(
      "P0000000001,funeral-allowance,F1,2026-06-31,,2026-05-30,50000,2026-06-10,\r\n"
      "P9999999999,funeral-allowance,F1,2026-06-01,,2026-05-30,50000,2026-06-10,\r\n"
      "P0000000001,tea-money,F1,2026-06-01,,2026-05-30,50000,2026-06-10,\r\n"
      "P0000000001,eligibility,F1,2026-06-01,,2026-05-30,50000,2026-06-10,\r\n"
      "P0000000001,funeral-allowance,F 1,2026-06-01,,2026-05-30,50000,2026-06-10,\r\n"
      "P0000000001,funeral-allowance,F1,2026-06-01,2026-05-01,2026-05-30,50000,2026-06-10,\r\n"
      "P0000000001,funeral-allowance,F1,2026-06-01,,2026-05-30,much,2026-06-10,\r\n"
      "P0000000001,funeral-allowance,F1,2026-06-01,,,50000,2026-06-10,\r\n" +
      std::string(kFuneral) + kFuneral
  );
  std::string found;
  for (const RowProblem& problem : report.problems) {
    found += std::to_string(problem.line) + " " + problem.field + "; ";
  }
  EXPECT_EQ(
      found,
      "2 valid_from; 3 reference; 4 kind; 5 kind; 6 key; 7 valid_to; 8 paid_amount; 9 died_on; "
      "11 key; "
  );
  EXPECT_EQ(report.taken, 1U);
}

TEST_P(RecordCopiesTest, AColumnNobodyKnowsRefusesTheFile) {
  const std::string text = "reference,kind,key,valid_from,amonut\r\n";
  MemorySource source(AsBytes(text));
  const auto refused = records_->Import(source, "records.csv", false);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().place, "records.csv:1: amonut");
}

TEST_P(RecordCopiesTest, AResultOfNoPackageOrWithOtherRowsIsRefused) {
  Make();
  const auto refused = [this](std::uint64_t sequence, std::size_t rows) {
    return records_
        ->ImportResult(
            {WriteResult(
                 sequence, std::vector<exchange::CopyOutcome>(rows, exchange::CopyOutcome::kApplied)
             ),
             *insurer_,
             *trust_,
             exchange::Mode::kTest}
        )
        .error()
        .code;
  };
  EXPECT_EQ(refused(report_.sequence + 1, 2), ErrorCode::kNotFound);
  EXPECT_EQ(refused(report_.sequence, 1), ErrorCode::kInvalid);
  AnswerAllApplied();
  EXPECT_TRUE(Must(records_->ImportResult(
                       {folder() / ("result" + std::to_string(report_.sequence) + ".p7m"),
                        *insurer_,
                        *trust_,
                        exchange::Mode::kTest}
                   ))
                  .already_imported);
  EXPECT_EQ(refused(report_.sequence, 2), ErrorCode::kRefused);  // other bytes
}

}  // namespace
}  // namespace musubi::insurer
