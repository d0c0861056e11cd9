#include "scheme/demonstration.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigwait is POSIX
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scheme/child_process.h"
#include "scheme/init.h"
#include "scheme/layout.h"
#include "scheme/rehearsal.h"
#include "scheme/status.h"

namespace musubi::scheme {

namespace {

using namespace std::chrono_literals;

constexpr auto kReadyPatience = 120s;

bool IsFree(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_free =
      ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(descriptor);
  return is_free;
}

std::uint16_t FreeBasePort() {
  for (std::uint16_t base = kBasePortDefault; base < 30000; base += kPortCount) {
    const bool are_free =
        std::ranges::all_of(ServingNodesOfScheme(), [base](const std::string& node) {
          return IsFree(PortOf(node, base));
        });
    if (are_free) {
      return base;
    }
  }
  return kBasePortDefault;
}

sigset_t StopSignals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  return signals;
}

bool IsStopAsked() {
  sigset_t pending;
  ::sigpending(&pending);
  return ::sigismember(&pending, SIGINT) == 1 || ::sigismember(&pending, SIGTERM) == 1;
}

// `musubi scheme up`, stopped when this goes.
class RunningScheme {
 public:
  [[nodiscard]] static Result<std::unique_ptr<RunningScheme>> Start(const Layout& layout) {
    MUSUBI_TRY(
        const pid_t child,
        StartChild({"scheme", "up", layout.folder().string()}, layout.folder() / "up.out")
    );
    return std::unique_ptr<RunningScheme>(new RunningScheme(child));
  }

  ~RunningScheme() {
    if (IsRunning()) {
      ::kill(child_, SIGTERM);
      ::waitpid(child_, nullptr, 0);
    }
  }

  [[nodiscard]] bool IsRunning() {
    if (child_ != 0 && ::waitpid(child_, nullptr, WNOHANG) == child_) {
      child_ = 0;
    }
    return child_ != 0;
  }

  RunningScheme(const RunningScheme&) = delete;
  RunningScheme& operator=(const RunningScheme&) = delete;

 private:
  explicit RunningScheme(pid_t child) : child_(child) {}

  pid_t child_;
};

Result<void> WaitUntilReady(const Layout& layout) {
  MUSUBI_TRY(auto probe, ReadinessProbe::Open(layout));
  MUSUBI_TRY(const auto nodes, layout.StartedNodes());
  const auto limit = std::chrono::steady_clock::now() + kReadyPatience;
  for (const std::string& node : nodes) {
    for (;;) {
      const auto ready = probe.Ask(node);
      if (ready.ok()) {
        break;
      }
      if (IsStopAsked() || std::chrono::steady_clock::now() >= limit) {
        Error error = ready.error();
        error.place = fmt::format("{} ({})", node, layout.OutputOf(node).string());
        return error;
      }
      std::this_thread::sleep_for(100ms);
    }
  }
  return Ok();
}

Result<bool> Run(const DemonstrationOptions& options, Instant now) {
  InitOptions init;
  init.folder = options.folder;
  init.base_port = FreeBasePort();
  MUSUBI_TRY(const InitReport made, InitScheme(init, now));
  const Layout layout(options.folder);
  options.on_line(fmt::format(
      "scheme {}: {} nodes, {} residents, {} people",
      layout.folder().string(),
      made.nodes.size(),
      made.residents,
      made.people
  ));
  MUSUBI_TRY(const auto running, RunningScheme::Start(layout));
  MUSUBI_CHECK_OK(WaitUntilReady(layout));
  options.on_line("ready");
  RehearsalOptions rehearsal;
  rehearsal.on_line = options.on_line;
  rehearsal.stop = [&running] { return IsStopAsked() || !running->IsRunning(); };
  MUSUBI_TRY(const RehearsalReport report, Rehearse(layout, rehearsal));
  if (!options.once) {
    options.on_line("the scheme keeps running; Ctrl-C ends it");
    const sigset_t signals = StopSignals();
    int signal = 0;
    ::sigwait(&signals, &signal);
  }
  return report.is_good;
}

}  // namespace

Result<bool> Demonstrate(const DemonstrationOptions& options, Instant now) {
  const sigset_t signals = StopSignals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::error_code code;
  const bool was_there = std::filesystem::exists(options.folder, code);
  Result<bool> result = Run(options, now);
  if (options.remove_folder && !was_there) {
    std::filesystem::remove_all(options.folder, code);
  }
  return result;
}

}  // namespace musubi::scheme
