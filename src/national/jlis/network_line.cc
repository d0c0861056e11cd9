#include "national/jlis/network_line.h"

#include "ops/log.h"

namespace musubi::national::jlis {

namespace {

constexpr http::RetryPolicy kRetry{.first_ms = 50, .most_ms = 500, .patience_ms = 4000};

}  // namespace

Result<http::Response> NetworkLine::Send(const http::Request& request) {
  std::unique_ptr<http::Client> client = Take();
  auto response = http::SendWithRetry(*client, request, kRetry);
  if (response.ok()) {
    Give(std::move(client));
  }
  const bool is_refused = response.ok() ? response->status == 401 || response->status == 403
                                        : response.error().code == ErrorCode::kRefused;
  if (!is_refused) {
    return response;
  }
  ops::LogError("jlis.peer.refused", {{"peer", options_.peer_id}});
  return Error{
      ErrorCode::kUnavailable,
      "a certificate was refused between jlis and " + options_.peer_id,
      "jlis",
      "the operator of jlis looks at both certificates"
  };
}

std::unique_ptr<http::Client> NetworkLine::Take() {
  const std::scoped_lock lock(mutex_);
  if (idle_.empty()) {
    return std::make_unique<http::Client>(options_, identity_, trust_);
  }
  std::unique_ptr<http::Client> client = std::move(idle_.back());
  idle_.pop_back();
  return client;
}

void NetworkLine::Give(std::unique_ptr<http::Client> client) {
  const std::scoped_lock lock(mutex_);
  idle_.push_back(std::move(client));
}

}  // namespace musubi::national::jlis
