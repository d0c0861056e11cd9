// A scheme of real processes in a temporary folder, for measurements.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "base/result.h"
#include "scheme/child_process.h"

namespace musubi::bench {

// Every serving role of a scheme; ended with this object.
class Roles {
 public:
  Roles() = default;
  ~Roles();
  Roles(const Roles&) = delete;
  Roles& operator=(const Roles&) = delete;

  // Returns when all are ready.
  [[nodiscard]] Result<void> Start(const std::filesystem::path& scheme);
  // kill -9, and started again at once. kNotFound: no such role.
  [[nodiscard]] Result<void> KillAndRestart(std::string_view node);
  // VmHWM of a role, in kB; 0: no such role.
  [[nodiscard]] std::uint64_t MemoryPeakOf(std::string_view role) const;

 private:
  [[nodiscard]] static Result<pid_t> StartOne(
      const std::filesystem::path& scheme, const std::string& node
  );

  std::filesystem::path scheme_;
  std::vector<std::pair<std::string, pid_t>> pids_;
};

// A folder below the system's temporary one; gone with the object unless it is to be kept.
class BenchFolder {
 public:
  explicit BenchFolder(bool keep);
  ~BenchFolder();
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  bool keep_;
  std::filesystem::path path_;
};

// Runs a command of ours that has to succeed.
[[nodiscard]] Result<scheme::CommandResult> MustRun(const std::vector<std::string>& arguments);

}  // namespace musubi::bench
