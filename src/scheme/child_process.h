// Our own program as a child process: the roles of a scheme, and the commands of a rehearsal.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/result.h"

namespace musubi::scheme {

// Starts `musubi <arguments>`, its output appended to `output`. The child is told to stop (SIGTERM)
// when we die, stands in a process group of its own (Ctrl-C reaches only us) and starts with no
// signal blocked.
[[nodiscard]] Result<pid_t> StartChild(
    const std::vector<std::string>& arguments, const std::filesystem::path& output
);

struct CommandResult {
  int exit_code = 0;   // 128 + signal when killed by one
  std::string output;  // standard output; standard error goes where ours goes
  double seconds = 0;
};

// Runs `musubi <arguments>` to its end.
[[nodiscard]] Result<CommandResult> RunCommand(const std::vector<std::string>& arguments);

}  // namespace musubi::scheme
