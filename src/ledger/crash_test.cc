// A child process appends and says what it was promised; it is killed at any instant, over and
// over.
#include <array>
#include <csignal>
#include <random>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/audit.h"
#include "ledger/log.h"
#include "ledger/tree_for_test.h"

namespace musubi::ledger {
namespace {

constexpr int kRounds = 25;
constexpr std::uint64_t kGroup = 700;

// Never returns. Writes the log's size to `pipe` after every group.
[[noreturn]] void AppendForever(
    const std::filesystem::path& path, const SigningKey& key, int pipe
) {
  auto log = Log::Open(path, LogOptions{key, Sync::kNo});
  if (!log.ok()) {
    ::_exit(1);
  }
  for (;;) {
    const std::uint64_t count = 1 + ((*log)->size() * 7919 % kGroup);
    const auto position = AppendForTest(**log, (*log)->size(), count);
    if (!position.ok() || ::write(pipe, &position->size, sizeof position->size) < 0) {
      ::_exit(2);
    }
  }
}

// Lets a child append for a moment and kills it; returns the last size it was told.
std::uint64_t RunAndKill(
    const std::filesystem::path& path, const SigningKey& key, useconds_t after_us
) {
  std::array<int, 2> pipe{};
  MUSUBI_CHECK(::pipe(pipe.data()) == 0);
  const pid_t child = ::fork();
  MUSUBI_CHECK(child >= 0);
  if (child == 0) {
    ::close(pipe[0]);
    AppendForever(path, key, pipe[1]);
  }
  ::close(pipe[1]);
  std::uint64_t size = 0;
  std::uint64_t told = 0;
  MUSUBI_CHECK(::read(pipe[0], &told, sizeof told) == sizeof told);  // it is on its way
  size = told;
  ::usleep(after_us);
  ::kill(child, SIGKILL);
  while (::read(pipe[0], &told, sizeof told) == sizeof told) {
    size = told;
  }
  ::close(pipe[0]);
  ::waitpid(child, nullptr, 0);
  return size;
}

TEST(Crash, NothingThatWasPublishedIsLost) {
  const FolderForTest folder;
  const SigningKey key = KeyForTest();
  std::mt19937 dice(20261122);
  Checkpoint before{key.verifier().name(), 0, EmptyRoot()};
  for (int round = 0; round < kRounds; ++round) {
    const auto after_us = static_cast<useconds_t>(dice() % 60000);
    const std::uint64_t promised = RunAndKill(folder.path(), key, after_us);
    auto log = Log::Open(folder.path(), LogOptions{key, Sync::kNo});
    ASSERT_TRUE(log.ok()) << log.error().Text();
    const Checkpoint now = OpenCheckpoint((*log)->Checkpoint(), key.verifier())->checkpoint;
    EXPECT_GE(now.size, promised);
    if (before.size > 0) {
      const Proof proof = (*log)->ConsistencyProof(before.size, now.size).value();
      EXPECT_TRUE(VerifyConsistency({before.size, now.size, before.root, now.root}, proof).ok());
    }
    before = now;
  }
  EXPECT_GT(before.size, 32768U) << "the crashes never met a sealed edge";
  AuditOptions options{key.verifier()};
  options.on_entry = [](std::uint64_t index, BytesView entry) {
    EXPECT_EQ(AsText(entry), EntryForTest(index));
    return Ok();
  };
  const auto report = Audit(OpenFolder(folder.path()).value(), options).value();
  EXPECT_TRUE(report.is_intact()) << report.finding->resource << " " << report.finding->reason;
}

}  // namespace
}  // namespace musubi::ledger
