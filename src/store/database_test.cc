#include "store/database.h"

#include <fstream>
#include <latch>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/store_fixture.h"

namespace musubi::store {
namespace {

using test::Must;

class DatabaseTest : public test::StoreTest {
 protected:
  void SetUp() override {
    database_ = OpenDatabase({.busy_timeout_ms = 300});
    connection_ = Must(database_->Connect());
    Must(connection_->ExecuteScript(
        "CREATE TABLE person (id BIGINT PRIMARY KEY, name TEXT, code {BLOB}) {STRICT};"
        "CREATE TABLE pair (code {BLOB} NOT NULL PRIMARY KEY, id BIGINT NOT NULL) {STRICT}, "
        "{WITHOUT_ROWID};"
    ));
  }

  std::int64_t Count(std::string_view sql) { return *Must(connection_->QueryInt(sql)); }

  ErrorCode CodeOf(std::string_view sql, std::initializer_list<Parameter> parameters = {}) {
    const auto result = connection_->Execute(sql, parameters);
    EXPECT_FALSE(result.ok()) << sql;
    last_message_ = result.ok() ? "" : result.error().Text();
    return result.ok() ? ErrorCode::kUsage : result.error().code;
  }

  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
  std::string last_message_;
};

MUSUBI_TEST_BOTH_ENGINES(DatabaseTest);

constexpr std::string_view kInsert = "INSERT INTO person (id, name, code) VALUES ($1, $2, $3)";

TEST_P(DatabaseTest, ValuesComeBackAsTheyWentIn) {
  const Bytes code = {0, 1, 0xff, 0, '\''};
  const std::int64_t id = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(Must(connection_->Execute(kInsert, {id, "結 ' \" \\ $1", code})), 1);
  int rows = 0;
  Must(connection_->Query("SELECT id, name, code FROM person", {}, [&](const Row& row) {
    EXPECT_EQ(row.Int(0), id);
    EXPECT_EQ(row.Text(1), "結 ' \" \\ $1");
    EXPECT_EQ(Bytes(row.Blob(2).begin(), row.Blob(2).end()), code);
    ++rows;
    return Ok();
  }));
  EXPECT_EQ(rows, 1);
}

TEST_P(DatabaseTest, NullIsNotEmpty) {
  Must(connection_->Execute(kInsert, {std::int64_t{1}, std::monostate(), std::monostate()}));
  Must(connection_->Execute(kInsert, {std::int64_t{2}, std::string_view(), BytesView()}));
  std::vector<bool> nulls;
  Must(connection_->Query("SELECT name, code FROM person ORDER BY id", {}, [&](const Row& row) {
    nulls.push_back(row.IsNull(0));
    nulls.push_back(row.IsNull(1));
    EXPECT_TRUE(row.Text(0).empty());
    EXPECT_TRUE(row.Blob(1).empty());
    return Ok();
  }));
  EXPECT_EQ(nulls, (std::vector<bool>{true, true, false, false}));
}

TEST_P(DatabaseTest, ParametersGoByNumberNotByOrder) {
  Must(connection_->Execute(
      "INSERT INTO person (name, id) VALUES ($2, $1)", {std::int64_t{7}, "seven"}
  ));
  EXPECT_EQ(
      Must(connection_->QueryInt(
          "SELECT id FROM person WHERE name = $2 AND id = $1 AND name = $2",
          {std::int64_t{7}, "seven"}
      )),
      7
  );
}

TEST_P(DatabaseTest, MissingParameterIsAWrongStatement) {
  EXPECT_EQ(CodeOf(kInsert, {std::int64_t{1}}), ErrorCode::kInternal);
}

TEST_P(DatabaseTest, ExecuteCountsChangedRowsOnly) {
  for (std::int64_t id = 1; id <= 5; ++id) {
    Must(connection_->Execute(kInsert, {id, "x", BytesView()}));
  }
  EXPECT_EQ(Must(connection_->Execute("UPDATE person SET name = 'y' WHERE id > 2")), 3);
  EXPECT_EQ(Must(connection_->Execute("UPDATE person SET name = 'y' WHERE id > 9")), 0);
  EXPECT_EQ(Must(connection_->Execute("CREATE TABLE other (id BIGINT)")), 0);
  EXPECT_EQ(Must(connection_->Execute("SELECT id FROM person")), 0);
  EXPECT_EQ(Must(connection_->Execute("DELETE FROM person WHERE id <= 2")), 2);
}

TEST_P(DatabaseTest, CountSumAndTruthAreIntegers) {
  for (const std::int64_t id : {-30000, 50000, 123456789}) {
    Must(connection_->Execute(kInsert, {id, "x", BytesView()}));
  }
  EXPECT_EQ(Count("SELECT count(*) FROM person"), 3);
  EXPECT_EQ(Count("SELECT sum(id) FROM person"), 123476789);
  EXPECT_EQ(Count("SELECT sum(id) FROM person WHERE id < 0"), -30000);
  EXPECT_EQ(Count("SELECT 2 > 1"), 1);
  EXPECT_EQ(Count("SELECT -5"), -5);
  EXPECT_FALSE(Must(connection_->QueryInt("SELECT max(id) FROM person WHERE id = 0")).has_value());
  EXPECT_FALSE(Must(connection_->QueryInt("SELECT id FROM person WHERE id = 0")).has_value());
}

TEST_P(DatabaseTest, ReturningGivesRows) {
  std::int64_t returned = 0;
  Must(connection_->Query(
      "INSERT INTO person (id, name) VALUES ($1, $2) RETURNING id",
      {std::int64_t{11}, "x"},
      [&](const Row& row) {
        returned = row.Int(0);
        return Ok();
      }
  ));
  EXPECT_EQ(returned, 11);
  EXPECT_EQ(Count("SELECT count(*) FROM person"), 1);
}

TEST_P(DatabaseTest, SecondRowOfOneKeyIsAConflict) {
  Must(connection_->Execute(kInsert, {std::int64_t{1}, "x", BytesView()}));
  const auto second = connection_->Execute(kInsert, {std::int64_t{1}, "secret-value", BytesView()});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  EXPECT_EQ(second.error().place, "INSERT INTO person");
  EXPECT_EQ(second.error().Text().find("secret-value"), std::string::npos);
}

TEST_P(DatabaseTest, WrongStatementIsInternalAndNamed) {
  const auto result = connection_->Execute("SELECT nothing FROM nowhere");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kInternal);
  EXPECT_EQ(result.error().place, "SELECT nothing FROM nowhere");
  EXPECT_EQ(
      CodeOf("INSERT INTO pair (code, id) VALUES ($1, $2)", {BytesView(), std::monostate()}),
      ErrorCode::kInternal
  );
  EXPECT_EQ(CodeOf("SELECT 1; SELECT 2"), ErrorCode::kInternal);
}

TEST_P(DatabaseTest, ReadingAColumnAsAnotherTypeFails) {
  Must(connection_->Execute(kInsert, {std::int64_t{1}, "12", AsBytes("12")}));
  const auto read = [&](auto get) {
    return connection_->Query("SELECT id, name, code FROM person", {}, [&](const Row& row) {
      get(row);
      return Ok();
    });
  };
  EXPECT_FALSE(read([](const Row& row) { static_cast<void>(row.Int(1)); }).ok());
  EXPECT_FALSE(read([](const Row& row) { static_cast<void>(row.Text(0)); }).ok());
  EXPECT_FALSE(read([](const Row& row) { static_cast<void>(row.Text(2)); }).ok());
  EXPECT_FALSE(read([](const Row& row) { static_cast<void>(row.Blob(1)); }).ok());
  EXPECT_FALSE(read([](const Row& row) { static_cast<void>(row.Int(3)); }).ok());
  EXPECT_TRUE(read([](const Row& row) { static_cast<void>(row.Int(0)); }).ok());
}

TEST_P(DatabaseTest, ErrorOfOnRowEndsTheQueryAndComesBack) {
  for (std::int64_t id = 1; id <= 5; ++id) {
    Must(connection_->Execute(kInsert, {id, "x", BytesView()}));
  }
  int rows = 0;
  const auto result =
      connection_->Query("SELECT id FROM person", {}, [&](const Row&) -> Result<void> {
        return ++rows == 2 ? Result<void>(Error{.code = ErrorCode::kNotFound, .message = "enough"})
                           : Ok();
      });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "enough");
  EXPECT_EQ(rows, 2);
  EXPECT_EQ(Count("SELECT count(*) FROM person"), 5);
}

TEST_P(DatabaseTest, StatementInsideAQueryIsRefused) {
  Must(connection_->Execute(kInsert, {std::int64_t{1}, "x", BytesView()}));
  bool refused = false;
  Must(connection_->Query("SELECT id FROM person", {}, [&](const Row&) {
    refused = !connection_->Execute("DELETE FROM person").ok();
    return Ok();
  }));
  EXPECT_TRUE(refused);
  EXPECT_EQ(Count("SELECT count(*) FROM person"), 1);
}

TEST_P(DatabaseTest, TransactionWithoutCommitLeavesNothing) {
  {
    auto transaction = Must(Transaction::Begin(*connection_, Access::kWrite));
    Must(connection_->Execute(kInsert, {std::int64_t{1}, "x", BytesView()}));
    const Transaction moved = std::move(transaction);
  }
  EXPECT_EQ(Count("SELECT count(*) FROM person"), 0);
  auto transaction = Must(Transaction::Begin(*connection_, Access::kWrite));
  Must(connection_->Execute(kInsert, {std::int64_t{1}, "x", BytesView()}));
  Must(transaction.Commit());
  EXPECT_FALSE(transaction.Commit().ok());
  EXPECT_EQ(Count("SELECT count(*) FROM person"), 1);
}

TEST_P(DatabaseTest, ConnectionGivenBackInsideATransactionRollsBack) {
  auto other = Must(database_->Connect());
  Must(other->Execute(IsSqlite() ? "BEGIN IMMEDIATE" : "BEGIN"));
  Must(other->Execute(kInsert, {std::int64_t{1}, "x", BytesView()}));
  other.reset();
  EXPECT_EQ(Count("SELECT count(*) FROM person"), 0);
  Must(connection_->Execute(kInsert, {std::int64_t{1}, "x", BytesView()}));
}

TEST_P(DatabaseTest, ReaderSeesOneMomentOfTheStore) {
  Must(connection_->Execute(kInsert, {std::int64_t{1}, "x", BytesView()}));
  auto reader = Must(database_->Connect());
  auto transaction = Must(Transaction::Begin(*reader, Access::kRead));
  EXPECT_EQ(Must(reader->QueryInt("SELECT count(*) FROM person")), 1);
  Must(connection_->Execute(kInsert, {std::int64_t{2}, "x", BytesView()}));
  EXPECT_EQ(Must(reader->QueryInt("SELECT count(*) FROM person")), 1);
  Must(transaction.Commit());
  EXPECT_EQ(Must(reader->QueryInt("SELECT count(*) FROM person")), 2);
}

TEST_P(DatabaseTest, TwoWritersOfOneRowConflict) {
  Must(connection_->Execute(kInsert, {std::int64_t{1}, "x", BytesView()}));
  auto other = Must(database_->Connect());
  auto first = Must(Transaction::Begin(*connection_, Access::kWrite));
  Must(connection_->Execute("UPDATE person SET name = 'first' WHERE id = 1"));
  // SQLite keeps the second out at Begin; PostgreSQL at the row, until lock_timeout.
  auto second = Transaction::Begin(*other, Access::kWrite);
  ErrorCode code = second.ok() ? ErrorCode::kUsage : second.error().code;
  if (second.ok()) {
    const auto update = other->Execute("UPDATE person SET name = 'second' WHERE id = 1");
    ASSERT_FALSE(update.ok());
    code = update.error().code;
  }
  EXPECT_EQ(code, ErrorCode::kConflict);
  Must(first.Commit());
}

TEST_P(DatabaseTest, ChangeOfARowSeenBeforeIsNotOverwritten) {
  if (IsSqlite()) {
    return;  // the second writer cannot begin: see above
  }
  Must(connection_->Execute(kInsert, {std::int64_t{1}, "x", BytesView()}));
  auto other = Must(database_->Connect());
  auto second = Must(Transaction::Begin(*other, Access::kWrite));
  EXPECT_EQ(Must(other->QueryInt("SELECT count(*) FROM person WHERE name = 'x'")), 1);
  Must(connection_->Execute("UPDATE person SET name = 'first' WHERE id = 1"));
  const auto update = other->Execute("UPDATE person SET name = 'second' WHERE id = 1");
  ASSERT_FALSE(update.ok());
  EXPECT_EQ(update.error().code, ErrorCode::kConflict);
  EXPECT_FALSE(second.Commit().ok()) << "commit after a failed statement must not look done";
}

TEST_P(DatabaseTest, ScriptIsAllOrNothing) {
  const auto result = connection_->ExecuteScript(
      "CREATE TABLE one (id BIGINT); INSERT INTO one VALUES (1); SELECT * FROM nowhere;"
  );
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(CodeOf("SELECT * FROM one"), ErrorCode::kInternal);
}

TEST_P(DatabaseTest, MoreStatementsThanTheCacheHoldsStillRun) {
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 200; ++i) {
      EXPECT_EQ(Count("SELECT " + std::to_string(i)), i);
    }
  }
}

TEST_P(DatabaseTest, OneStatementTakesParametersOfSeveralTypes) {
  const std::string_view update = "UPDATE person SET name = $2 WHERE id = $1";
  Must(connection_->Execute(kInsert, {std::int64_t{1}, "x", BytesView()}));
  EXPECT_EQ(Must(connection_->Execute(update, {std::int64_t{1}, "y"})), 1);
  EXPECT_EQ(Must(connection_->Execute(update, {std::int64_t{1}, std::monostate()})), 1);
  EXPECT_EQ(Must(connection_->Execute(update, {std::int64_t{1}, "z"})), 1);
  EXPECT_EQ(Count("SELECT count(*) FROM person WHERE name = 'z'"), 1);
}

TEST_P(DatabaseTest, ManyThreadsShareADatabase) {
  const auto patient = OpenDatabase();
  std::vector<std::jthread> threads;
  for (std::int64_t part = 0; part < 4; ++part) {
    threads.emplace_back([&, part] {
      for (std::int64_t i = 0; i < 25; ++i) {
        auto connection = Must(patient->Connect());
        auto transaction = Must(Transaction::Begin(*connection, Access::kWrite));
        Must(connection->Execute(kInsert, {part * 100 + i, "x", BytesView()}));
        Must(transaction.Commit());
      }
    });
  }
  threads.clear();
  EXPECT_EQ(Count("SELECT count(*) FROM person"), 100);
}

TEST_P(DatabaseTest, RelativePathBelongsToTheBaseFolder) {
  if (!IsSqlite()) {
    return;
  }
  const auto database = Must(Database::Open("sqlite:below.db", folder().string()));
  Must(Must(database->Connect())->ExecuteScript("CREATE TABLE t (id BIGINT)"));
  struct stat status{};
  ASSERT_EQ(::stat((folder() / "below.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat((folder() / "below.db-wal").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_P(DatabaseTest, SettingsAreTheOnesPromised) {
  if (!IsSqlite()) {
    return;
  }
  EXPECT_EQ(Count("PRAGMA page_size"), 8192);
  EXPECT_EQ(Count("PRAGMA synchronous"), 2);
  EXPECT_EQ(Count("PRAGMA foreign_keys"), 1);
  EXPECT_EQ(Count("PRAGMA secure_delete"), 1);
  EXPECT_EQ(Count("PRAGMA temp_store"), 2);
  EXPECT_EQ(Count("PRAGMA wal_autocheckpoint"), 4000);
  Must(connection_->Query("PRAGMA journal_mode", {}, [](const Row& row) {
    EXPECT_EQ(row.Text(0), "wal");
    return Ok();
  }));
}

TEST_P(DatabaseTest, SomethingElseInTheFileIsCorrupt) {
  if (!IsSqlite()) {
    return;
  }
  std::ofstream(folder() / "text.db") << std::string(20000, 'x');
  const auto database = Database::Open("sqlite:text.db", folder().string());
  ASSERT_FALSE(database.ok());
  EXPECT_EQ(database.error().code, ErrorCode::kCorrupt);
  const auto absent = Database::Open("sqlite:no/such/folder.db", folder().string());
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().code, ErrorCode::kPrecondition);
}

TEST_P(DatabaseTest, ServerThatWentAwayIsUnavailableAndComesBack) {
  if (IsSqlite()) {
    return;
  }
  Must(connection_->Execute(kInsert, {std::int64_t{1}, "x", BytesView()}));
  auto second = Must(database_->Connect());
  auto transaction = Must(Transaction::Begin(*second, Access::kWrite));
  test::SharedServer().Crash();
  EXPECT_EQ(CodeOf("SELECT 1"), ErrorCode::kUnavailable) << last_message_;
  EXPECT_EQ(CodeOf("SELECT 1"), ErrorCode::kUnavailable) << last_message_;
  EXPECT_FALSE(transaction.Commit().ok());
  connection_ = Must(database_->Connect());
  EXPECT_EQ(Count("SELECT count(*) FROM person"), 1) << "what was answered survives the crash";
}

TEST(DatabaseUrl, UnknownKindIsUsage) {
  for (const char* url : {"mysql://x", "sqlite:", "", "x.db"}) {
    const auto database = Database::Open(url);
    ASSERT_FALSE(database.ok());
    EXPECT_EQ(database.error().code, ErrorCode::kUsage);
  }
}

TEST(DatabaseUrl, PasswordIsNotInTheMessage) {
  const auto away = Database::Open("postgresql://u:pass-word@/x?host=/nowhere/at/all");
  ASSERT_FALSE(away.ok());
  EXPECT_EQ(away.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(away.error().Text().find("pass-word"), std::string::npos);
  const auto wrong = Database::Open("postgresql://u:pass-word@[host/x");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, ErrorCode::kUsage);
  EXPECT_EQ(wrong.error().Text().find("pass-word"), std::string::npos);
}

}  // namespace
}  // namespace musubi::store
