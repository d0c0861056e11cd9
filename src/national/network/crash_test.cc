// The network killed in the middle of its work: what was answered stays true.
#include <csignal>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "national/network/folder_for_test.h"
#include "national/network/registrar.h"

namespace musubi::national::network {

namespace {

using namespace std::chrono_literals;

constexpr int kNumberCount = 2000;
const Bytes kMaster(32, 7);

std::unique_ptr<Registrar> Open(const FolderForTest& folder) {
  static std::unique_ptr<store::Database> database;
  database = store::Database::Open("sqlite:network.db", folder.path().string()).value();
  MUSUBI_CHECK(BlockTable::Migrate(*database).ok());
  return std::make_unique<Registrar>(kMaster, database->Connect().value(), SystemClock(), 60min);
}

std::string RowOf(const IssuedNumbers& issued, int i) {
  const std::string digits = std::to_string(i);
  return std::string(issued.lines.data() + std::ptrdiff_t{i} * 34, 32) + "," +
         std::string(11 - digits.size(), '0') + digits + "\r\n";
}

// Links number after number, telling of each through the pipe once it is answered.
[[noreturn]] void Work(const FolderForTest& folder, int from, int pipe_end) {
  const auto registrar = Open(folder);
  const IssuedNumbers issued = registrar->Issue({"hub", "a"}, kNumberCount).value();
  for (int i = from; i < kNumberCount; ++i) {
    const auto answer = registrar->Link({"jlis", std::to_string(i)}, RowOf(issued, i));
    if (!answer.ok() || answer->size() != 41 || ::write(pipe_end, "x", 1) != 1) {
      ::_exit(1);
    }
  }
  ::_exit(0);
}

// Returns how many answers the child gave before it was killed.
int WorkAndKill(const FolderForTest& folder, int from, std::chrono::milliseconds life) {
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
  // On a fast machine all numbers may be used up before the signal comes: that is no failure.
  EXPECT_TRUE(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << status;
  int answered = 0;
  for (char c = 0; ::read(ends[0], &c, 1) == 1;) {
    ++answered;
  }
  ::close(ends[0]);
  return answered;
}

TEST(NetworkCrash, WhatWasAnsweredIsTrueAfterTheProcessWasKilled) {
  const FolderForTest folder;
  int answered = 0;
  for (int round = 0; round < 8; ++round) {
    // The answer to the request after the last may have been lost: it is asked again.
    answered += WorkAndKill(folder, answered, 60ms + round * 17ms);
  }
  EXPECT_GT(answered, 0);
  const auto registrar = Open(folder);
  const IssuedNumbers issued = registrar->Issue({"hub", "a"}, kNumberCount).value();
  const std::size_t codes = registrar->Codes({"hub"}, issued.block)->size() / 67;
  EXPECT_GE(codes, static_cast<std::size_t>(answered));
  EXPECT_LE(codes, static_cast<std::size_t>(answered) + 1);
  for (int i = 0; i < answered; ++i) {
    const std::string row = RowOf(issued, i);
    const auto again = registrar->Link({"jlis", std::to_string(i)}, row);
    ASSERT_EQ(std::string(again->begin(), again->end()), row.substr(0, 32) + ",linked\r\n");
  }
}

}  // namespace

}  // namespace musubi::national::network
