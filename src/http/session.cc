#include "http/session.h"

#include <algorithm>
#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/vector_body.hpp>
#include <openssl/ssl.h>

#include "http/problem.h"
#include "http/wire.h"
#include "ops/log.h"
#include "ops/metrics.h"

namespace musubi::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t kHeaderSizeMax = 16U << 10U;
constexpr std::chrono::milliseconds kHandshakeTimeout{10000};
constexpr std::chrono::seconds kLingerTimeout{2};
constexpr std::size_t kLingerSizeMax = std::size_t{64} << 20U;

// More than a TLS record: Beast reads as much at a time as the buffer has room for, else 512 bytes.
constexpr std::size_t kBufferSize = std::size_t{32} << 10U;

using WipedBuffer = beast::basic_flat_buffer<WipingAllocator<char>>;
using WipedBody = beast::http::vector_body<char, WipingAllocator<char>>;
using Parser = beast::http::request_parser<WipedBody>;

ops::Counter& RefusedCounter() {
  static ops::Counter& counter =
      ops::GetCounter("musubi_http_peers_refused_total", "Connections refused in the handshake.");
  return counter;
}

// A stranger who knocks all day must not fill the disk. Io thread only.
bool IsRefusalLogged() {
  constexpr int kLinesPerSecond = 10;
  thread_local std::chrono::steady_clock::time_point second_start;
  thread_local int lines = 0;
  const auto now = std::chrono::steady_clock::now();
  if (now - second_start > std::chrono::seconds(1)) {
    second_start = now;
    lines = 0;
  }
  return ++lines <= kLinesPerSecond;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return lower;
}

class Session {
 public:
  Session(ServerCore& core, tcp::socket socket)
      : core_(core), stream_(std::move(socket), core.tls->context()) {
    open_.close = [this] { stream_.next_layer().close(); };
    core_.sessions.insert(&open_);
    SetGauge();
  }

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  ~Session() {
    core_.sessions.erase(&open_);
    SetGauge();
  }

  asio::awaitable<void> Run() {
    error_code ignored;
    stream_.next_layer().socket().set_option(tcp::no_delay(true), ignored);
    if (co_await Handshake()) {
      while (co_await ServeOne()) {
      }
    }
    co_await Linger();
  }

 private:
  void SetGauge() const {
    static ops::Counter& open = ops::GetGauge("musubi_http_connections", "Connections open now.");
    open.Set(core_.sessions.size());
  }

  void ExpiresAfter(std::chrono::milliseconds time) { stream_.next_layer().expires_after(time); }

  asio::awaitable<bool> Handshake() {
    TlsContext::Watch(stream_.native_handle(), &refusal_);
    ExpiresAfter(
        std::min(kHandshakeTimeout, std::chrono::milliseconds(core_.options.idle_timeout_ms))
    );
    const auto [code] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kAwait);
    if (code) {
      ReportRefusal(code);
      co_return false;
    }
    X509* leaf = SSL_get1_peer_certificate(stream_.native_handle());
    if (leaf == nullptr) {
      co_return false;
    }
    check_.emplace(core_.trust, crypto::Certificate::Adopt(leaf));
    peer_.id = check_->certificate().id();
    co_return true;
  }

  // A peer that merely went away is no news.
  void ReportRefusal(const error_code& code) const {
    const bool is_judged = refusal_.reason != RefusalReason::kNone;
    if (!is_judged && code.category() != asio::error::get_ssl_category()) {
      return;
    }
    RefusedCounter().Add();
    const std::string reason =
        is_judged ? refusal_.message
                  : DescribeHandshakeFailure(static_cast<unsigned long>(code.value()));
    if (IsRefusalLogged()) {
      ops::LogWarning("http.peer.refused", {{"reason", reason}, {"peer", refusal_.id}});
    }
  }

  // One request and its answer. False: the connection has come to its end.
  asio::awaitable<bool> ServeOne() {
    Parser parser;
    parser.header_limit(kHeaderSizeMax);
    parser.body_limit(boost::none);  // judged below, so that it can be answered
    ExpiresAfter(std::chrono::milliseconds(core_.options.idle_timeout_ms));
    const auto [code, size] =
        co_await beast::http::async_read_header(stream_, buffer_, parser, kAwait);
    if (code || core_.is_stopping) {
      co_return co_await AnswerBadHeader(code);
    }
    open_.is_busy = true;
    core_.gate.Enter();
    const GateLeaver leaver{*this};
    Request request;
    if (const std::optional<Error> error = ReadHead(parser, request); error.has_value()) {
      co_await Refuse(*error);
      co_return false;
    }
    if (!co_await ReadBody(parser, request)) {
      co_return false;
    }
    const Outcome outcome = co_await Handle(request);
    // A HEAD is refused like any method nobody serves; its client would not read our body.
    const bool is_kept = parser.get().keep_alive() && !core_.is_stopping && !outcome.is_lost &&
                         request.method != "HEAD";
    co_return !outcome.is_lost && co_await Answer(outcome.response, is_kept) && is_kept;
  }

  struct GateLeaver {
    Session& session;

    ~GateLeaver() {
      session.open_.is_busy = false;
      session.core_.gate.Leave();
    }
  };

  asio::awaitable<bool> AnswerBadHeader(error_code code) {
    if (code.category() ==
            beast::http::make_error_code(beast::http::error::bad_method).category() &&
        code != beast::http::error::end_of_stream && code != beast::http::error::partial_message) {
      const bool is_long = code == beast::http::error::header_limit;
      co_await Refuse(
          {ErrorCode::kInvalid, is_long ? "the request's head is too long" : "not an HTTP request"}
      );
    }
    co_return false;
  }

  // The error to answer instead of handling, if any.
  std::optional<Error> ReadHead(const Parser& parser, Request& request) {
    if (const Result<void> still = check_->Check(); !still.ok()) {
      ops::LogWarning("http.peer.refused", {{"reason", still.error().message}, {"peer", peer_.id}});
      RefusedCounter().Add();
      return still.error();
    }
    const auto& head = parser.get();
    request.method = std::string(head.method_string());
    request.peer = peer_;
    for (const auto& field : head) {
      request.headers.emplace(LowerCase(field.name_string()), std::string(field.value()));
    }
    const boost::optional<std::uint64_t> length = parser.content_length();
    if (length.has_value() && *length > core_.options.body_size_max) {
      return Error{ErrorCode::kExhausted, "the body is larger than this server takes"};
    }
    const Result<void> target = ParseTarget(std::string_view(head.target()), request);
    return target.ok() ? std::nullopt : std::optional<Error>(target.error());
  }

  asio::awaitable<bool> ReadBody(Parser& parser, Request& request) {
    ExpiresAfter(std::chrono::milliseconds(core_.options.request_timeout_ms));
    if (!parser.is_done() && request.header("expect") == "100-continue") {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto [code, size] =
          co_await asio::async_write(stream_, asio::buffer(kContinue), kAwait);
      if (code) {
        co_return false;
      }
    }
    parser.body_limit(core_.options.body_size_max);
    if (!parser.is_done()) {
      buffer_.reserve(kBufferSize);
    }
    const auto [code, size] = co_await beast::http::async_read(stream_, buffer_, parser, kAwait);
    if (code == beast::http::error::body_limit) {
      co_await Refuse({ErrorCode::kExhausted, "the body is larger than this server takes"});
    }
    if (code) {
      co_return false;
    }
    static_cast<WipedBody::value_type&>(request.body).swap(parser.get().body());
    if (buffer_.size() == 0) {  // what passed through is wiped now, not when the connection ends
      buffer_.clear();
      buffer_.shrink_to_fit();
    }
    co_return true;
  }

  // On the pool; the coroutine itself goes on here, on the io thread.
  asio::awaitable<Outcome> Handle(Request& request) {
    Outcome outcome;
    stream_.next_layer().expires_never();
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
        [this, &request, &outcome](auto handler) {
          asio::post(core_.pool, [this, &request, &outcome, done = std::move(handler)]() mutable {
            if (!core_.is_abandoned) {
              outcome = core_.dispatcher.Run(request);
            }
            const auto executor = asio::get_associated_executor(done);
            asio::post(executor, std::move(done));
          });
        },
        asio::use_awaitable
    );
    co_return outcome;
  }

  // The body goes to TLS as a piece of its own, so that no library puts the two together.
  asio::awaitable<bool> Answer(const Response& response, bool is_kept) {
    ExpiresAfter(std::chrono::milliseconds(core_.options.request_timeout_ms));
    const Body head = MakeResponseHead(response, is_kept, SystemClock().Now());
    const auto [code, size] = co_await asio::async_write(stream_, asio::buffer(head), kAwait);
    if (code || response.body.size() <= kSmallBodySize) {
      co_return !code;
    }
    const auto [body_code, body_size] =
        co_await asio::async_write(stream_, asio::buffer(response.body), kAwait);
    co_return !body_code;
  }

  // An answer without a handler, after which the connection is closed.
  asio::awaitable<void> Refuse(Error error) {
    const Response response = ProblemResponse(error);
    Dispatcher::Count("refused", response.status, std::chrono::microseconds(0));
    co_await Answer(response, false);
  }

  // What the peer still sends is read and thrown away for a moment: closing at once would make the
  // system answer it with a reset, and that can overtake our last words (an alert, a 413).
  asio::awaitable<void> Linger() {
    beast::tcp_stream& socket = stream_.next_layer();
    if (!socket.socket().is_open()) {
      co_return;
    }
    ExpiresAfter(kLingerTimeout);
    error_code ignored;
    socket.socket().shutdown(tcp::socket::shutdown_send, ignored);
    SecretVector<char> sink(std::size_t{16} << 10U);
    for (std::size_t total = 0; total < kLingerSizeMax && !core_.is_stopping;) {
      const auto [code, size] = co_await socket.async_read_some(asio::buffer(sink), kAwait);
      if (code) {
        break;
      }
      total += size;
    }
    socket.close();
  }

  ServerCore& core_;
  asio::ssl::stream<beast::tcp_stream> stream_;
  WipedBuffer buffer_;
  Refusal refusal_;
  std::optional<PeerCheck> check_;
  Peer peer_;
  OpenSession open_;
};

}  // namespace

void Gate::Enter() {
  const std::scoped_lock lock(mutex_);
  ++inside_;
}

void Gate::Leave() {
  const std::scoped_lock lock(mutex_);
  --inside_;
  changed_.notify_all();
}

bool Gate::WaitUntilEmpty(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, wait, [this] { return inside_ == 0; });
}

asio::awaitable<void> RunSession(ServerCore& core, tcp::socket socket) {
  Session session(core, std::move(socket));
  co_await session.Run();
}

}  // namespace musubi::http
