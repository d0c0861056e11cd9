#include "scheme/supervisor.h"

#include <chrono>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigtimedwait is POSIX
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "crypto/certificate.h"
#include "scheme/child_process.h"
#include "scheme/status.h"

namespace musubi::scheme {

namespace {

using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr auto kRestartPause = 300ms;
constexpr auto kRestartPeriod = 1s;
constexpr auto kStopPatience = 10s;
constexpr auto kReadinessPeriod = 200ms;
constexpr auto kRefreshPeriod = 24h;

Result<void> RefreshRevocationList(const Layout& layout) {
  MUSUBI_TRY(crypto::Authority authority, crypto::Authority::Open(layout.Authority()));
  return authority.RefreshRevocationList(SystemClock().Now());
}

SteadyTime Now() {
  return std::chrono::steady_clock::now();
}

// Held as long as the scheme runs, so that two supervisors do not fight over one folder. The
// kernel lets go of it when we die, however that happens.
class RunLock {
 public:
  [[nodiscard]] static Result<RunLock> Take(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
      return Error{ErrorCode::kInternal, "cannot open the lock file", path.string()};
    }
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      ::close(descriptor);
      return Error{
          ErrorCode::kConflict,
          "this scheme is already running",
          path.parent_path().string(),
          "see musubi scheme status"
      };
    }
    return RunLock(descriptor);
  }

  RunLock(RunLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

  RunLock& operator=(RunLock&&) = delete;

  ~RunLock() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

 private:
  explicit RunLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

sigset_t WatchedSignals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD}) {
    ::sigaddset(&signals, signal);
  }
  return signals;
}

std::string DescribeEnd(int status) {
  if (WIFSIGNALED(status)) {
    return fmt::format("was killed by signal {}", WTERMSIG(status));
  }
  return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

class Supervisor {
 public:
  Supervisor(
      const Layout& layout,
      const std::vector<std::string>& nodes,
      const SupervisorCallbacks& callbacks
  )
      : layout_(&layout), callbacks_(&callbacks) {
    for (const std::string& node : nodes) {
      children_.push_back(Child{.node = node});
    }
  }

  Result<void> Run() {
    MUSUBI_TRY(ReadinessProbe probe, ReadinessProbe::Open(*layout_));
    while (!WaitForStop(100ms)) {
      Reap();
      const Result<void> started = StartDue();
      if (!started.ok()) {
        StopAll();
        return started.error();
      }
      AskReadiness(probe);
      KeepRevocationListFresh();
    }
    StopAll();
    return Ok();
  }

 private:
  struct Child {
    std::string node;
    pid_t pid = 0;
    SteadyTime started_at = {};
    SteadyTime due_at = {};
    bool was_ready = false;
  };

  // True: SIGINT or SIGTERM came.
  [[nodiscard]] bool WaitForStop(std::chrono::milliseconds most) const {
    const timespec limit{0, static_cast<long>(std::chrono::nanoseconds(most).count())};
    const int signal = ::sigtimedwait(&signals_, nullptr, &limit);
    return signal == SIGINT || signal == SIGTERM;
  }

  Result<void> StartDue() {
    for (Child& child : children_) {
      if (child.pid != 0 || Now() < child.due_at) {
        continue;
      }
      MUSUBI_TRY(
          child.pid,
          StartChild(
              {"serve", child.node, "--config", layout_->ConfigOf(child.node).string()},
              layout_->OutputOf(child.node)
          )
      );
      child.started_at = Now();
      MUSUBI_CHECK_OK(WriteFile(layout_->PidOf(child.node), fmt::format("{}\n", child.pid)));
    }
    return Ok();
  }

  void Reap() {
    for (Child& child : children_) {
      int status = 0;
      if (child.pid == 0 || ::waitpid(child.pid, &status, WNOHANG) != child.pid) {
        continue;
      }
      child.pid = 0;
      child.due_at = std::max(Now() + kRestartPause, child.started_at + kRestartPeriod);
      callbacks_->on_event(fmt::format(
          "{} {}; it is started again (its own words: {})",
          child.node,
          DescribeEnd(status),
          layout_->OutputOf(child.node).string()
      ));
    }
  }

  void AskReadiness(ReadinessProbe& probe) {
    if (is_announced_ || Now() < ask_at_) {
      return;
    }
    ask_at_ = Now() + kReadinessPeriod;
    for (Child& child : children_) {
      if (!child.was_ready) {
        child.was_ready = child.pid != 0 && probe.Ask(child.node).ok();
        if (!child.was_ready) {
          return;
        }
      }
    }
    is_announced_ = true;
    callbacks_->on_ready();
  }

  // A revocation list is good for 30 days; a scheme that runs longer must not lock itself out.
  void KeepRevocationListFresh() {
    if (Now() < refresh_at_) {
      return;
    }
    refresh_at_ = Now() + kRefreshPeriod;
    const Result<void> refreshed = RefreshRevocationList(*layout_);
    if (!refreshed.ok()) {
      callbacks_->on_event("no fresh revocation list: " + refreshed.error().Text());
    }
  }

  void SignalAll(int signal) const {
    for (const Child& child : children_) {
      if (child.pid != 0) {
        ::kill(child.pid, signal);
      }
    }
  }

  [[nodiscard]] bool AnyRuns() {
    bool any = false;
    for (Child& child : children_) {
      if (child.pid != 0 && ::waitpid(child.pid, nullptr, WNOHANG) == child.pid) {
        child.pid = 0;
      }
      any = any || child.pid != 0;
    }
    return any;
  }

  void StopAll() {
    SignalAll(SIGTERM);
    const SteadyTime limit = Now() + kStopPatience;
    while (AnyRuns()) {
      if (WaitForStop(50ms) || Now() >= limit) {
        SignalAll(SIGKILL);
      }
    }
    for (const Child& child : children_) {
      std::error_code ignored;  // a stale pid file is told apart by RunningPid
      std::filesystem::remove(layout_->PidOf(child.node), ignored);
    }
  }

  const Layout* layout_;
  const SupervisorCallbacks* callbacks_;
  sigset_t signals_ = WatchedSignals();
  std::vector<Child> children_;
  SteadyTime ask_at_ = {};
  SteadyTime refresh_at_ = Now() + kRefreshPeriod;
  bool is_announced_ = false;
};

}  // namespace

Result<void> RunScheme(const Layout& layout, const SupervisorCallbacks& callbacks) {
  MUSUBI_TRY(const auto nodes, layout.StartedNodes());  // says it when this is no scheme
  MUSUBI_TRY(const RunLock lock, RunLock::Take(layout.folder() / "up.lock"));
  const sigset_t signals = WatchedSignals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  MUSUBI_CHECK_OK(RefreshRevocationList(layout));
  return Supervisor(layout, nodes, callbacks).Run();
}

}  // namespace musubi::scheme
