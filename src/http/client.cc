#include "http/client.h"

#include <csignal>
#include <optional>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/vector_body.hpp>
#include <openssl/ssl.h>
#include <poll.h>

#include "http/failure.h"
#include "http/wire.h"
#include "ops/log.h"

namespace musubi::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t kHeaderSizeMax = 16U << 10U;
constexpr std::chrono::minutes kClockTolerance{5};

// More than a TLS record: Beast reads as much at a time as the buffer has room for, else 512 bytes.
constexpr std::size_t kBufferSize = std::size_t{32} << 10U;

using WipedBody = beast::http::vector_body<char, WipingAllocator<char>>;
using Parser = beast::http::response_parser<WipedBody>;

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

Response Taken(Parser& parser) {
  Response response;
  response.status = static_cast<int>(parser.get().result_int());
  response.content_type.clear();
  for (const auto& field : parser.get()) {
    if (field.name() == beast::http::field::content_type) {
      response.content_type = std::string(field.value());
    } else {
      response.headers.emplace(LowerCase(field.name_string()), std::string(field.value()));
    }
  }
  static_cast<WipedBody::value_type&>(response.body).swap(parser.get().body());
  return response;
}

struct Connection {
  Connection(asio::io_context& io, asio::ssl::context& context) : stream(io, context) {
    TlsContext::Watch(stream.native_handle(), &refusal);
  }

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() = default;

  void ExpiresAfter(int time_ms) {
    stream.next_layer().expires_after(std::chrono::milliseconds(time_ms));
  }

  Refusal refusal;  // outlives the stream, which points to it
  asio::ssl::stream<beast::tcp_stream> stream;
  beast::basic_flat_buffer<WipingAllocator<char>> buffer;
  std::optional<PeerCheck> check;
};

}  // namespace

struct Client::State {
  State(
      ClientOptions the_options,
      const crypto::Identity& identity,
      std::shared_ptr<const crypto::Trust> the_trust
  )
      : options(std::move(the_options)),
        trust(std::move(the_trust)),
        tls(TlsContext::Make(Side::kClient, identity, trust, options.peer_id)) {
    const bool is_v6 = options.host.find(':') != std::string::npos;
    host = (is_v6 ? "[" + options.host + "]" : options.host) + ":" + std::to_string(options.port);
    peer = (options.peer_id.empty() ? "the server" : options.peer_id) + " at " + host;
  }

  // Runs one asynchronous operation to its end; its deadline is the stream's.
  template <typename Start>
  error_code Await(const Start& start) {
    error_code result = asio::error::would_block;
    start([&result](error_code code, auto&&...) { result = code; });
    io.restart();
    io.run();
    return result;
  }

  [[nodiscard]] Error Describe(error_code code, Stage stage, bool is_fresh) const {
    const bool is_timeout = code == beast::error::timeout;
    const Refusal refusal = connection == nullptr ? Refusal{} : connection->refusal;
    return DescribeFailure({code, stage, is_fresh, is_timeout}, refusal, peer);
  }

  Result<std::vector<tcp::endpoint>> Resolve() {
    error_code code;
    const asio::ip::address address = asio::ip::make_address(options.host, code);
    if (!code) {
      return std::vector{tcp::endpoint(address, options.port)};
    }
    tcp::resolver resolver(io);
    const auto found = resolver.resolve(options.host, std::to_string(options.port), code);
    if (code) {
      return Describe(code, Stage::kResolve, true);
    }
    return std::vector<tcp::endpoint>(found.begin(), found.end());
  }

  Result<void> Connect() {
    if (!tls.ok()) {
      return tls.error();
    }
    MUSUBI_TRY(const std::vector<tcp::endpoint> endpoints, Resolve());
    connection = std::make_unique<Connection>(io, tls.value()->context());
    beast::tcp_stream& socket = connection->stream.next_layer();
    connection->ExpiresAfter(options.connect_timeout_ms);
    error_code code = Await([&](auto done) { socket.async_connect(endpoints, done); });
    if (code) {
      return Describe(code, Stage::kConnect, true);
    }
    socket.socket().set_option(tcp::no_delay(true), code);
    connection->ExpiresAfter(options.connect_timeout_ms);
    code = Await([&](auto done) {
      connection->stream.async_handshake(asio::ssl::stream_base::client, done);
    });
    X509* leaf = code ? nullptr : SSL_get1_peer_certificate(connection->stream.native_handle());
    if (leaf == nullptr) {
      return Describe(code, Stage::kHandshake, true);
    }
    connection->check.emplace(trust, crypto::Certificate::Adopt(leaf));
    return Ok();
  }

  // Nothing is owed to us now, so anything to read (an end, an alert) means that it is over.
  [[nodiscard]] bool IsUsable() const {
    if (connection == nullptr || !connection->check->Check().ok()) {
      return false;
    }
    pollfd descriptor{connection->stream.next_layer().socket().native_handle(), POLLIN, 0};
    return ::poll(&descriptor, 1, 0) == 0;
  }

  error_code Write(const Body& head, const Request& request) {
    connection->ExpiresAfter(options.request_timeout_ms);
    const error_code code =
        Await([&](auto done) { asio::async_write(connection->stream, asio::buffer(head), done); });
    if (code || request.body.size() <= kSmallBodySize) {
      return code;
    }
    return Await([&](auto done) {
      asio::async_write(connection->stream, asio::buffer(request.body), done);
    });
  }

  error_code Read(Parser& parser) {
    parser.header_limit(kHeaderSizeMax);
    parser.body_limit(options.response_size_max);
    error_code code = Await([&](auto done) {
      beast::http::async_read_header(connection->stream, connection->buffer, parser, done);
    });
    if (!code && !parser.is_done()) {
      connection->buffer.reserve(kBufferSize);
      code = Await([&](auto done) {
        beast::http::async_read(connection->stream, connection->buffer, parser, done);
      });
    }
    if (connection->buffer.size() == 0) {  // wiped now, not when the connection ends
      connection->buffer.clear();
      connection->buffer.shrink_to_fit();
    }
    return code;
  }

  struct Try {
    Result<Response> result;
    bool is_unanswered = false;  // not a byte of an answer came
  };

  // An early refusal (413, an alert) can break our writing before it is read, so a failed write is
  // followed by a read; the read knows more.
  Try Exchange(const Body& head, const Request& request, bool is_fresh) {
    const error_code written = Write(head, request);
    if (written == beast::error::timeout) {
      return {Describe(written, Stage::kExchange, is_fresh)};
    }
    Parser parser;
    error_code code = Read(parser);
    if (code == beast::http::error::body_limit || code == beast::http::error::header_limit) {
      return {Error{ErrorCode::kExhausted, "the answer of " + peer + " is too large"}};
    }
    if (code) {
      const bool is_unanswered = !parser.got_some() && code != beast::error::timeout;
      return {Describe(code, Stage::kExchange, is_fresh), is_unanswered};
    }
    const bool is_kept = parser.get().keep_alive() && !written;
    Response response = Taken(parser);
    if (!is_kept) {
      connection.reset();
    }
    return {std::move(response)};
  }

  Result<Response> Send(const Request& request) {
    MUSUBI_TRY(const Body head, MakeRequestHead(request, host));
    if (IsUsable()) {
      Try kept = Exchange(head, request, false);
      const bool is_repeated = !kept.result.ok() && kept.is_unanswered && IsSafeToRepeat(request) &&
                               kept.result.error().code == ErrorCode::kUnavailable;
      if (!is_repeated) {
        return Finished(std::move(kept.result));
      }
    }
    connection.reset();
    if (Result<void> connected = Connect(); !connected.ok()) {
      connection.reset();
      return std::move(connected).error();
    }
    return Finished(Exchange(head, request, true).result);
  }

  Result<Response> Finished(Result<Response> result) {
    if (!result.ok()) {
      connection.reset();
    } else {
      CompareClocks(result.value());
    }
    return result;
  }

  void CompareClocks(const Response& response) {
    const Result<Instant> theirs = ParseHttpDate(response.header("date"));
    if (is_clock_reported || !theirs.ok()) {
      return;
    }
    const auto ahead = theirs.value() - SystemClock().Now();
    if (ahead > kClockTolerance || ahead < -kClockTolerance) {
      is_clock_reported = true;
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(ahead).count();
      ops::LogWarning(
          "http.clock.differs", {{"peer", options.peer_id}, {"ahead_seconds", seconds}}
      );
    }
  }

  ClientOptions options;
  std::shared_ptr<const crypto::Trust> trust;
  Result<std::unique_ptr<TlsContext>> tls;
  std::string host;
  std::string peer;
  bool is_clock_reported = false;
  asio::io_context io{1};
  std::unique_ptr<Connection> connection;
};

Client::Client(
    ClientOptions options,
    const crypto::Identity& identity,
    std::shared_ptr<const crypto::Trust> trust
)
    : state_(std::make_unique<State>(std::move(options), identity, std::move(trust))) {
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail for SIGPIPE
}

Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

Result<Response> Client::Send(const Request& request) {
  try {
    return state_->Send(request);
  } catch (const std::exception&) {
    state_->connection.reset();
    return Error{ErrorCode::kInternal, "the call to " + state_->peer + " failed on our side"};
  }
}

void Client::Close() {
  state_->connection.reset();
}

}  // namespace musubi::http
