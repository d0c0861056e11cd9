// One connection of the server, from TLS handshake to close. All of it runs on the io thread, but
// for the handler, which runs on the pool. Internal to http.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>

#include "http/dispatcher.h"
#include "http/tls.h"

namespace musubi::http {

// How many requests are between "read" and "answered": Stop waits for none. Thread-safe.
class Gate {
 public:
  void Enter();
  void Leave();
  // False: some were still inside after `wait`.
  [[nodiscard]] bool WaitUntilEmpty(std::chrono::milliseconds wait);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
};

struct OpenSession {
  bool is_busy = false;  // a request is being handled or answered
  std::function<void()> close;
};

// What the sessions of a server share. `sessions` and `is_stopping` belong to the io thread.
struct ServerCore {
  ServerCore(ServerOptions the_options, std::unique_ptr<TlsContext> the_tls, Router router)
      : options(std::move(the_options)),
        dispatcher(options, std::move(router)),
        tls(std::move(the_tls)),
        pool(options.handler_threads) {}

  const ServerOptions options;
  const Dispatcher dispatcher;
  const std::unique_ptr<TlsContext> tls;
  std::shared_ptr<const crypto::Trust> trust;
  Gate gate;
  std::set<OpenSession*> sessions;
  bool is_stopping = false;
  std::atomic<bool> is_abandoned = false;  // what still waits for a handler thread is not run
  boost::asio::thread_pool pool;
  // Stands last, so that it goes first: it destroys the sessions left in it, which use the rest.
  boost::asio::io_context io{1};
};

[[nodiscard]] boost::asio::awaitable<void> RunSession(
    ServerCore& core, boost::asio::ip::tcp::socket socket
);

}  // namespace musubi::http
