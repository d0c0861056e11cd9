// What several threads that share one piece of work need: the threads, strides, the first error.
#pragma once

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"

namespace musubi::matching {

// The first error of several threads, and the sign for the others to stop.
class FirstError {
 public:
  void Set(Error error) {
    const std::scoped_lock lock(mutex_);
    if (!error_.has_value()) {
      error_ = std::move(error);
    }
    is_set_ = true;
  }

  [[nodiscard]] bool is_set() const { return is_set_; }

  [[nodiscard]] Result<void> Take() {
    const std::scoped_lock lock(mutex_);
    return error_.has_value() ? Result<void>(*error_) : Ok();
  }

 private:
  std::mutex mutex_;
  std::optional<Error> error_;
  std::atomic<bool> is_set_{false};
};

// `work` on the caller's thread and on threads - 1 others; returns when all have ended.
template <typename Work>
void RunOnThreads(unsigned threads, const Work& work) {
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < threads; ++i) {
    helpers.emplace_back(work);
  }
  work();
}

// Work on 0..count-1 in strides taken by whoever is free; one worker per thread.
template <typename MakeWorker>
void ForRange(
    std::size_t count, unsigned threads, const MakeWorker& make_worker, std::size_t stride = 1024
) {
  std::atomic<std::size_t> next{0};
  RunOnThreads(threads, [&] {
    auto worker = make_worker();
    for (std::size_t at = stride * next++; at < count; at = stride * next++) {
      for (std::size_t i = at; i < std::min(count, at + stride); ++i) {
        worker(i);
      }
    }
  });
}

}  // namespace musubi::matching
