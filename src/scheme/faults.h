// Makes a stand-in ill on purpose, through the fault file it reads (http/fault_file.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "scheme/layout.h"

namespace musubi::scheme {

struct FaultOptions {
  double busy = 0;         // share of requests answered 503
  int slow_ms = 0;         // every answer waits so long
  bool closed = false;     // outside service hours
  double drop = 0;         // share of connections cut before the work
  double lose_answer = 0;  // share of answers lost after the work was done
};

// Takes effect within a second, without a restart. `role`: network, jlis or support.
[[nodiscard]] Result<void> WriteFaults(
    const Layout& layout, std::string_view role, const FaultOptions& options
);
// All well again.
[[nodiscard]] Result<void> RemoveFaults(const Layout& layout, std::string_view role);

}  // namespace musubi::scheme
