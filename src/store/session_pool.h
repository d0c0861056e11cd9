// Idle sessions of one Database, kept open for the next Connect.
//
// Opening is what costs: PostgreSQL forks a process, SQLite checkpoints its log when the last
// session of a file closes. Safe from every thread. A Connection shares the pool with its Database
// (second owner), because it may be given back after the Database has gone; then it is closed.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace musubi::store {

template <typename Session>
class SessionPool {
 public:
  explicit SessionPool(std::size_t idle_max) : idle_max_(idle_max) {}

  // Null: nobody idle, open one.
  [[nodiscard]] std::unique_ptr<Session> Take() {
    const std::scoped_lock lock(mutex_);
    if (idle_.empty()) {
      return nullptr;
    }
    auto session = std::move(idle_.back());
    idle_.pop_back();
    return session;
  }

  void Give(std::unique_ptr<Session> session) {
    const std::scoped_lock lock(mutex_);
    if (!closed_ && idle_.size() < idle_max_) {
      idle_.push_back(std::move(session));
    }
  }

  void Close() {
    std::vector<std::unique_ptr<Session>> idle;
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    idle.swap(idle_);
  }

 private:
  const std::size_t idle_max_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Session>> idle_;
  bool closed_ = false;
};

}  // namespace musubi::store
