// A mutual-TLS 1.3 HTTP/1.1 server: sockets at the rim, plain functions inside.
//
// What always holds: no request reaches a handler without a client certificate that `trust`
// accepts (revocation list looked at on every connection, and again on a kept-alive one when the
// list has changed); bodies over the limit are answered 413 before they are read; a slow or silent
// peer is cut off after its deadline; a handler that throws is answered 500, logged and counted.
// Every server also answers GET /healthz (200 while the process lives), /readyz (200 only if
// `ready` says the role can do its job now, else 503 with the reason), /metrics (Prometheus text)
// and /openapi.json (if a document was given) to any trusted peer.
//
// Handlers run on `handler_threads` threads; connections on one. Stop() refuses new work, lets
// running handlers finish within `stop_ms`, then closes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/certificate.h"
#include "http/message.h"

namespace musubi::http {

using Handler = std::function<Response(const Request&)>;

class Router {
 public:
  // `pattern`: "/v1/batches/{id}/content". `roles`: who may call, by certificate role
  // ("terminal"); others get 403. An unknown path is 404, a wrong method 405.
  void Handle(
      std::string_view method,
      std::string_view pattern,
      std::vector<std::string> roles,
      Handler handler
  );
  [[nodiscard]] Response Route(Request& request) const;
  // The pattern a request's path falls under, or "": what metrics and logs call a route.
  [[nodiscard]] std::string_view PatternOf(const Request& request) const;

 private:
  struct Entry {
    std::string method;
    std::vector<std::string> segments;
    std::vector<std::string> roles;
    Handler handler;
    std::string pattern;
  };

  std::vector<Entry> entries_;
};

// Stand-ins can be made ill on purpose (busy, slow, closed hours, dropped connections, answers lost
// after the work was done): called around each request to a /v1/ route.
enum class Fault { kNone, kBusy, kClosed, kDropBefore, kLoseAnswer };

struct FaultPlan {
  // Decides for one request; may sleep (slow).
  std::function<Fault(const Request&)> decide;
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the system chooses; see port()
  std::size_t body_size_max = std::size_t{64} << 20U;
  unsigned handler_threads = 4;
  unsigned connections_max = 2048;
  int idle_timeout_ms = 60000;
  int request_timeout_ms = 120000;
  int stop_ms = 10000;
  std::string openapi = {};
  std::function<Result<void>()> ready = {};
  FaultPlan faults = {};
};

class Server {
 public:
  // kUnavailable: the address is taken.
  [[nodiscard]] static Result<std::unique_ptr<Server>> Start(
      ServerOptions options,
      const crypto::Identity& identity,
      std::shared_ptr<const crypto::Trust> trust,
      Router router
  );
  ~Server();
  void Stop();
  [[nodiscard]] std::uint16_t port() const;

 private:
  struct State;

  explicit Server(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace musubi::http
