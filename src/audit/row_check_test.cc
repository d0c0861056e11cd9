// Rows against entries, many at a time.
#include "audit/row_check.h"

#include "audit/access_reading.h"
#include "tests/support/store_fixture.h"

namespace musubi::audit {
namespace {

using test::Must;

constexpr std::size_t kCount = 10;

class RowCheckTest : public test::StoreTest {
 protected:
  // Provisions, but an access in the third place.
  void SetUp() override {
    book_ = Must(RecordBook::Open(*database_, folder(), "musubi/test"));
    auto writing = Must(book_->Begin());
    for (std::size_t i = 0; i < kCount; ++i) {
      if (i == 2) {
        Must(writing.Add(AccessRecord{Instant(), "hub, clerk", "answer-read", "x\"y"}));
        continue;
      }
      ProvisionRecord record;
      record.facts.id[0] = static_cast<std::uint8_t>(i + 1);
      record.facts.subject.inquirer = "association-133033";
      record.facts.subject.provider = "institution-131016";
      record.facts.subject.procedure = "nhi-benefits";
      record.facts.subject.information = "tax";
      record.facts.requested_at = Instant(std::chrono::milliseconds(1'800'000'000'000));
      record.facts.outcome = exchange::InquiryOutcome::kNothingHeld;
      Must(writing.Add(record));
    }
    Must(writing.Commit());
    for (std::size_t i = 0; i < kCount; ++i) {
      entries_.push_back(Must(book_->log().ReadEntry(i)));
    }
    connection_ = Must(database_->Connect());
  }

  RowCheck Check(std::size_t first = 0, std::size_t end = kCount) {
    return Must(
        CheckRows(*connection_, first, std::span<const Bytes>(entries_).subspan(first, end - first))
    );
  }

  void Do(std::string_view sql) { Must(connection_->Execute(sql)); }

  std::unique_ptr<store::Database> database_ = OpenDatabase();
  std::unique_ptr<RecordBook> book_;
  std::vector<Bytes> entries_;
  std::unique_ptr<store::Connection> connection_;
};

MUSUBI_TEST_BOTH_ENGINES(RowCheckTest);

TEST_P(RowCheckTest, RowsThatFitTellTheirOutcomes) {
  const RowCheck all = Check();
  EXPECT_TRUE(all.findings.empty());
  for (std::size_t i = 0; i < kCount; ++i) {
    EXPECT_EQ(all.outcomes[i].has_value(), i != 2) << i;
  }
  EXPECT_TRUE(Check(4, 7).findings.empty());
  EXPECT_TRUE(Check(3, 3).findings.empty());
}

TEST_P(RowCheckTest, WhatIsChangedMissingOrErasedIsTold) {
  Do("UPDATE audit_record SET text = replace(text, 'tax', 'tay') WHERE idx = 4");
  Do("UPDATE audit_record SET text = NULL, code = NULL, salt = NULL WHERE idx = 5");
  Do("DELETE FROM audit_record WHERE idx = 0 OR idx = 8 OR idx = 9");
  const RowCheck all = Check();
  std::vector<std::uint64_t> indices;
  for (const RowFinding& finding : all.findings) {
    indices.push_back(finding.index);
  }
  ASSERT_EQ(indices, (std::vector<std::uint64_t>{0, 4, 8, 9}));
  EXPECT_EQ(all.findings[1].inquiry.substr(0, 2), "05");
  EXPECT_EQ(all.findings[3].inquiry.substr(0, 2), "0a") << "by the log's entry";
  EXPECT_EQ(all.erased, 1U);
  EXPECT_FALSE(all.outcomes[4].has_value());
}

TEST_P(RowCheckTest, TheLogSaysWhichInquiryARowIs) {
  Do("UPDATE audit_record SET inquiry = salt WHERE idx = 6");
  const RowCheck all = Check();
  ASSERT_EQ(all.findings.size(), 1U);
  EXPECT_EQ(all.findings[0].inquiry.substr(0, 2), "07");
}

TEST_P(RowCheckTest, ARowThatOnlyLooksErasedIsNamed) {
  const Instant recorded(std::chrono::milliseconds(1'800'000'000'000));
  const Instant next_year = recorded + std::chrono::days(365);
  const Instant after = recorded + std::chrono::days(365 * 8);
  EXPECT_TRUE(Must(FindEarlyErasures(*connection_, next_year)).empty());
  Do("UPDATE audit_record SET text = NULL, code = NULL, salt = NULL WHERE idx = 4");
  ASSERT_EQ(Must(FindEarlyErasures(*connection_, next_year)).size(), 1U);
  EXPECT_EQ(Must(FindEarlyErasures(*connection_, next_year))[0].index, 4U);
  EXPECT_EQ(Must(FindEarlyErasures(*connection_, next_year))[0].inquiry.substr(0, 2), "05");
  Do("UPDATE audit_record SET ended_at = 1 WHERE idx = 4");
  EXPECT_EQ(Must(FindEarlyErasures(*connection_, next_year)).size(), 1U) << "others are kept";
  EXPECT_TRUE(Must(FindEarlyErasures(*connection_, after)).empty());
}

TEST_P(RowCheckTest, UsesAreReadAsTheyWereRecorded) {
  std::size_t count = 0;
  Must(EachAccess(*connection_, [&count](const ReadAccess& use) {
    ++count;
    EXPECT_EQ(use.index, 2U);
    EXPECT_EQ(use.who, "hub, clerk");
    EXPECT_EQ(use.action, "answer-read");
    EXPECT_EQ(use.subject, "x\"y");
    return Ok();
  }));
  EXPECT_EQ(count, 1U);
}

}  // namespace
}  // namespace musubi::audit
