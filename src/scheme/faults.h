// Makes a stand-in ill on purpose, through the fault file it reads (http/fault_file.h), and an
// institution wrong through its own (`answer-faults.toml`).
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
  // Institutions only.
  double wrong_records = 0;  // share of answers with the oldest version of each record
  bool is_silent = false;    // orders get no reply
};

// Takes effect within a second, without a restart. `node`: network, jlis, support, portal or an
// institution.
[[nodiscard]] Result<void> WriteFaults(
    const Layout& layout, std::string_view node, const FaultOptions& options
);
// All well again.
[[nodiscard]] Result<void> RemoveFaults(const Layout& layout, std::string_view node);

}  // namespace musubi::scheme
