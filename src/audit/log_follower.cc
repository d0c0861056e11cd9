#include "audit/log_follower.h"

#include <utility>

#include "ops/log.h"

namespace musubi::audit {

namespace {
constexpr std::size_t kWaitingMax = 100'000;
}  // namespace

LogFollower::LogFollower(ledger::Log& log) : log_(log), thread_([this] { Run(); }) {}

LogFollower::~LogFollower() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
}

void LogFollower::Give(std::vector<Bytes> entries) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return has_failed_ || waiting_.size() < kWaitingMax; });
  given_ += entries.size();
  if (has_failed_) {
    done_ = given_;
    return;
  }
  waiting_.insert(
      waiting_.end(),
      std::make_move_iterator(entries.begin()),
      std::make_move_iterator(entries.end())
  );
  lock.unlock();
  changed_.notify_all();
}

void LogFollower::Await() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this, given = given_] { return done_ >= given; });
}

bool LogFollower::has_failed() {
  const std::scoped_lock lock(mutex_);
  return has_failed_;
}

void LogFollower::NoteCaughtUp() {
  const std::scoped_lock lock(mutex_);
  has_failed_ = false;
}

void LogFollower::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) {
      return;
    }
    const std::vector<Bytes> entries = std::exchange(waiting_, {});
    const auto next = std::chrono::steady_clock::now() + kEvery;
    lock.unlock();
    const std::vector<BytesView> views(entries.begin(), entries.end());
    const auto appended = log_.Append(views);
    lock.lock();
    if (!appended.ok()) {
      ops::LogError("audit.log.append_failed", {{"code", ErrorCodeName(appended.error().code)}});
      has_failed_ = true;
      waiting_.clear();
      done_ = given_;
    } else {
      done_ += entries.size();
    }
    changed_.notify_all();
    changed_.wait_until(lock, next, [this] { return is_stopping_; });
  }
}

}  // namespace musubi::audit
