#include "bench/roles.h"

#include <chrono>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "scheme/layout.h"

namespace musubi::bench {

namespace {

namespace fs = std::filesystem;

Result<void> WaitReady(const fs::path& scheme) {
  constexpr int kTries = 1200;
  for (int i = 0; i < kTries; ++i) {
    MUSUBI_TRY(
        const auto status, scheme::RunCommand({"scheme", "status", scheme.string(), "--json"})
    );
    if (status.exit_code == 0) {
      return Ok();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
  return Error{ErrorCode::kTimeout, "the scheme does not become ready", scheme.string()};
}

}  // namespace

Roles::~Roles() {
  for (const auto& [node, pid] : pids_) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
}

Result<pid_t> Roles::StartOne(const fs::path& scheme, const std::string& node) {
  return scheme::StartChild(
      {"serve", node, "--config", scheme::Layout(scheme).ConfigOf(node).string()},
      scheme / fmt::format("{}.bench.log", node)
  );
}

Result<void> Roles::Start(const fs::path& scheme) {
  scheme_ = scheme;
  MUSUBI_TRY(const std::vector<std::string> nodes, scheme::Layout(scheme).StartedNodes());
  for (const std::string& node : nodes) {
    MUSUBI_TRY(const pid_t pid, StartOne(scheme, node));
    pids_.emplace_back(node, pid);
  }
  return WaitReady(scheme);
}

Result<void> Roles::KillAndRestart(std::string_view node) {
  for (auto& [id, pid] : pids_) {
    if (id == node) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
      MUSUBI_TRY(pid, StartOne(scheme_, id));
      return Ok();
    }
  }
  return Error{ErrorCode::kNotFound, "there is no such role", std::string(node)};
}

std::uint64_t Roles::MemoryPeakOf(std::string_view role) const {
  for (const auto& [node, pid] : pids_) {
    if (node != role) {
      continue;
    }
    std::ifstream status(fmt::format("/proc/{}/status", pid));
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) {
        return std::stoull(line.substr(6));
      }
    }
  }
  return 0;
}

BenchFolder::BenchFolder(bool keep) : keep_(keep) {
  std::string pattern = (fs::temp_directory_path() / "musubi-bench-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data()) != nullptr ? pattern : "";
}

BenchFolder::~BenchFolder() {
  if (!keep_) {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
}

Result<scheme::CommandResult> MustRun(const std::vector<std::string>& arguments) {
  MUSUBI_TRY(auto result, scheme::RunCommand(arguments));
  if (result.exit_code != 0) {
    return Error{
        ErrorCode::kInternal, fmt::format("musubi {} {} failed", arguments[0], arguments[1])
    };
  }
  return result;
}

}  // namespace musubi::bench
