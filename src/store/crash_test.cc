// A process that writes is killed at any instant; after it, every transaction is there whole or not
// at all, and none that was acknowledged is missing.
#include <chrono>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/store_fixture.h"

namespace musubi::store {
namespace {

using test::Must;

constexpr int kRoundCount = 25;
constexpr std::int64_t kRowsPerTransaction = 40;

// Transaction t writes rows t*40 .. t*40+39 and a line in `done`; then t goes down the pipe.
void WriteUntilKilled(const std::string& url, int acknowledge) {
  auto database = Must(Database::Open(url));
  auto connection = Must(database->Connect());
  std::int64_t next = Must(connection->QueryInt("SELECT max(id) FROM done")).value_or(-1) + 1;
  for (;; ++next) {
    auto transaction = Must(Transaction::Begin(*connection, Access::kWrite));
    for (std::int64_t i = 0; i < kRowsPerTransaction; ++i) {
      const std::string filling(static_cast<std::size_t>(200 + i * 20), 'x');
      Must(connection->Execute(
          "INSERT INTO item (id, filling) VALUES ($1, $2)",
          {next * kRowsPerTransaction + i, std::string_view(filling)}
      ));
    }
    Must(connection->Execute("INSERT INTO done (id) VALUES ($1)", {next}));
    Must(transaction.Commit());
    if (::write(acknowledge, &next, sizeof(next)) != sizeof(next)) {
      return;
    }
  }
}

std::int64_t LastAcknowledged(int pipe) {
  std::int64_t last = -1;
  for (std::int64_t read = 0; ::read(pipe, &read, sizeof(read)) == sizeof(read);) {
    last = read;
  }
  return last;
}

std::int64_t KillAWriter(const std::string& url, std::chrono::microseconds after) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    WriteUntilKilled(url, ends[1]);
    ::_exit(0);
  }
  ::close(ends[1]);
  std::this_thread::sleep_for(after);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  const std::int64_t last = LastAcknowledged(ends[0]);
  ::close(ends[0]);
  return last;
}

class CrashTest : public test::StoreTest {};

MUSUBI_TEST_BOTH_ENGINES(CrashTest);

TEST_P(CrashTest, KilledWriterLeavesWholeTransactionsOnly) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  Must(Must(OpenDatabase()->Connect())
           ->ExecuteScript("CREATE TABLE item (id BIGINT PRIMARY KEY, filling TEXT);"
                           "CREATE TABLE done (id BIGINT PRIMARY KEY)"));
  std::int64_t acknowledged = -1;
  for (int round = 0; round < kRoundCount; ++round) {
    const std::chrono::microseconds after(random() % 60000);
    acknowledged = std::max(acknowledged, KillAWriter(url(), after));
    const auto database = OpenDatabase();
    auto connection = Must(database->Connect());
    const auto count = [&](std::string_view sql) { return *Must(connection->QueryInt(sql)); };
    // One moment: a server may still commit what the dead client had sent.
    auto moment = Must(Transaction::Begin(*connection, Access::kRead));
    const std::int64_t done = count("SELECT count(*) FROM done");
    EXPECT_EQ(count("SELECT count(*) FROM item"), done * kRowsPerTransaction);
    EXPECT_GT(done, acknowledged);  // numbered from 0
    if (IsSqlite()) {
      Must(connection->Query("PRAGMA integrity_check", {}, [](const Row& row) {
        EXPECT_EQ(row.Text(0), "ok");
        return Ok();
      }));
    }
  }
  EXPECT_GT(acknowledged, 0) << "the writers were killed before they did anything";
}

}  // namespace
}  // namespace musubi::store
