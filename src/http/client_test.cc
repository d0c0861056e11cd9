#include "http/client.h"

#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include "base/io.h"
#include "http/scheme_for_test.h"
#include "http/wire.h"
#include "ops/log.h"

namespace musubi::http {
namespace {

using testing::HasSubstr;
namespace asio = boost::asio;

class ClientTest : public HttpTest {};

TEST_F(ClientTest, NobodyAtTheAddressIsSaidPlainly) {
  Start();
  Client client = MakeClient();
  server_->Stop();
  server_.reset();
  const Error error = client.Send(Get("/healthz")).error();
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("hub at 127.0.0.1:"));
  EXPECT_THAT(error.message, HasSubstr("does not answer: is it running?"));
}

TEST_F(ClientTest, SlowAnswerIsATimeout) {
  Router router;
  router.Handle("GET", "/v1/slow", {"terminal"}, [](const Request&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    return JsonResponse("{}");
  });
  Start({}, std::move(router));
  ClientOptions options = Options();
  options.request_timeout_ms = 100;
  Client client(options, terminal_, scheme_.trust());
  const Error error = client.Send(Get("/v1/slow")).error();
  EXPECT_EQ(error.code, ErrorCode::kTimeout);
  EXPECT_THAT(error.message, HasSubstr("gave no answer in time"));
}

TEST_F(ClientTest, AnswerOverTheLimitIsRefused) {
  Start();
  ClientOptions options = Options();
  options.response_size_max = 1000;
  Client client(options, terminal_, scheme_.trust());
  const Result<Response> over = client.Send(Post("/v1/echo", std::string(1001, 'x')));
  ASSERT_FALSE(over.ok());
  EXPECT_EQ(over.error().code, ErrorCode::kExhausted);
  EXPECT_TRUE(client.Send(Post("/v1/echo", std::string(1000, 'x'))).ok());
}

TEST_F(ClientTest, ServerRestartedBetweenTwoRequestsIsNotNoticed) {
  Start();
  Client client = MakeClient();
  ASSERT_TRUE(client.Send(Post("/v1/echo", "a")).ok());
  ServerOptions options;
  options.port = server_->port();
  server_.reset();
  Start(std::move(options));
  const Result<Response> response = client.Send(Post("/v1/echo", "b"));
  ASSERT_TRUE(response.ok()) << response.error().Text();
  EXPECT_EQ(response.value().body_text(), "b");
}

TEST_F(ClientTest, ClosedConnectionIsOpenedAnew) {
  Start();
  Client client = MakeClient();
  ASSERT_TRUE(client.Send(Get("/v1/items/1")).ok());
  client.Close();
  EXPECT_TRUE(client.Send(Get("/v1/items/1")).ok());
}

TEST_F(ClientTest, HeaderThatWouldEndTheLineIsRefusedBeforeSending) {
  Start();
  Client client = MakeClient();
  Request request = Get("/v1/items/1");
  request.headers["x-bad"] = "a\r\nx-role: hub";
  EXPECT_EQ(client.Send(request).error().code, ErrorCode::kUsage);
  EXPECT_EQ(calls_, 0);
}

// Answers with 503 until it has been asked `busy` times.
Router BusyRouter(std::atomic<int>& calls, int busy) {
  Router router;
  const auto handler = [&calls, busy](const Request&) {
    return ++calls <= busy ? ProblemResponse({ErrorCode::kUnavailable, "busy"})
                           : JsonResponse("{}");
  };
  router.Handle("POST", "/v1/work", {"terminal"}, handler);
  return router;
}

TEST_F(ClientTest, RetryGoesOnUntilTheOtherSideIsFree) {
  Start({}, BusyRouter(calls_, 3));
  Client client = MakeClient();
  const Result<Response> response =
      SendWithRetry(client, Post("/v1/work", "", "key"), {.first_ms = 1, .most_ms = 4});
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response.value().status, 200);
  EXPECT_EQ(calls_, 4);
}

TEST_F(ClientTest, RetryEndsWithItsPatienceAndTellsTheLastAnswer) {
  Start({}, BusyRouter(calls_, 1000000));
  Client client = MakeClient();
  const RetryPolicy policy{.first_ms = 5, .most_ms = 10, .patience_ms = 1000};
  const Result<Response> response = SendWithRetry(client, Post("/v1/work", "", "key"), policy);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response.value().status, 503);
  EXPECT_GT(calls_, 2);
}

TEST_F(ClientTest, RetryStopsWhenAsked) {
  Start({}, BusyRouter(calls_, 1000000));
  Client client = MakeClient();
  const Result<Response> response =
      SendWithRetry(client, Post("/v1/work", "", "key"), {}, [this] { return calls_ >= 2; });
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(calls_, 2);
}

TEST_F(ClientTest, RetryDoesNotRepeatARefusalOrAnUnsafeRequest) {
  Start({}, BusyRouter(calls_, 1000000));
  Client client = MakeClient();
  EXPECT_EQ(SendWithRetry(client, Post("/v1/work", ""), {}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(calls_, 0);
  Client expired = MakeClient(scheme_.IssueExpired("terminal-133033"));
  EXPECT_EQ(SendWithRetry(expired, Get("/healthz"), {}).error().code, ErrorCode::kRefused);
}

// A hub that says one prepared thing to whoever comes, once.
class ScriptedServer {
 public:
  ScriptedServer(const crypto::Identity& identity, std::string answer)
      : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}), answer_(std::move(answer)) {
    SSL_CTX_use_certificate(context_.native_handle(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.native_handle(), identity.key.get());
    thread_ = std::thread([this] { Run(); });
  }

  ~ScriptedServer() { thread_.join(); }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void Run() {
    boost::system::error_code code;
    asio::ssl::stream<asio::ip::tcp::socket> stream(acceptor_.accept(io_, code), context_);
    stream.handshake(asio::ssl::stream_base::server, code);
    std::string request(1000, '\0');
    stream.read_some(asio::buffer(request), code);
    asio::write(stream, asio::buffer(answer_), code);
  }

  asio::io_context io_;
  asio::ssl::context context_{asio::ssl::context::tls_server};
  asio::ip::tcp::acceptor acceptor_;
  std::string answer_;
  std::thread thread_;
};

class ScriptedTest : public HttpTest {
 protected:
  Result<Response> AnswerTo(const std::string& answer) {
    ScriptedServer server(hub_, answer);
    ClientOptions options = Options();
    options.port = server.port();
    Client client(options, terminal_, scheme_.trust());
    return client.Send(Get("/healthz"));
  }

  std::string LogOfAnswer(const std::string& date) {
    const std::filesystem::path log = scheme_.folder() / "log";
    std::filesystem::remove(log);
    EXPECT_TRUE(ops::SetLogFile(log).ok());
    EXPECT_TRUE(AnswerTo("HTTP/1.1 200 OK\r\ndate: " + date + "\r\ncontent-length: 0\r\n\r\n").ok()
    );
    EXPECT_TRUE(ops::SetLogFile("/dev/stderr").ok());
    return ReadFile(log).value();
  }
};

TEST_F(ScriptedTest, ClockThatDiffersByMoreThanFiveMinutesIsWarnedAbout) {
  const Instant now = SchemeForTest::Now();
  EXPECT_THAT(LogOfAnswer(FormatHttpDate(now)), testing::Not(HasSubstr("http.clock.differs")));
  EXPECT_THAT(
      LogOfAnswer(FormatHttpDate(now - std::chrono::minutes(6))), HasSubstr("http.clock.differs")
  );
  EXPECT_THAT(
      LogOfAnswer(FormatHttpDate(now + std::chrono::minutes(6))), HasSubstr("http.clock.differs")
  );
}

TEST_F(ScriptedTest, HalfAnAnswerAndNonsenseAreUnavailable) {
  for (const char* answer : {
           "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc",
           "HTTP/1.1 200 OK\r\nconte",
           "ehlo\r\n\r\n",
           "",
       }) {
    const Result<Response> response = AnswerTo(answer);
    ASSERT_FALSE(response.ok()) << answer;
    EXPECT_EQ(response.error().code, ErrorCode::kUnavailable) << answer;
  }
}

}  // namespace
}  // namespace musubi::http
