// An authority, its nodes and a running server on loopback, for tests.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "crypto/certificate.h"
#include "http/client.h"
#include "http/server.h"

namespace musubi::http {

class SchemeForTest {
 public:
  SchemeForTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "musubi-http-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    authority_ = MakeAuthority("authority");
    trust_ = TrustOf("authority");
  }

  SchemeForTest(const SchemeForTest&) = delete;
  SchemeForTest& operator=(const SchemeForTest&) = delete;

  ~SchemeForTest() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] std::unique_ptr<crypto::Authority> MakeAuthority(const std::string& name) const {
    return std::make_unique<crypto::Authority>(
        crypto::Authority::Create(folder_ / name, name, Now()).value()
    );
  }

  [[nodiscard]] std::shared_ptr<const crypto::Trust> TrustOf(const std::string& name) const {
    return crypto::Trust::Load(folder_ / name / "authority.pem", folder_ / name / "crl.pem")
        .value();
  }

  [[nodiscard]] crypto::Identity Issue(const std::string& id) const {
    return authority_->Issue(id, Now()).value();
  }

  // Ran out an hour ago.
  [[nodiscard]] crypto::Identity IssueExpired(const std::string& id) const {
    return authority_->Issue(id, Now() - std::chrono::hours(48), std::chrono::hours(47)).value();
  }

  void Revoke(const crypto::Identity& identity) const {
    ASSERT_TRUE(authority_->Revoke(identity.certificate.serial(), Now()).ok());
  }

  [[nodiscard]] static Instant Now() { return SystemClock().Now(); }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  [[nodiscard]] const std::shared_ptr<const crypto::Trust>& trust() const { return trust_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<crypto::Authority> authority_;
  std::shared_ptr<const crypto::Trust> trust_;
};

inline Request Get(const std::string& path) {
  Request request;
  request.method = "GET";
  request.path = path;
  return request;
}

inline Request Post(const std::string& path, std::string_view body, const std::string& key = {}) {
  Request request;
  request.method = "POST";
  request.path = path;
  request.body = MakeBody(body);
  if (!key.empty()) {
    request.headers["idempotency-key"] = key;
  }
  return request;
}

// The routes most tests use; `calls` counts what reached a handler.
inline Router EchoRouter(std::atomic<int>& calls) {
  Router router;
  router.Handle("GET", "/v1/items/{id}", {"terminal", "hub"}, [&calls](const Request& request) {
    ++calls;
    const auto word = request.query.find("word");
    Response response = TextResponse(request.parameters.at("id"), "text/plain");
    response.headers["x-word"] = word == request.query.end() ? "none" : word->second;
    response.headers["x-peer"] = request.peer.id;
    return response;
  });
  router.Handle("POST", "/v1/echo", {"terminal"}, [&calls](const Request& request) {
    ++calls;
    return TextResponse(request.body_text(), kOctets);
  });
  router.Handle("GET", "/v1/throw", {"terminal"}, [](const Request&) -> Response {
    throw std::runtime_error("secret words");
  });
  return router;
}

// A scheme with one server ("hub") and one caller ("terminal-133033").
class HttpTest : public testing::Test {
 protected:
  void Start(ServerOptions options) { Start(std::move(options), EchoRouter(calls_)); }

  void Start(ServerOptions options, Router router) {
    auto started = Server::Start(std::move(options), hub_, scheme_.trust(), std::move(router));
    ASSERT_TRUE(started.ok()) << started.error().Text();
    server_ = std::move(started).value();
  }

  void Start() { Start(ServerOptions{}); }

  [[nodiscard]] ClientOptions Options() const {
    ClientOptions options;
    options.port = server_ == nullptr ? 0 : server_->port();
    options.peer_id = "hub";
    return options;
  }

  [[nodiscard]] Client MakeClient(const crypto::Identity& identity) const {
    return Client(Options(), identity, scheme_.trust());
  }

  [[nodiscard]] Client MakeClient() const { return MakeClient(terminal_); }

  SchemeForTest scheme_;
  crypto::Identity hub_ = scheme_.Issue("hub");
  crypto::Identity terminal_ = scheme_.Issue("terminal-133033");
  std::atomic<int> calls_ = 0;
  std::unique_ptr<Server> server_;
};

}  // namespace musubi::http
