// All in one: a new scheme with made-up people, its roles, the rehearsal and its report.
//
// Blocks SIGINT and SIGTERM in the calling thread; to be called before any thread exists.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace musubi::scheme {

struct DemonstrationOptions {
  std::filesystem::path folder;
  bool once = false;           // ends after the report; otherwise runs until a signal
  bool remove_folder = false;  // at the end, whatever happened
  std::function<void(std::string_view)> on_line;
};

// The rehearsal's verdict. Ports are the default ones, or the next that are free.
[[nodiscard]] Result<bool> Demonstrate(const DemonstrationOptions& options, Instant now);

}  // namespace musubi::scheme
