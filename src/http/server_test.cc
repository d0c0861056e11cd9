#include "http/server.h"

#include <chrono>
#include <thread>

#include <arpa/inet.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <gmock/gmock.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/scheme_for_test.h"

namespace musubi::http {
namespace {

using testing::HasSubstr;
namespace asio = boost::asio;

class ServerTest : public HttpTest {};

TEST_F(ServerTest, HandlerSeesPathQueryAndPeer) {
  Start();
  Client client = MakeClient();
  Request request = Get("/v1/items/a b");
  request.query["word"] = "結び & co=1";
  const Result<Response> response = client.Send(request);
  ASSERT_TRUE(response.ok()) << response.error().Text();
  EXPECT_EQ(response.value().status, 200);
  EXPECT_EQ(response.value().body_text(), "a b");
  EXPECT_EQ(response.value().content_type, "text/plain");
  EXPECT_EQ(response.value().header("x-word"), "結び & co=1");
  EXPECT_EQ(response.value().header("x-peer"), "terminal-133033");
}

TEST_F(ServerTest, ThousandRequestsGoOverOneConnection) {
  Start();
  Client client = MakeClient();
  for (int i = 0; i < 1000; ++i) {
    const Result<Response> response = client.Send(Get("/v1/items/" + std::to_string(i)));
    ASSERT_TRUE(response.ok()) << response.error().Text();
    ASSERT_EQ(response.value().body_text(), std::to_string(i));
  }
  EXPECT_EQ(calls_, 1000);
}

TEST_F(ServerTest, BigBodiesGoBothWaysUnchanged) {
  Start();
  Client client = MakeClient();
  for (const std::size_t size : {0U, 1U, 4096U, 4097U, 70000U, 8U << 20U, 33U << 20U}) {
    Request request = Post("/v1/echo", "");
    request.body.resize(size);
    for (std::size_t i = 0; i < size; ++i) {
      request.body[i] = static_cast<char>(i * 31 + i / 257);
    }
    const Result<Response> response = client.Send(request);
    ASSERT_TRUE(response.ok()) << response.error().Text();
    ASSERT_EQ(response.value().status, 200);
    ASSERT_TRUE(response.value().body_text() == request.body_text()) << size;
  }
}

TEST_F(ServerTest, UnknownPathIs404AndWrongMethodIs405) {
  Start();
  Client client = MakeClient();
  EXPECT_EQ(client.Send(Get("/v1/nothing")).value().status, 404);
  const Response wrong = client.Send(Get("/v1/echo")).value();
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("allow"), "POST");
  EXPECT_EQ(client.Send(Get("/v1/items/")).value().status, 404);
}

TEST_F(ServerTest, RoleWithoutPermissionIs403) {
  Start();
  Client client = MakeClient(scheme_.Issue("insurer-133033"));
  const Response response = client.Send(Get("/v1/items/1")).value();
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(ErrorOfProblem(response).code, ErrorCode::kRefused);
  EXPECT_EQ(calls_, 0);
}

TEST_F(ServerTest, BodyOverTheLimitIs413AndReachesNoHandler) {
  ServerOptions options;
  options.body_size_max = 1000;
  Start(std::move(options));
  Client client = MakeClient();
  const Result<Response> over = client.Send(Post("/v1/echo", std::string(1001, 'x')));
  ASSERT_TRUE(over.ok()) << over.error().Text();
  EXPECT_EQ(over.value().status, 413);
  const Result<Response> far_over = client.Send(Post("/v1/echo", std::string(20U << 20U, 'x')));
  ASSERT_TRUE(far_over.ok()) << far_over.error().Text();
  EXPECT_EQ(far_over.value().status, 413);
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(client.Send(Post("/v1/echo", std::string(1000, 'x'))).value().status, 200);
}

TEST_F(ServerTest, OverlongHeadIsRefused) {
  Start();
  Client client = MakeClient();
  Request request = Get("/v1/items/1");
  request.headers["x-long"] = std::string(20000, 'x');
  EXPECT_EQ(client.Send(request).value().status, 400);
  EXPECT_EQ(calls_, 0);
}

TEST_F(ServerTest, ThrowingHandlerIs500AndTheServerGoesOn) {
  Start();
  Client client = MakeClient();
  const Response response = client.Send(Get("/v1/throw")).value();
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(std::string(response.body_text()), testing::Not(HasSubstr("secret")));
  EXPECT_EQ(client.Send(Get("/v1/items/1")).value().status, 200);
}

TEST_F(ServerTest, ReadinessTellsTheReasonAndHealthDoesNotCare) {
  ServerOptions options;
  std::atomic<bool> is_ready = false;
  options.ready = [&is_ready]() -> Result<void> {
    if (!is_ready) {
      return Error{ErrorCode::kPrecondition, "the store is not open"};
    }
    return Ok();
  };
  options.openapi = R"({"openapi":"3.1.0"})";
  Start(std::move(options));
  Client client = MakeClient(scheme_.Issue("support"));
  const Response not_ready = client.Send(Get("/readyz")).value();
  EXPECT_EQ(not_ready.status, 503);
  EXPECT_EQ(ErrorOfProblem(not_ready).message, "the store is not open");
  EXPECT_EQ(client.Send(Get("/healthz")).value().status, 200);
  is_ready = true;
  EXPECT_EQ(client.Send(Get("/readyz")).value().status, 200);
  EXPECT_EQ(client.Send(Get("/openapi.json")).value().body_text(), R"({"openapi":"3.1.0"})");
}

TEST_F(ServerTest, MetricsCountByPatternNotByPath) {
  Start();
  Client client = MakeClient();
  ASSERT_TRUE(client.Send(Get("/v1/items/987654")).ok());
  const std::string text(client.Send(Get("/metrics")).value().body_text());
  EXPECT_THAT(
      text, HasSubstr(R"(musubi_http_requests_total{route="/v1/items/{id}",status="200"})")
  );
  EXPECT_THAT(text, HasSubstr("musubi_http_request_microseconds_total{route="));
  EXPECT_THAT(text, testing::Not(HasSubstr("987654")));
}

TEST_F(ServerTest, TakenAddressIsUnavailable) {
  Start();
  ServerOptions options;
  options.port = server_->port();
  const auto second = Server::Start(std::move(options), hub_, scheme_.trust(), Router());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

// Connects and sends nothing; returns how long the server bore it.
std::chrono::milliseconds TimeUntilCutOff(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const timeval limit{20, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  char byte = 0;
  EXPECT_LE(::recv(descriptor, &byte, 1, 0), 0);
  ::close(descriptor);
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start
  );
}

TEST_F(ServerTest, SilentStrangerIsCutOff) {
  ServerOptions options;
  options.idle_timeout_ms = 200;
  Start(std::move(options));
  const auto borne = TimeUntilCutOff(server_->port());
  EXPECT_GE(borne, std::chrono::milliseconds(150));
  EXPECT_LT(borne, std::chrono::seconds(5));
}

// A good client that announces a body and then falls silent.
TEST_F(ServerTest, BodyThatDoesNotComeIsCutOff) {
  ServerOptions options;
  options.request_timeout_ms = 200;
  Start(std::move(options));
  asio::io_context io;
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX_use_certificate(context.native_handle(), terminal_.certificate.get());
  SSL_CTX_use_PrivateKey(context.native_handle(), terminal_.key.get());
  asio::ssl::stream<asio::ip::tcp::socket> stream(io, context);
  stream.next_layer().connect({asio::ip::address_v4::loopback(), server_->port()});
  stream.handshake(asio::ssl::stream_base::client);
  const std::string head = "POST /v1/echo HTTP/1.1\r\ncontent-length: 10\r\n\r\nabc";
  asio::write(stream, asio::buffer(head));
  const auto start = std::chrono::steady_clock::now();
  std::string answer(100, '\0');
  boost::system::error_code code;
  EXPECT_EQ(stream.read_some(asio::buffer(answer), code), 0U);
  EXPECT_TRUE(code);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(calls_, 0);
}

TEST_F(ServerTest, IdleConnectionIsClosedAndTheClientOpensAnother) {
  ServerOptions options;
  options.idle_timeout_ms = 100;
  Start(std::move(options));
  Client client = MakeClient();
  ASSERT_TRUE(client.Send(Post("/v1/echo", "x")).ok());
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  const Result<Response> again = client.Send(Post("/v1/echo", "y"));
  ASSERT_TRUE(again.ok()) << again.error().Text();
  EXPECT_EQ(again.value().body_text(), "y");
}

TEST_F(ServerTest, ConnectionsOverTheLimitAreClosed) {
  ServerOptions options;
  options.connections_max = 2;
  Start(std::move(options));
  Client first = MakeClient();
  Client second = MakeClient();
  ASSERT_TRUE(first.Send(Get("/v1/items/1")).ok());
  ASSERT_TRUE(second.Send(Get("/v1/items/1")).ok());
  Client third = MakeClient();
  const Result<Response> refused = third.Send(Get("/v1/items/1"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  first.Close();
  EXPECT_TRUE(SendWithRetry(third, Get("/v1/items/1"), {}).ok());
}

TEST_F(ServerTest, ManyClientsAtOnceAreAllAnswered) {
  Start();
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([this, thread, &good] {
      Client client = MakeClient();
      for (int i = 0; i < 50; ++i) {
        const std::string text = std::to_string(thread * 1000 + i);
        const Result<Response> response = client.Send(Post("/v1/echo", text));
        good += response.ok() && response.value().body_text() == text ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(good, 400);
}

Router SlowRouter(std::atomic<int>& started, std::chrono::milliseconds time) {
  Router router;
  router.Handle("POST", "/v1/slow", {"terminal"}, [&started, time](const Request&) {
    ++started;
    std::this_thread::sleep_for(time);
    return JsonResponse("{}");
  });
  return router;
}

TEST_F(ServerTest, StopLetsRunningHandlersFinishAndRefusesNewWork) {
  std::atomic<int> started = 0;
  Start({}, SlowRouter(started, std::chrono::milliseconds(300)));
  Client idle = MakeClient();
  ASSERT_TRUE(idle.Send(Get("/healthz")).ok());
  Result<Response> answer = Error{};
  std::thread caller([&] {
    Client client = MakeClient();
    answer = client.Send(Post("/v1/slow", ""));
  });
  while (started == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  server_->Stop();
  caller.join();
  ASSERT_TRUE(answer.ok()) << answer.error().Text();
  EXPECT_EQ(answer.value().status, 200);
  EXPECT_EQ(idle.Send(Get("/healthz")).error().code, ErrorCode::kUnavailable);
  server_->Stop();  // twice is no harm
}

TEST_F(ServerTest, StopDoesNotWaitLongerThanItsLimitForAnswers) {
  ServerOptions options;
  options.stop_ms = 50;
  options.handler_threads = 1;
  std::atomic<int> started = 0;
  Start(std::move(options), SlowRouter(started, std::chrono::milliseconds(400)));
  std::vector<std::thread> callers;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      Client client = MakeClient();
      failed += client.Send(Post("/v1/slow", "")).ok() ? 0 : 1;
    });
  }
  while (started == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  server_->Stop();
  server_.reset();
  for (std::thread& caller : callers) {
    caller.join();
  }
  EXPECT_EQ(failed, 4);
  EXPECT_EQ(started, 1);  // those that waited for the one thread were not begun
}

}  // namespace
}  // namespace musubi::http
