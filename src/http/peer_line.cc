#include "http/peer_line.h"

#include "ops/log.h"

namespace musubi::http {

namespace {

constexpr RetryPolicy kRetry{.first_ms = 50, .most_ms = 500, .patience_ms = 4000};

}  // namespace

Result<Response> PeerLine::Send(const Request& request) {
  std::unique_ptr<Client> client = Take();
  auto response = SendWithRetry(*client, request, kRetry);
  if (response.ok()) {
    Give(std::move(client));
  }
  const bool is_refused = response.ok() ? response->status == 401 || response->status == 403
                                        : response.error().code == ErrorCode::kRefused;
  if (!is_refused) {
    return response;
  }
  const std::string self = identity_.certificate.id();
  ops::LogError("http.line.refused", {{"peer", options_.peer_id}});
  return Error{
      ErrorCode::kUnavailable,
      "a certificate was refused between " + self + " and " + options_.peer_id,
      self,
      "the operator of " + self + " looks at both certificates"
  };
}

std::unique_ptr<Client> PeerLine::Take() {
  const std::scoped_lock lock(mutex_);
  if (idle_.empty()) {
    return std::make_unique<Client>(options_, identity_, trust_);
  }
  std::unique_ptr<Client> client = std::move(idle_.back());
  idle_.pop_back();
  return client;
}

void PeerLine::Give(std::unique_ptr<Client> client) {
  const std::scoped_lock lock(mutex_);
  idle_.push_back(std::move(client));
}

}  // namespace musubi::http
