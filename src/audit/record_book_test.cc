// The log follows the rows: what is recorded is promised, and what is changed afterwards is named.
#include "audit/record_book.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/store_fixture.h"

namespace musubi::audit {
namespace {

using test::Must;

Code16 Code(std::uint8_t first) {
  Code16 code{};
  code[0] = first;
  return code;
}

ProvisionRecord Record(std::uint8_t number, Role role = Role::kNetwork) {
  ProvisionRecord record;
  record.role = role;
  record.facts.id = Code(number);
  record.facts.subject.inquirer = "association-133033";
  record.facts.subject.provider = "institution-131016";
  record.facts.subject.procedure = "nhi-benefits";
  record.facts.subject.information = "local-tax";
  record.facts.basis = "provision-order-2024:69:71条1号";
  record.facts.requested_at = Instant(std::chrono::milliseconds(1'800'000'000'000));
  record.facts.provided_at = Instant(std::chrono::milliseconds(1'800'000'000'100));
  record.facts.outcome = exchange::InquiryOutcome::kAnswered;
  record.facts.items = "local-tax:1";
  record.code = Code(100);
  record.salt = Code(static_cast<std::uint8_t>(number + 1));
  return record;
}

class RecordBookTest : public test::StoreTest {
 protected:
  [[nodiscard]] std::unique_ptr<RecordBook> OpenBook() {
    return Must(RecordBook::Open(*database_, folder(), "musubi/test"));
  }

  void Add(RecordBook& book, std::uint8_t number) {
    auto writing = Must(book.Begin());
    Must(writing.Add(Record(number)));
    Must(writing.Commit());
  }

  std::unique_ptr<store::Database> database_ = OpenDatabase();
};

MUSUBI_TEST_BOTH_ENGINES(RecordBookTest);

TEST_P(RecordBookTest, WhatIsCommittedIsInTheLogAtItsIndex) {
  auto book = OpenBook();
  auto writing = Must(book->Begin());
  Must(writing.Add(Record(1)));
  Must(writing.Add(AccessRecord{Instant(), "terminal-133033", "answer-read", "x"}));
  Must(writing.Add(LabelsEntry{0, 2, {}}));
  Must(writing.Commit());
  EXPECT_EQ(book->log().size(), 3U);
  auto connection = Must(database_->Connect());
  for (std::uint64_t i = 0; i < 3; ++i) {
    const Bytes entry = Must(book->log().ReadEntry(i));
    EXPECT_FALSE(Must(CheckRow(*connection, i, entry)).has_value()) << i;
  }
}

TEST_P(RecordBookTest, WithoutCommitNothingHappened) {
  auto book = OpenBook();
  {
    auto writing = Must(book->Begin());
    Must(writing.Add(Record(1)));
  }
  Add(*book, 2);
  EXPECT_EQ(book->log().size(), 1U);
}

TEST_P(RecordBookTest, OneInquiryHasOneRecordPerRole) {
  auto book = OpenBook();
  Add(*book, 1);
  {
    auto writing = Must(book->Begin());
    EXPECT_FALSE(writing.Add(Record(1)).ok());
  }
  auto writing = Must(book->Begin());
  Must(writing.Add(Record(1, Role::kProvider)));
  Must(writing.Commit());
}

TEST_P(RecordBookTest, AChangedByteOfARowIsNamed) {
  auto book = OpenBook();
  Add(*book, 1);
  Add(*book, 2);
  auto connection = Must(database_->Connect());
  const Bytes entry = Must(book->log().ReadEntry(1));
  for (const char* change :
       {"UPDATE audit_record SET text = replace(text, 'local-tax', 'local-tay') WHERE idx = 1",
        "UPDATE audit_record SET code = salt WHERE idx = 1",
        "UPDATE audit_record SET role = 1 WHERE idx = 1",
        "DELETE FROM audit_record WHERE idx = 1"}) {
    EXPECT_TRUE(connection->Execute(change, {}).ok());
    const auto finding = Must(CheckRow(*connection, 1, entry));
    ASSERT_TRUE(finding.has_value()) << change;
    EXPECT_EQ(finding->index, 1U);
  }
}

TEST_P(RecordBookTest, ALogLeftBehindByACrashCatchesUp) {
  static_cast<void>(OpenBook());  // makes the schema and the key
  {
    // What a crash between commit and append leaves: rows the log does not have.
    auto other = Must(RecordBook::Open(*database_, folder() / "elsewhere", "musubi/test"));
    Add(*other, 1);
    Add(*other, 2);
  }
  auto book = OpenBook();
  EXPECT_EQ(book->log().size(), 2U);
  auto connection = Must(database_->Connect());
  const Bytes entry = Must(book->log().ReadEntry(1));
  EXPECT_FALSE(Must(CheckRow(*connection, 1, entry)).has_value());
}

TEST_P(RecordBookTest, ManyCommitsShareAGroupOfTheLogInTheirOrder) {
  constexpr std::uint8_t kCount = 50;
  auto book = OpenBook();
  for (std::uint8_t i = 0; i < kCount; ++i) {
    Add(*book, i);
  }
  EXPECT_EQ(book->log().size(), kCount);
  auto connection = Must(database_->Connect());
  for (std::uint8_t i = 0; i < kCount; ++i) {
    EXPECT_FALSE(Must(CheckRow(*connection, i, Must(book->log().ReadEntry(i)))).has_value());
  }
}

TEST_P(RecordBookTest, WhatWasCommittedLastIsInTheLogAfterTheEnd) {
  {
    auto book = OpenBook();
    Add(*book, 1);
    Add(*book, 2);  // waits for the next group
  }
  const auto folder_of_log = ledger::OpenFolder(folder() / "log");
  ASSERT_TRUE(folder_of_log.ok());
  const auto entries = (*folder_of_log)("tile/entries/000.p/2");
  EXPECT_TRUE(entries.ok());
}

TEST_P(RecordBookTest, ALogThatCannotFollowStopsTheBookUntilItIsMended) {
  const auto checkpoint = folder() / "log" / "checkpoint";
  {
    auto book = OpenBook();
    Add(*book, 1);
    EXPECT_EQ(book->log().size(), 1U);
    std::filesystem::remove(checkpoint);
    std::filesystem::create_directory(checkpoint);  // nothing can be published any more
    Add(*book, 2);
    EXPECT_EQ(book->log().size(), 1U);
    EXPECT_FALSE(book->Begin().ok());
    EXPECT_FALSE(book->Begin().ok());
  }
  std::filesystem::remove(checkpoint);
}

TEST_P(RecordBookTest, AStoreOlderThanItsLogIsRefused) {
  {
    auto book = OpenBook();
    Add(*book, 1);
    Add(*book, 2);
  }
  EXPECT_TRUE(Must(database_->Connect())->Execute("DELETE FROM audit_record WHERE idx = 1", {}).ok()
  );
  const auto book = RecordBook::Open(*database_, folder(), "musubi/test");
  ASSERT_FALSE(book.ok());
  EXPECT_EQ(book.error().code, ErrorCode::kCorrupt);
}

TEST_P(RecordBookTest, ErasedRecordsLeaveALogThatStillVerifies) {
  auto book = OpenBook();
  Add(*book, 1);
  const auto root = book->log().root();
  EXPECT_EQ(Must(book->EraseUntil(Instant(std::chrono::milliseconds(1'900'000'000'000)))), 1U);
  EXPECT_EQ(book->log().root(), root);
  auto connection = Must(database_->Connect());
  EXPECT_TRUE(Must(RecordBook::RecordsOf(*connection, Code(100))).empty());
  EXPECT_FALSE(Must(CheckRow(*connection, 0, Must(book->log().ReadEntry(0)))).has_value());
}

TEST_P(RecordBookTest, APersonsRecordsComeInOrder) {
  auto book = OpenBook();
  Add(*book, 1);
  Add(*book, 2);
  auto connection = Must(database_->Connect());
  const auto records = Must(RecordBook::RecordsOf(*connection, Code(100)));
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].facts, Record(1).facts);
  EXPECT_EQ(Must(RecordBook::RecordsOf(*connection, Code(100), 1)).size(), 1U);
  EXPECT_TRUE(Must(RecordBook::RecordsOf(*connection, Code(99))).empty());
}

TEST(ProvisionRecord, AnEntryIsReadAsItWasWritten) {
  ProvisionEntry provision{Role::kProvider, Code(1), {}, {}, Code(3)};
  provision.facts[31] = 7;
  LabelsEntry labels{1, 70000, {}};
  labels.root[5] = 9;
  for (const LogEntry& entry : {LogEntry(provision), LogEntry(AccessEntry{}), LogEntry(labels)}) {
    const Bytes bytes = EncodeEntry(entry);
    EXPECT_EQ(Must(DecodeEntry(bytes)), entry);
    EXPECT_FALSE(DecodeEntry(BytesView(bytes).first(bytes.size() - 1)).ok());
  }
}

RC_GTEST_PROP(ProvisionRecord, AnyBytesAreRefusedOrWrittenBackTheSame, (const Bytes& bytes)) {
  const auto entry = DecodeEntry(bytes);
  if (entry.ok()) {
    RC_ASSERT(EncodeEntry(*entry) == bytes);
  }
}

}  // namespace
}  // namespace musubi::audit
