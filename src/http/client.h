// A mutual-TLS 1.3 HTTP/1.1 client: one kept-alive connection to one peer.
//
// What always holds: the server's certificate is accepted by `trust` and its id is `peer_id`; every
// call has a deadline; a body is handed to TLS as one piece, so no copy of it is left in a
// library's buffer. Errors say in plain words whether the certificate, the clock or the network is
// at fault: kUnavailable not reachable or the connection broke; kTimeout; kRefused certificates
// (ours or theirs: expired, revoked, unknown, wrong role); an answer with a status of 400 or more
// is a value, not an error (ErrorOfProblem turns it into one).
//
// One thread at a time. Close() drops the connection; the next Send opens another.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "crypto/certificate.h"
#include "http/message.h"

namespace musubi::http {

struct ClientOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string peer_id;  // "hub"
  int connect_timeout_ms = 5000;
  int request_timeout_ms = 120000;
  std::size_t response_size_max = std::size_t{256} << 20U;
};

class Client {
 public:
  Client(
      ClientOptions options,
      const crypto::Identity& identity,
      std::shared_ptr<const crypto::Trust> trust
  );
  ~Client();
  Client(Client&&) noexcept;
  [[nodiscard]] Result<Response> Send(const Request& request);
  void Close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Waits between tries: first_ms, doubled up to most_ms, with jitter; gives up after `patience_ms`
// in all. Retries transport errors that are transient and statuses 429, 502, 503, 504. The request
// must be safe to repeat (GET, PUT, or an idempotency-key header). `stop` (may be empty) is asked
// between tries; true ends with kUnavailable.
struct RetryPolicy {
  int first_ms = 50;
  int most_ms = 2000;
  int patience_ms = 60000;
};

[[nodiscard]] Result<Response> SendWithRetry(
    Client& client,
    const Request& request,
    const RetryPolicy& policy,
    const std::function<bool()>& stop = {}
);

}  // namespace musubi::http
