#include <array>
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "store/database.h"
#include "tests/support/store_fixture.h"

namespace musubi::store {
namespace {

using test::Must;

constexpr std::array<Migration, 2> kMigrations = {{
    {1,
     "CREATE TABLE a (id BIGINT PRIMARY KEY, code {BLOB}) {STRICT}; INSERT INTO a (id) VALUES (1)"},
    {2,
     "CREATE TABLE b (code {BLOB} PRIMARY KEY) {STRICT} {WITHOUT_ROWID}; "
     "INSERT INTO a (id) VALUES (2);"},
}};

class MigrateTest : public test::StoreTest {
 protected:
  static std::int64_t Count(Database& database, std::string_view sql) {
    return *Must(Must(database.Connect())->QueryInt(sql));
  }
};

MUSUBI_TEST_BOTH_ENGINES(MigrateTest);

TEST_P(MigrateTest, StepsRunOnceAndInOrder) {
  const auto database = OpenDatabase();
  Must(database->Migrate("insurer", std::span(kMigrations).first(1)));
  EXPECT_EQ(Count(*database, "SELECT count(*) FROM a"), 1);
  Must(database->Migrate("insurer", kMigrations));
  Must(database->Migrate("insurer", kMigrations));
  EXPECT_EQ(Count(*database, "SELECT count(*) FROM a"), 2);
  EXPECT_EQ(Count(*database, "SELECT count(*) FROM musubi_schema"), 2);
}

TEST_P(MigrateTest, ComponentsAreNumberedApart) {
  constexpr std::array<Migration, 1> kOther = {{{1, "CREATE TABLE other (id BIGINT)"}}};
  const auto database = OpenDatabase();
  Must(database->Migrate("insurer", kMigrations));
  Must(database->Migrate("vault", kOther));
  EXPECT_EQ(Count(*database, "SELECT count(*) FROM other"), 0);
  EXPECT_EQ(Count(*database, "SELECT count(*) FROM musubi_schema WHERE component = 'vault'"), 1);
}

TEST_P(MigrateTest, FailingStepTakesAllStepsBack) {
  constexpr std::array<Migration, 2> kBroken = {
      {{1, "CREATE TABLE a (id BIGINT)"}, {2, "CREATE TABLE c (id BIGINT); SELECT * FROM nowhere"}}
  };
  const auto database = OpenDatabase();
  EXPECT_FALSE(database->Migrate("insurer", kBroken).ok());
  EXPECT_EQ(Count(*database, "SELECT count(*) FROM musubi_schema"), 0);
  Must(database->Migrate("insurer", kMigrations));
}

TEST_P(MigrateTest, StoreNewerThanTheProgramIsRefused) {
  const auto database = OpenDatabase();
  Must(database->Migrate("insurer", kMigrations));
  const auto older = database->Migrate("insurer", std::span(kMigrations).first(1));
  ASSERT_FALSE(older.ok());
  EXPECT_EQ(older.error().code, ErrorCode::kPrecondition);
}

TEST_P(MigrateTest, WrongNumberingIsRefused) {
  constexpr std::array<Migration, 1> kGap = {{{2, "CREATE TABLE a (id BIGINT)"}}};
  EXPECT_FALSE(OpenDatabase()->Migrate("insurer", kGap).ok());
}

TEST_P(MigrateTest, SeveralProcessesMayStartAtOnce) {
  constexpr int kThreadCount = 6;
  const auto shared = OpenDatabase();
  std::atomic<int> failures = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreadCount; ++i) {
    threads.emplace_back([&] {
      const auto database = OpenDatabase();  // nothing in common but the file or the server
      failures += database->Migrate("insurer", kMigrations).ok() ? 0 : 1;
    });
  }
  threads.clear();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(Count(*shared, "SELECT count(*) FROM a"), 2);
}

TEST_P(MigrateTest, UpToDateStoreDoesNotWaitForAWriter) {
  const auto database = OpenDatabase({.busy_timeout_ms = 200});
  Must(database->Migrate("insurer", kMigrations));
  auto writer = Must(database->Connect());
  auto transaction = Must(Transaction::Begin(*writer, Access::kWrite));
  Must(writer->Execute("DELETE FROM a"));
  Must(database->Migrate("insurer", kMigrations));
}

}  // namespace
}  // namespace musubi::store
