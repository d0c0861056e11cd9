// The text around a body: request targets, and the heads of requests and answers.
//
// Heads are written here and not by a library, because a small body then travels in the same piece
// (one TLS record, one packet), in memory that is wiped. Nothing a caller puts into a name, path or
// header can end a line early.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"

namespace musubi::http {

// Bodies up to this size are sent together with the head.
inline constexpr std::size_t kSmallBodySize = 4096;

// Fills path and query. kInvalid: not an origin form ("/a/b?c=d"), broken %-escapes, an escaped
// slash or a control character. '+' stands for itself.
[[nodiscard]] Result<void> ParseTarget(std::string_view target, Request& request);
[[nodiscard]] std::string MakeTarget(const Request& request);

// kUsage: a method, header name or value that does not fit into a head.
[[nodiscard]] Result<Body> MakeRequestHead(const Request& request, std::string_view host);
// Headers which do not fit into a head are left out.
[[nodiscard]] Body MakeResponseHead(const Response& response, bool is_kept_alive, Instant now);

// May it be sent twice without being done twice?
[[nodiscard]] bool IsSafeToRepeat(const Request& request);

// "Sun, 22 Nov 2026 09:03:04 GMT".
[[nodiscard]] std::string FormatHttpDate(Instant instant);
[[nodiscard]] Result<Instant> ParseHttpDate(std::string_view text);

}  // namespace musubi::http
