// The network killed in the middle of passing inquiries: none is lost, none is doubled, and log,
// store and provider say the same.
#include <csignal>
#include <map>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "national/network/folder_for_test.h"
#include "national/network/inquiry/exchange_for_test.h"

namespace musubi::national::network {

namespace {

using namespace std::chrono_literals;
using exchange::InquiryOutcome;
using exchange::InquiryQuestion;

constexpr std::uint32_t kBlock = 5;
constexpr std::uint32_t kQuestionCount = 4000;

std::unique_ptr<store::Database> OpenDatabase(const FolderForTest& folder) {
  return store::Database::Open("sqlite:exchange.db", folder.path().string()).value();
}

std::vector<InquiryQuestion> BlockFrom(std::uint32_t first) {
  std::vector<InquiryQuestion> block;
  for (std::uint32_t i = first; i < first + kBlock; ++i) {
    block.push_back(ExchangeForTest::Question(i));
    block.back().salt.fill(static_cast<std::uint8_t>(i));
  }
  return block;
}

// Asks block after block, telling of each through the pipe once it is answered.
[[noreturn]] void Work(const FolderForTest& folder, std::uint32_t from, int pipe_end) {
  const auto database = OpenDatabase(folder);
  ExchangeForTest part(*database, folder.path());
  part.providers_.knows_all_ = true;
  for (std::uint32_t i = from; i < kQuestionCount; i += kBlock) {
    const auto results = part.exchange_->Ask("hub", BlockFrom(i));
    if (!results.ok() || results->back().outcome != InquiryOutcome::kAnswered ||
        ::write(pipe_end, "x", 1) != 1) {
      ::_exit(1);
    }
  }
  ::_exit(0);
}

// Returns how many blocks the child answered before it was killed.
std::uint32_t WorkAndKill(
    const FolderForTest& folder, std::uint32_t from, std::chrono::milliseconds life
) {
  int ends[2];
  MUSUBI_CHECK(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    Work(folder, from, ends[1]);
  }
  ::close(ends[1]);
  ::usleep(static_cast<useconds_t>(std::chrono::microseconds(life).count()));
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << status;
  std::uint32_t answered = 0;
  for (char c = 0; ::read(ends[0], &c, 1) == 1;) {
    ++answered;
  }
  ::close(ends[0]);
  return answered;
}

TEST(ExchangeCrash, NoInquiryIsLostOrDoubledWhenTheProcessIsKilled) {
  const FolderForTest folder;
  std::uint32_t answered = 0;
  for (int round = 0; round < 8; ++round) {
    // The block after the last answered one may have been kept, or answered: it is asked again.
    answered += kBlock * WorkAndKill(folder, answered, 150ms + round * 31ms);
  }
  EXPECT_GT(answered, 0U);
  const auto database = OpenDatabase(folder);
  ExchangeForTest part(*database, folder.path());
  part.providers_.knows_all_ = true;
  const std::uint64_t size = part.book_->log().size();
  EXPECT_GE(size, answered);
  EXPECT_LE(size, answered + kBlock);
  const auto connection = database->Connect().value();
  const auto records = audit::RecordBook::RecordsOf(
                           *connection, ExchangeForTest::RecordsCode("hub", BlockFrom(0)[0].code)
  )
                           .value();
  ASSERT_EQ(records.size(), size);
  std::map<exchange::InquiryId, int> ids;
  for (const auto& record : records) {
    EXPECT_EQ(++ids[record.facts.id], 1);
    const auto entry = part.book_->log().ReadEntry(record.index).value();
    EXPECT_FALSE(audit::CheckRow(*connection, record.index, entry)->has_value());
  }
  for (std::uint32_t i = 0; i < answered; ++i) {
    EXPECT_TRUE(ids.contains(ExchangeForTest::Question(i).id)) << i;
  }
  // Asked again under the same ids: the same inquiries.
  const auto again = part.exchange_->Ask("hub", BlockFrom(0)).value();
  EXPECT_EQ(again.front().requested_at, records.front().facts.requested_at);
  EXPECT_EQ(part.book_->log().size(), size);
}

}  // namespace

}  // namespace musubi::national::network
