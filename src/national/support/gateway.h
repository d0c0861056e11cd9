// The gateway's rule (guide 2.8 (3)): as many lines come back as went in, for the same processing
// numbers, in the same order. No sockets here, and nothing is kept.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace musubi::national::support {

// Ok, or kInternal: jlis answered other lines than it was asked. Looks at nothing but processing
// numbers and line counts.
[[nodiscard]] Result<void> CheckAnswer(std::string_view asked, std::string_view answered);

using SendToJlis = std::function<Result<http::Response>(const http::Request&)>;

// Forwards one request body under the same Idempotency-Key; gives back what the hub is told.
[[nodiscard]] http::Response Forward(const http::Request& request, const SendToJlis& send);

}  // namespace musubi::national::support
