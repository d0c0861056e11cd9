#include "national/network/inquiry/provider_lines.h"

#include <algorithm>
#include <utility>

#include "crypto/digest.h"

namespace musubi::national::network {

namespace {

http::Request RequestOf(std::string_view path, std::string_view lines) {
  http::Request request;
  request.method = "POST";
  request.path = path;
  request.headers["content-type"] = std::string(http::kCsv);
  // The same lines are the same request: they may be sent again.
  request.headers["idempotency-key"] = ToHex(crypto::Sha256Of(AsBytes(lines)));
  request.body = http::MakeBody(lines);
  return request;
}

}  // namespace

void ProviderLines::Add(const std::string& node, std::unique_ptr<http::PeerLine> line) {
  lines_[node].line = std::move(line);
}

Result<SecretVector<char>> ProviderLines::Post(
    const std::string& node, std::string_view path, std::string_view lines
) {
  const auto found = lines_.find(node);
  if (found == lines_.end()) {
    return Error{
        ErrorCode::kUnavailable, "no address", node, "add [peers." + node + "] address to the file"
    };
  }
  Line& line = found->second;
  {
    const std::scoped_lock lock(mutex_);
    if (std::chrono::steady_clock::now() < line.away_until) {
      return Error{ErrorCode::kUnavailable, "was away a moment ago", node};
    }
  }
  Result<http::Response> response = line.line->Send(RequestOf(path, lines));
  NoteOutcome(line, response.ok() && response->status < 500);
  if (!response.ok()) {
    return std::move(response).error();
  }
  if (response->status != 200) {
    return http::ErrorOfProblem(*response);
  }
  return std::move(response->body);
}

void ProviderLines::NoteOutcome(Line& line, bool is_there) {
  constexpr unsigned kDoublingsMax = 3;
  const std::scoped_lock lock(mutex_);
  if (is_there) {
    line.failures = 0;
    line.away_until = {};
    return;
  }
  line.away_until =
      std::chrono::steady_clock::now() + rest_ * (1U << std::min(line.failures, kDoublingsMax));
  ++line.failures;
}

}  // namespace musubi::national::network
