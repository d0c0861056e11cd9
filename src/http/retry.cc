#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "http/client.h"
#include "http/wire.h"

namespace musubi::http {

namespace {

using SteadyClock = std::chrono::steady_clock;

bool IsTransientStatus(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

bool IsWorthAnotherTry(const Result<Response>& result) {
  return result.ok() ? IsTransientStatus(result.value().status) : result.error().IsTransient();
}

// Between half of it and all of it, so that many callers do not come back at the same moment.
std::chrono::milliseconds WithJitter(int wait_ms) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::chrono::milliseconds(
      std::uniform_int_distribution<int>(wait_ms / 2, std::max(wait_ms, 1))(random)
  );
}

// False: asked to stop meanwhile.
bool Wait(std::chrono::milliseconds time, const std::function<bool()>& stop) {
  constexpr std::chrono::milliseconds kSlice{50};
  const auto end = SteadyClock::now() + time;
  for (;;) {
    if (stop && stop()) {
      return false;
    }
    const auto left = end - SteadyClock::now();
    if (left <= SteadyClock::duration::zero()) {
      return true;
    }
    std::this_thread::sleep_for(std::min<SteadyClock::duration>(left, kSlice));
  }
}

}  // namespace

Result<Response> SendWithRetry(
    Client& client,
    const Request& request,
    const RetryPolicy& policy,
    const std::function<bool()>& stop
) {
  if (!IsSafeToRepeat(request)) {
    return Error{ErrorCode::kUsage, "a request that is tried again needs an idempotency-key"};
  }
  const auto end = SteadyClock::now() + std::chrono::milliseconds(policy.patience_ms);
  int wait_ms = std::max(policy.first_ms, 1);
  for (;;) {
    Result<Response> result = client.Send(request);
    if (!IsWorthAnotherTry(result)) {
      return result;
    }
    const std::chrono::milliseconds wait = WithJitter(wait_ms);
    if (SteadyClock::now() + wait >= end) {
      return result;
    }
    if (!Wait(wait, stop)) {
      return Error{ErrorCode::kUnavailable, "stopped before the other side was available"};
    }
    wait_ms = std::min(wait_ms * 2, std::max(policy.most_ms, 1));
  }
}

}  // namespace musubi::http
