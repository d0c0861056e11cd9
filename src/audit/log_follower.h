// Brings a log up to the rows of a book, on a thread of its own. Internal to audit.
//
// What always holds
//   1. Entries reach the log in the order in which they were given, all of one call in one group.
//   2. What is given while a group is being written goes into the next one; groups begin kEvery
//      apart at least. So the cost of a group (a write, an fdatasync, a signature) is shared, and
//      an entry waits for little more than kEvery.
//   3. After a failure nothing is appended any more: has_failed() until somebody has caught up by
//      other means and says so. Entries given meanwhile are dropped; the rows have them.
//   4. The destructor appends what was given before it.
//
// Safe from every thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "ledger/log.h"

namespace musubi::audit {

class LogFollower {
 public:
  static constexpr std::chrono::milliseconds kEvery{20};

  explicit LogFollower(ledger::Log& log);  // outlives the follower
  ~LogFollower();
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;

  // Waits only when far more is under way than a second's worth.
  void Give(std::vector<Bytes> entries);
  // Until everything given before is in the log, or it has failed.
  void Await();

  [[nodiscard]] bool has_failed();
  void NoteCaughtUp();

 private:
  void Run();

  ledger::Log& log_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::vector<Bytes> waiting_;
  std::uint64_t given_ = 0;
  std::uint64_t done_ = 0;  // appended or, after a failure, dropped
  bool has_failed_ = false;
  bool is_stopping_ = false;
  std::jthread thread_;
};

}  // namespace musubi::audit
