// The gateway's rule (guide 2.8 (3)): as many lines come back as went in, for the same processing
// numbers, in the same order. Of packages only the way is ours. No sockets here, and nothing is
// kept.
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

// The same for queries by attributes: looks at references and line counts only. A question whose
// reference could not be read is answered under a blank one.
[[nodiscard]] Result<void> CheckAttributeAnswer(std::string_view asked, std::string_view answered);

using CheckAnswers = Result<void> (*)(std::string_view asked, std::string_view answered);

// Forwards to `path` of jlis; the answer is held against the question.
[[nodiscard]] http::Response ForwardTo(
    std::string_view path, CheckAnswers check, const http::Request& request, const SendToJlis& send
);

// A sealed package goes to `path` of jlis and its answer back, byte for byte: neither is opened.
[[nodiscard]] http::Response ForwardPackage(
    std::string_view path, const http::Request& request, const SendToJlis& send
);

// Forwards one request body under the same Idempotency-Key; gives back what the hub is told.
[[nodiscard]] http::Response Forward(const http::Request& request, const SendToJlis& send);

}  // namespace musubi::national::support
