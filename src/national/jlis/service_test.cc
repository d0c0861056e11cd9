#include "national/jlis/service.h"

#include <gtest/gtest.h>

#include "http/server.h"
#include "national/jlis/residents_for_test.h"
#include "national/jlis/routes.h"
#include "national/network/scheme_for_test.h"

namespace musubi::national::jlis {

namespace {

const std::string kNumber(32, 'a');

// Beside jlis stands a network that says `linked` to everything.
class JlisServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    StartNetwork(0);
    const std::string more =
        "[peers.network]\naddress = \"127.0.0.1:" + std::to_string(network_->port()) +
        "\"\n[jlis]\nresidents = \"" + residents_.path().string() + "\"\n";
    auto started = Service::Start(scheme_.ConfigOf("jlis", 0, more));
    ASSERT_TRUE(started.ok()) << started.error().Text();
    service_ = std::move(started).value();
  }

  void StartNetwork(std::uint16_t port, const std::string& id = "network") {
    http::Router router;
    router.Handle("POST", "/v1/links", {"jlis"}, [this](const http::Request& request) {
      key_ = request.header("idempotency-key");
      return http::TextResponse(kNumber + ",linked\r\n", http::kCsv);
    });
    http::ServerOptions options;
    options.port = port;
    network_ =
        http::Server::Start(options, scheme_.IdentityOf(id), scheme_.trust(), router).value();
  }

  http::Response Ask(const std::string& id, const std::string& key = "chunk-1") {
    http::Client client = scheme_.ClientOf(id, "jlis", service_->port());
    auto response = client.Send(
        SchemeForTest::Post("/v1/resolutions", kNumber + ",1979-03-12," + NumberOf(1) + "\r\n", key)
    );
    EXPECT_TRUE(response.ok()) << response.error().Text();
    return response.ok() ? std::move(response).value() : http::Response{};
  }

  ResidentFile residents_{ResidentLine("00000000011", NumberOf(1), "1979-03-12")};
  SchemeForTest scheme_;
  std::string key_;
  std::unique_ptr<http::Server> network_;
  std::unique_ptr<Service> service_;
};

TEST_F(JlisServiceTest, AsksTheNetworkUnderTheSameKey) {
  EXPECT_EQ(Ask("support").body_text(), kNumber + ",linked\r\n");
  EXPECT_EQ(key_, "chunk-1");
}

TEST_F(JlisServiceTest, OnlySupportMayAsk) {
  for (const char* id : {"hub", "network", "terminal-133033", "insurer-133033"}) {
    EXPECT_EQ(Ask(id).status, 403);
  }
}

TEST_F(JlisServiceTest, ARequestWithoutKeyIsRefused) {
  EXPECT_EQ(Ask("support", "").status, 400);
}

TEST_F(JlisServiceTest, IsUnavailableWhileTheNetworkIsAwayAndWorksWhenItIsBack) {
  const std::uint16_t port = network_->port();
  network_.reset();
  EXPECT_EQ(Ask("support").status, 503);
  StartNetwork(port);
  EXPECT_EQ(Ask("support").status, 200);
}

TEST_F(JlisServiceTest, AnotherNodeInTheNetworksPlaceIsNotTalkedTo) {
  const std::uint16_t port = network_->port();
  network_.reset();
  StartNetwork(port, "support");
  EXPECT_EQ(Ask("support").status, 503);
  EXPECT_EQ(key_, "");
}

TEST_F(JlisServiceTest, AnswersQueriesByAttributesToSupportAlone) {
  const std::string line = "P1,架空 花子,カクウ ハナコ,1979-03-12,2,架空県見本市1-2-3\r\n";
  http::Client client = scheme_.ClientOf("support", "jlis", service_->port());
  const auto response = client.Send(SchemeForTest::Post("/v1/resident-queries", line));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->body_text(), "P1,agree," + NumberOf(1) + ",,,\r\n");
  http::Client insurer = scheme_.ClientOf("insurer-133033", "jlis", service_->port());
  const auto refused = insurer.Send(SchemeForTest::Post("/v1/verifications", line));
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->status, 403);
}

TEST_F(JlisServiceTest, WithoutAMatchIndexQueriesByAttributesAreUnavailable) {
  const std::string more = "[peers.network]\naddress = \"127.0.0.1:1\"\n[jlis]\nresidents = \"" +
                           residents_.path().string() + "\"\nmatch_index = false\n";
  auto started = Service::Start(scheme_.ConfigOf("jlis", 0, more));
  ASSERT_TRUE(started.ok()) << started.error().Text();
  http::Client client = scheme_.ClientOf("support", "jlis", (*started)->port());
  for (const char* path :
       {"/v1/resident-queries",
        "/v1/verifications",
        "/v1/address-look-ups",
        "/v1/resident-query-packages",
        "/v1/verification-packages"}) {
    const auto response = client.Send(SchemeForTest::Post(path, ""));
    ASSERT_TRUE(response.ok());
    EXPECT_EQ(response->status, 503);
  }
}

TEST_F(JlisServiceTest, AddressesAndPackagesAreAnsweredToSupportAlone) {
  const std::string line = "P1," + NumberOf(1) + ",1979-03-12\r\n";
  http::Client client = scheme_.ClientOf("support", "jlis", service_->port());
  const auto response = client.Send(SchemeForTest::Post("/v1/address-look-ups", line));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->body_text(), "P1,found,架空県見本市1-2-3\r\n");
  const auto broken = client.Send(SchemeForTest::Post("/v1/verification-packages", "x"));
  ASSERT_TRUE(broken.ok());
  EXPECT_EQ(broken->status, 400);
  http::Client insurer = scheme_.ClientOf("insurer-133033", "jlis", service_->port());
  for (const char* path :
       {"/v1/address-look-ups", "/v1/resident-query-packages", "/v1/verification-packages"}) {
    const auto refused = insurer.Send(SchemeForTest::Post(path, line));
    ASSERT_TRUE(refused.ok());
    EXPECT_EQ(refused->status, 403) << path;
  }
}

TEST_F(JlisServiceTest, NumbersAreNotInProblems) {
  http::Client client = scheme_.ClientOf("support", "jlis", service_->port());
  const auto response = client.Send(SchemeForTest::Post("/v1/resolutions", NumberOf(1), "a"));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->status, 400);
  EXPECT_EQ(response->body_text().find(NumberOf(1)), std::string_view::npos);
}

TEST(JlisDescription, IsTheDocumentOfTheFormatsFolder) {
  const std::filesystem::path root =
      std::filesystem::path(__FILE__).parent_path() / "../../../docs/formats/openapi";
  EXPECT_EQ(ReadFile(root / "jlis.json").value(), OpenApiDocument());
}

}  // namespace

}  // namespace musubi::national::jlis
