#include "http/server.h"

#include <csignal>
#include <future>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/session.h"
#include "ops/log.h"
#include "ops/metrics.h"

namespace musubi::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

Result<void> Listen(tcp::acceptor& acceptor, const ServerOptions& options) {
  error_code code;
  tcp::resolver resolver(acceptor.get_executor());
  const auto found =
      resolver.resolve(options.address, std::to_string(options.port), tcp::resolver::passive, code);
  const std::string place = options.address + ":" + std::to_string(options.port);
  if (code || found.empty()) {
    return Error{ErrorCode::kInvalid, "not an address of this machine", place};
  }
  const tcp::endpoint endpoint = found.begin()->endpoint();
  acceptor.open(endpoint.protocol(), code);
  if (!code) {
    acceptor.set_option(tcp::acceptor::reuse_address(true), code);
    acceptor.bind(endpoint, code);
  }
  if (!code) {
    acceptor.listen(asio::socket_base::max_listen_connections, code);
  }
  if (code) {
    return Error{
        ErrorCode::kUnavailable,
        "cannot listen: " + code.message(),
        place,
        "another program may be using the port; stop it or change node.listen"
    };
  }
  return Ok();
}

}  // namespace

struct Server::State {
  State(ServerOptions options, std::unique_ptr<TlsContext> tls, Router router)
      : core(std::move(options), std::move(tls), std::move(router)), acceptor(core.io) {}

  asio::awaitable<void> Accept() {
    while (!core.is_stopping) {
      auto [code, socket] = co_await acceptor.async_accept(kAwait);
      if (code == asio::error::operation_aborted) {
        break;
      }
      if (code) {  // out of file descriptors, most likely: wait for some to come back
        ops::LogWarning("http.accept.failed", {{"number", code.value()}});
        asio::steady_timer timer(core.io, std::chrono::milliseconds(100));
        co_await timer.async_wait(kAwait);
        continue;
      }
      if (core.sessions.size() >= core.options.connections_max) {
        CountOverflow();
        continue;  // the socket closes
      }
      asio::co_spawn(core.io, RunSession(core, std::move(socket)), asio::detached);
    }
  }

  static void CountOverflow() {
    static ops::Counter& overflow = ops::GetCounter(
        "musubi_http_connections_refused_total", "Connections over the limit, closed at once."
    );
    overflow.Add();
  }

  void Run() {
    auto guard = asio::make_work_guard(core.io);
    for (;;) {
      try {
        core.io.run();
        return;
      } catch (const std::exception&) {  // one session's bug does not end the others
        ops::LogError("http.session.failed");
      }
    }
  }

  // On the io thread: no new connections, and none that only waits.
  void CloseIdle() {
    core.is_stopping = true;
    error_code ignored;
    acceptor.close(ignored);
    for (OpenSession* session : core.sessions) {
      if (!session->is_busy) {
        session->close();
      }
    }
  }

  void Stop() {
    const std::scoped_lock lock(stop_mutex);
    if (!thread.joinable()) {
      return;
    }
    std::promise<void> closed;
    asio::post(core.io, [this, &closed] {
      CloseIdle();
      closed.set_value();
    });
    closed.get_future().wait();
    if (!core.gate.WaitUntilEmpty(std::chrono::milliseconds(core.options.stop_ms))) {
      ops::LogWarning("http.server.stop_cut_short");
    }
    core.io.stop();
    thread.join();
    // Joined, not stopped: a job left in the pool would outlive the connection it belongs to.
    core.is_abandoned = true;
    core.pool.join();
    ops::LogInfo("http.server.stopped", {{"port", port}});
  }

  ServerCore core;
  tcp::acceptor acceptor;
  std::uint16_t port = 0;
  std::mutex stop_mutex;
  std::thread thread;
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() {
  Stop();
}

Result<std::unique_ptr<Server>> Server::Start(
    ServerOptions options,
    const crypto::Identity& identity,
    std::shared_ptr<const crypto::Trust> trust,
    Router router
) {
  MUSUBI_TRY(auto tls, TlsContext::Make(Side::kServer, identity, trust, ""));
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail for SIGPIPE
  auto state = std::make_unique<State>(std::move(options), std::move(tls), std::move(router));
  state->core.trust = std::move(trust);
  MUSUBI_CHECK_OK(Listen(state->acceptor, state->core.options));
  error_code code;
  state->port = state->acceptor.local_endpoint(code).port();
  asio::co_spawn(state->core.io, state->Accept(), asio::detached);
  state->thread = std::thread([raw = state.get()] { raw->Run(); });
  ops::LogInfo("http.server.started", {{"port", state->port}});
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

void Server::Stop() {
  state_->Stop();
}

std::uint16_t Server::port() const {
  return state_->port;
}

}  // namespace musubi::http
