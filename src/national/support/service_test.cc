#include "national/support/service.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "http/server.h"
#include "national/network/scheme_for_test.h"
#include "national/support/openapi.h"

namespace musubi::national::support {

namespace {

const std::string kNumber(32, 'a');

// Behind the gateway stands a jlis that finds nobody, after `slow_` milliseconds.
class SupportServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    http::Router router;
    router.Handle("POST", "/v1/resolutions", {"support"}, [this](const http::Request&) {
      most_ = std::max(most_.load(), ++running_);
      std::this_thread::sleep_for(std::chrono::milliseconds(slow_ms_));
      --running_;
      return http::TextResponse(kNumber + ",not-found\r\n", http::kCsv);
    });
    jlis_ = http::Server::Start({}, scheme_.IdentityOf("jlis"), scheme_.trust(), router).value();
    const std::string more =
        "[peers.jlis]\naddress = \"127.0.0.1:" + std::to_string(jlis_->port()) + "\"\n";
    auto started = Service::Start(scheme_.ConfigOf("support", 0, more));
    ASSERT_TRUE(started.ok()) << started.error().Text();
    service_ = std::move(started).value();
  }

  http::Response Ask(const std::string& id) {
    http::Client client = scheme_.ClientOf(id, "support", service_->port());
    auto response = client.Send(
        SchemeForTest::Post("/v1/acquisitions", kNumber + ",1979-03-12,0\r\n", "chunk-1")
    );
    EXPECT_TRUE(response.ok()) << response.error().Text();
    return response.ok() ? std::move(response).value() : http::Response{};
  }

  SchemeForTest scheme_;
  int slow_ms_ = 0;
  std::atomic<int> running_ = 0;
  std::atomic<int> most_ = 0;
  std::unique_ptr<http::Server> jlis_;
  std::unique_ptr<Service> service_;
};

TEST_F(SupportServiceTest, AnswersOfJlisComeThrough) {
  EXPECT_EQ(Ask("hub").body_text(), kNumber + ",not-found\r\n");
}

TEST_F(SupportServiceTest, OnlyTheHubMayAsk) {
  for (const char* id : {"jlis", "network", "terminal-133033", "insurer-133033"}) {
    EXPECT_EQ(Ask(id).status, 403);
  }
}

TEST_F(SupportServiceTest, OnlyInsurersLookUpAddressesAndSendPackages) {
  for (const char* path :
       {"/v1/address-look-ups", "/v1/resident-query-packages", "/v1/verification-packages"}) {
    for (const char* id : {"hub", "terminal-133033", "jlis"}) {
      http::Client client = scheme_.ClientOf(id, "support", service_->port());
      const auto response = client.Send(SchemeForTest::Post(path, "", "key"));
      ASSERT_TRUE(response.ok());
      EXPECT_EQ(response->status, 403) << path;
    }
    http::Client client = scheme_.ClientOf("insurer-133033", "support", service_->port());
    const auto response = client.Send(SchemeForTest::Post(path, "", "key"));
    ASSERT_TRUE(response.ok());
    EXPECT_EQ(response->status, 404) << path;  // of this jlis, which knows resolutions only
  }
}

TEST_F(SupportServiceTest, TwoRequestsRunSideBySide) {
  slow_ms_ = 500;
  std::thread other([this] { EXPECT_EQ(Ask("hub").status, 200); });
  EXPECT_EQ(Ask("hub").status, 200);
  other.join();
  EXPECT_EQ(most_, 2);
}

TEST_F(SupportServiceTest, IsUnavailableWhileJlisIsAway) {
  jlis_.reset();
  EXPECT_EQ(Ask("hub").status, 503);
}

TEST_F(SupportServiceTest, ABusyGatewaySaysSo) {
  scheme_.SetFaults("support", "busy = 1.0\n");
  EXPECT_EQ(Ask("hub").status, 503);
}

TEST_F(SupportServiceTest, NothingOfARequestIsKept) {
  EXPECT_EQ(Ask("hub").status, 200);
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(scheme_.folder("support"))) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(name == "node.pem" || name == "node.key") << name;
  }
}

TEST(SupportDescription, IsTheDocumentOfTheFormatsFolder) {
  const std::filesystem::path root =
      std::filesystem::path(__FILE__).parent_path() / "../../../docs/formats/openapi";
  EXPECT_EQ(ReadFile(root / "support.json").value(), OpenApiDocument());
}

}  // namespace

}  // namespace musubi::national::support
