#include "http/tls.h"

#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include "base/io.h"
#include "http/scheme_for_test.h"
#include "ops/log.h"

namespace musubi::http {
namespace {

using testing::HasSubstr;
namespace asio = boost::asio;

class TlsTest : public HttpTest {
 protected:
  // A client of OpenSSL alone, which does not mind whom it talks to. Returns what came back, or the
  // reason of the first failure.
  std::string RawExchange(int version, const crypto::Identity* identity) const {
    asio::io_context io;
    asio::ssl::context context(asio::ssl::context::tls_client);
    SSL_CTX_set_max_proto_version(context.native_handle(), version);
    if (identity != nullptr) {
      SSL_CTX_use_certificate(context.native_handle(), identity->certificate.get());
      SSL_CTX_use_PrivateKey(context.native_handle(), identity->key.get());
    }
    asio::ssl::stream<asio::ip::tcp::socket> stream(io, context);
    boost::system::error_code code;
    stream.next_layer().connect({asio::ip::address_v4::loopback(), server_->port()}, code);
    stream.handshake(asio::ssl::stream_base::client, code);
    if (code) {
      return code.message();
    }
    asio::write(stream, asio::buffer(std::string("GET /healthz HTTP/1.1\r\n\r\n")), code);
    std::string answer(1000, '\0');
    const std::size_t size = stream.read_some(asio::buffer(answer), code);
    return code ? code.message() : answer.substr(0, size);
  }

  [[nodiscard]] Error RefusalOf(const crypto::Identity& identity) const {
    Client client = MakeClient(identity);
    const Result<Response> response = client.Send(Get("/healthz"));
    return response.ok() ? Error{ErrorCode::kInternal, "was answered"} : response.error();
  }
};

TEST_F(TlsTest, GoodCertificateOverTls13IsServed) {
  Start();
  EXPECT_THAT(RawExchange(TLS1_3_VERSION, &terminal_), HasSubstr("200 OK"));
}

TEST_F(TlsTest, ClientWithoutACertificateIsRefused) {
  Start();
  EXPECT_THAT(RawExchange(TLS1_3_VERSION, nullptr), HasSubstr("certificate required"));
  EXPECT_EQ(calls_, 0);
}

TEST_F(TlsTest, Tls12IsRefused) {
  Start();
  EXPECT_THAT(RawExchange(TLS1_2_VERSION, &terminal_), HasSubstr("protocol version"));
}

TEST_F(TlsTest, ExpiredClientIsToldToRenewAndToLookAtTheClock) {
  Start();
  const Error error = RefusalOf(scheme_.IssueExpired("terminal-133033"));
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("refuses our certificate: it has expired"));
  EXPECT_THAT(error.advice, HasSubstr("clock"));
}

TEST_F(TlsTest, RevokedClientIsToldSo) {
  Start();
  const crypto::Identity revoked = scheme_.Issue("terminal-133033");
  scheme_.Revoke(revoked);
  const Error error = RefusalOf(revoked);
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("refuses our certificate: it has been revoked"));
}

TEST_F(TlsTest, ClientOfAnotherAuthorityIsRefused) {
  Start();
  const auto other = scheme_.MakeAuthority("other");
  const Error error = RefusalOf(other->Issue("terminal-133033", SchemeForTest::Now()).value());
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("another authority"));
}

TEST_F(TlsTest, RefusalsAreLoggedWithTheReasonButNotWithAStrangersName) {
  Start();
  const std::filesystem::path log = scheme_.folder() / "log";
  ASSERT_TRUE(ops::SetLogFile(log).ok());
  const auto other = scheme_.MakeAuthority("other");
  const auto stranger = other->Issue("terminal-999999", SchemeForTest::Now()).value();
  EXPECT_EQ(RefusalOf(stranger).code, ErrorCode::kRefused);
  EXPECT_EQ(RefusalOf(scheme_.IssueExpired("terminal-133033")).code, ErrorCode::kRefused);
  // The alert reaches us a moment before the server has written its line.
  std::string text;
  for (int i = 0; i < 200 && text.find("expired") == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    text = ReadFile(log).value();
  }
  ASSERT_TRUE(ops::SetLogFile("/dev/stderr").ok());
  EXPECT_THAT(text, HasSubstr(R"("event":"http.peer.refused","reason":)"));
  EXPECT_THAT(text, HasSubstr("another authority"));
  EXPECT_THAT(text, HasSubstr(R"(expired","peer":"terminal-133033")"));
  EXPECT_THAT(text, testing::Not(HasSubstr("999999")));
}

TEST_F(TlsTest, ExpiredServerIsRefusedByTheClient) {
  hub_ = scheme_.IssueExpired("hub");
  Start();
  const Error error = RefusalOf(terminal_);
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("hub at 127.0.0.1:"));
  EXPECT_THAT(error.message, HasSubstr("expired"));
  EXPECT_THAT(error.advice, HasSubstr("clock"));
}

TEST_F(TlsTest, RevokedServerIsRefusedByTheClient) {
  scheme_.Revoke(hub_);
  Start();
  const Error error = RefusalOf(terminal_);
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("revoked"));
}

TEST_F(TlsTest, ServerOfAnotherNameIsRefusedByTheClient) {
  hub_ = scheme_.Issue("support");
  Start();
  const Error error = RefusalOf(terminal_);
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("it is the certificate of support, not of hub"));
}

TEST_F(TlsTest, ServerOfAnotherAuthorityIsRefusedByTheClient) {
  Start();
  const auto other = scheme_.MakeAuthority("other");
  Client client(
      Options(),
      other->Issue("terminal-133033", SchemeForTest::Now()).value(),
      scheme_.TrustOf("other")
  );
  const Error error = client.Send(Get("/healthz")).error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("another authority"));
}

TEST_F(TlsTest, CertificateNotYetValidSendsOnesLookToTheClock) {
  SchemeForTest scheme;
  const auto future = SchemeForTest::Now() + std::chrono::hours(100);
  auto authority = crypto::Authority::Open(scheme.folder() / "authority").value();
  hub_ = authority.Issue("hub", future).value();
  auto started = Server::Start({}, hub_, scheme.trust(), EchoRouter(calls_));
  ASSERT_TRUE(started.ok());
  server_ = std::move(started).value();
  Client client(Options(), scheme.Issue("terminal-133033"), scheme.trust());
  const Error error = client.Send(Get("/healthz")).error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("not yet valid"));
  EXPECT_THAT(error.advice, HasSubstr("check this machine's clock"));
}

TEST_F(TlsTest, RevocationEndsAKeptAliveConnectionAtItsNextRequest) {
  Start();
  Client client = MakeClient();
  ASSERT_EQ(client.Send(Get("/v1/items/1")).value().status, 200);
  ASSERT_EQ(client.Send(Get("/v1/items/2")).value().status, 200);
  scheme_.Revoke(terminal_);
  const Result<Response> refused = client.Send(Get("/v1/items/3"));
  const Error error = refused.ok() ? ErrorOfProblem(refused.value()) : refused.error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_THAT(error.message, HasSubstr("revoked"));
  const Error again = client.Send(Get("/v1/items/4")).error();
  EXPECT_THAT(again.message, HasSubstr("refuses our certificate: it has been revoked"));
  EXPECT_EQ(calls_, 2);
}

TEST_F(TlsTest, ListThatRevokesSomebodyElseDoesNotDisturbAConnection) {
  Start();
  Client client = MakeClient();
  ASSERT_EQ(client.Send(Get("/v1/items/1")).value().status, 200);
  scheme_.Revoke(scheme_.Issue("terminal-999999"));
  EXPECT_EQ(client.Send(Get("/v1/items/2")).value().status, 200);
}

TEST_F(TlsTest, RevokedServerIsNotTalkedToOverAKeptAliveConnectionEither) {
  Start();
  Client client = MakeClient();
  ASSERT_EQ(client.Send(Get("/v1/items/1")).value().status, 200);
  scheme_.Revoke(hub_);
  const Error error = client.Send(Get("/v1/items/2")).error();
  EXPECT_EQ(error.code, ErrorCode::kRefused);
  EXPECT_EQ(calls_, 1);
}

TEST_F(TlsTest, SessionsAreNeverResumed) {
  Start();
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX_use_certificate(context.native_handle(), terminal_.certificate.get());
  SSL_CTX_use_PrivateKey(context.native_handle(), terminal_.key.get());
  asio::io_context io;
  asio::ssl::stream<asio::ip::tcp::socket> stream(io, context);
  stream.next_layer().connect({asio::ip::address_v4::loopback(), server_->port()});
  stream.handshake(asio::ssl::stream_base::client);
  asio::write(stream, asio::buffer(std::string("GET /healthz HTTP/1.1\r\n\r\n")));
  std::string answer(1000, '\0');
  stream.read_some(asio::buffer(answer));
  EXPECT_EQ(SSL_SESSION_is_resumable(SSL_get0_session(stream.native_handle())), 0);
}

}  // namespace
}  // namespace musubi::http
