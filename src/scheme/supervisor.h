// Runs the serving roles of a scheme, each in its own process, and keeps them running.
//
// A role that dies is started again after 300 ms, at most once a second, for as long as we live:
// that also covers a port somebody else holds for a while. SIGINT or SIGTERM to us stops all roles
// (SIGTERM, 10 s later SIGKILL; a second signal shortens the wait). Roles do not outlive us.
//
// Blocks SIGINT, SIGTERM and SIGCHLD in the calling thread; to be called before any thread exists.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "scheme/layout.h"

namespace musubi::scheme {

struct SupervisorCallbacks {
  std::function<void()> on_ready;                  // once: every role answers that it is ready
  std::function<void(std::string_view)> on_event;  // a line for the operator
};

// Returns when the scheme was stopped by a signal. kConflict: it is already running.
[[nodiscard]] Result<void> RunScheme(const Layout& layout, const SupervisorCallbacks& callbacks);

}  // namespace musubi::scheme
