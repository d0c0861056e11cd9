// Stand-ins made ill by a file that is read again whenever it changes:
//
//   busy = 0.05                    # share of calls answered 503
//   slow_ms = 200                  # every call waits this long first
//   closed = true                  # or closed_hours = "22:00-08:00", Japan time
//   drop = 0.01                    # connection closed before the work
//   lose_answer = 0.01             # connection closed after the work
//   seed = 1                       # the same seed, the same illness
//
// No file, no faults. A broken file changes nothing and is logged once.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/clock.h"
#include "http/server.h"

namespace musubi::http {

// "22:00-08:00": from the first minute up to but without the second, over midnight if need be.
struct ClosedHours {
  int from_minute = 0;
  int to_minute = 0;  // equal to from_minute: never closed

  [[nodiscard]] static Result<ClosedHours> Parse(std::string_view text);
  [[nodiscard]] bool Contains(Instant now) const;
};

[[nodiscard]] FaultPlan WatchFaultFile(const std::filesystem::path& path);

}  // namespace musubi::http
