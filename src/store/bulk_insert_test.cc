#include <array>

#include <gtest/gtest.h>

#include "store/database.h"
#include "tests/support/store_fixture.h"

namespace musubi::store {
namespace {

using test::Must;

constexpr std::int64_t kRowCount = 50000;  // several batches on both engines

class BulkInsertTest : public test::StoreTest {
 protected:
  void SetUp() override {
    database_ = OpenDatabase();
    connection_ = Must(database_->Connect());
    Must(connection_->ExecuteScript(
        "CREATE TABLE pair (code {BLOB} PRIMARY KEY, id BIGINT, name TEXT) {STRICT}, "
        "{WITHOUT_ROWID}; CREATE TABLE line (id BIGINT PRIMARY KEY) {STRICT};"
    ));
  }

  [[nodiscard]] std::unique_ptr<BulkInsert> MakePairs() {
    const std::array<Column, 3> columns = {
        {{"code", ColumnType::kBlob}, {"id", ColumnType::kInt}, {"name", ColumnType::kText}}
    };
    return Must(connection_->MakeBulkInsert("pair", columns));
  }

  [[nodiscard]] std::unique_ptr<BulkInsert> MakeLines() {
    const std::array<Column, 1> columns = {{{"id", ColumnType::kInt}}};
    return Must(connection_->MakeBulkInsert("line", columns));
  }

  static Result<void> Put(BulkInsert& bulk, std::int64_t i) {
    // Temporaries: the row must not depend on them after the call.
    bulk.Blob(AsBytes("key-" + std::to_string(1000000000 + i)));
    bulk.Int(i);
    bulk.Text("name-" + std::to_string(i));
    return bulk.EndRow();
  }

  std::int64_t Count(std::string_view sql) { return *Must(connection_->QueryInt(sql)); }

  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
};

MUSUBI_TEST_BOTH_ENGINES(BulkInsertTest);

TEST_P(BulkInsertTest, EveryRowArrivesWhole) {
  auto transaction = Must(Transaction::Begin(*connection_, Access::kWrite));
  auto bulk = MakePairs();
  for (std::int64_t i = 0; i < kRowCount; ++i) {
    Must(Put(*bulk, i));
  }
  Must(bulk->Finish());
  Must(transaction.Commit());
  std::int64_t next = 0;
  Must(connection_->Query("SELECT code, id, name FROM pair ORDER BY code", {}, [&](const Row& row) {
    EXPECT_EQ(AsText(row.Blob(0)), "key-" + std::to_string(1000000000 + next));
    EXPECT_EQ(row.Int(1), next);
    EXPECT_EQ(row.Text(2), "name-" + std::to_string(next));
    ++next;
    return Ok();
  }));
  EXPECT_EQ(next, kRowCount);
}

TEST_P(BulkInsertTest, NullAndEmptyAreKeptApart) {
  auto bulk = MakePairs();
  bulk->Blob({});
  bulk->Int(-1);
  bulk->Text({});
  Must(bulk->EndRow());
  bulk->Blob(AsBytes("x"));
  bulk->Null();
  bulk->Null();
  Must(bulk->EndRow());
  Must(bulk->Finish());
  EXPECT_EQ(Count("SELECT count(*) FROM pair WHERE name IS NULL AND id IS NULL"), 1);
  EXPECT_EQ(Count("SELECT id FROM pair WHERE name = '' AND length(code) = 0"), -1);
}

TEST_P(BulkInsertTest, NothingToInsertIsFine) {
  Must(MakePairs()->Finish());
  EXPECT_EQ(Count("SELECT count(*) FROM pair"), 0);
}

TEST_P(BulkInsertTest, DuplicateKeyIsAConflictAndRollsBack) {
  {
    auto transaction = Must(Transaction::Begin(*connection_, Access::kWrite));
    auto bulk = MakePairs();
    Result<void> result = Ok();
    for (std::int64_t i = 0; i < kRowCount && result.ok(); ++i) {
      result = Put(*bulk, i == kRowCount - 5 ? 0 : i);
    }
    if (result.ok()) {
      result = bulk->Finish();
    }
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, ErrorCode::kConflict);
  }
  EXPECT_EQ(Count("SELECT count(*) FROM pair"), 0);
}

TEST_P(BulkInsertTest, UnfinishedRowsGoWithTheTransaction) {
  {
    auto transaction = Must(Transaction::Begin(*connection_, Access::kWrite));
    auto bulk = MakePairs();
    for (std::int64_t i = 0; i < kRowCount; ++i) {
      Must(Put(*bulk, i));
    }
  }
  EXPECT_EQ(Count("SELECT count(*) FROM pair"), 0);
}

TEST_P(BulkInsertTest, TwoTablesFillSideBySideWithOtherStatementsBetween) {
  auto transaction = Must(Transaction::Begin(*connection_, Access::kWrite));
  auto pairs = MakePairs();
  auto lines = MakeLines();
  for (std::int64_t i = 0; i < kRowCount; ++i) {
    Must(Put(*pairs, i));
    lines->Int(i);
    Must(lines->EndRow());
    if (i % 10000 == 0) {
      Must(connection_->Execute("UPDATE line SET id = id WHERE id = $1", {i}));
    }
  }
  Must(lines->Finish());
  Must(pairs->Finish());
  Must(transaction.Commit());
  EXPECT_EQ(Count("SELECT count(*) FROM pair"), kRowCount);
  EXPECT_EQ(Count("SELECT count(*) FROM line"), kRowCount);
}

TEST_P(BulkInsertTest, RowOfAnotherShapeIsRefused) {
  auto few = MakePairs();
  few->Blob(AsBytes("x"));
  EXPECT_FALSE(few->EndRow().ok());
  auto mistyped = MakePairs();
  mistyped->Int(1);
  mistyped->Int(1);
  mistyped->Text("x");
  EXPECT_FALSE(mistyped->EndRow().ok());
}

TEST_P(BulkInsertTest, UnknownTableIsRefused) {
  const std::array<Column, 1> columns = {{{"id", ColumnType::kInt}}};
  auto bulk = connection_->MakeBulkInsert("nowhere", columns);
  if (bulk.ok()) {  // PostgreSQL tells when the first batch goes
    (*bulk)->Int(1);
    Must((*bulk)->EndRow());
    EXPECT_FALSE((*bulk)->Finish().ok());
  }
  EXPECT_EQ(Count("SELECT count(*) FROM line"), 0);
}

}  // namespace
}  // namespace musubi::store
