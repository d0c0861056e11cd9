#include "national/network/service.h"

#include <gtest/gtest.h>

#include "http/server.h"
#include "national/network/routes.h"
#include "national/network/scheme_for_test.h"

namespace musubi::national::network {

namespace {

constexpr http::RetryPolicy kPatient{.first_ms = 1, .most_ms = 10, .patience_ms = 20000};

class NetworkServiceTest : public testing::Test {
 protected:
  void SetUp() override { Start(0); }

  void Start(std::uint16_t port) {
    service_.reset();
    const ops::Config config =
        scheme_.ConfigOf("network", port, "[network]\nprocessing_number_minutes = 60\n");
    auto started = Service::Start(config);
    ASSERT_TRUE(started.ok()) << started.error().Text();
    service_ = std::move(started).value();
  }

  http::Response Call(const std::string& id, const http::Request& request) {
    http::Client client = scheme_.ClientOf(id, "network", service_->port());
    // Without a key nothing is tried again.
    auto response = request.header("idempotency-key").empty()
                        ? client.Send(request)
                        : http::SendWithRetry(client, request, kPatient);
    EXPECT_TRUE(response.ok()) << response.error().Text();
    return response.ok() ? std::move(response).value() : http::Response{};
  }

  SchemeForTest scheme_;
  std::unique_ptr<Service> service_;
};

TEST_F(NetworkServiceTest, NumbersAreLinkedFetchedAndErased) {
  const auto issued =
      Call("hub", SchemeForTest::Post("/v1/processing-numbers", R"({"count":2})", "a"));
  ASSERT_EQ(issued.status, 200);
  EXPECT_TRUE(ParseInstant(issued.header("x-expires")).ok());
  const std::string number(issued.body_text().substr(0, 32));
  const auto linked =
      Call("jlis", SchemeForTest::Post("/v1/links", number + ",00000000011\r\n", "a"));
  EXPECT_EQ(linked.body_text(), number + ",linked\r\n");
  const std::string block = R"({"block":")" + std::string(issued.header("x-block")) + R"("})";
  Start(service_->port());
  const auto codes = Call("hub", SchemeForTest::Post("/v1/codes", block, "c"));
  EXPECT_EQ(codes.status, 200);
  EXPECT_EQ(codes.body_text().size(), 67U);
  EXPECT_EQ(
      Call("hub", SchemeForTest::Post("/v1/codes/acknowledge", block, "c")).body_text(), "{}"
  );
  EXPECT_EQ(Call("hub", SchemeForTest::Post("/v1/codes", block, "c")).status, 412);
}

TEST_F(NetworkServiceTest, OnlyTheRightRoleMayCall) {
  const std::string count = R"({"count":1})";
  for (const char* id : {"jlis", "support", "terminal-133033", "insurer-133033"}) {
    EXPECT_EQ(Call(id, SchemeForTest::Post("/v1/processing-numbers", count, "a")).status, 403);
    EXPECT_EQ(Call(id, SchemeForTest::Post("/v1/codes", "{}")).status, 403);
    EXPECT_EQ(Call(id, SchemeForTest::Post("/v1/codes/acknowledge", "{}")).status, 403);
  }
  for (const char* id : {"hub", "support", "terminal-133033"}) {
    EXPECT_EQ(Call(id, SchemeForTest::Post("/v1/links", "", "a")).status, 403);
  }
}

TEST_F(NetworkServiceTest, MalformedRequestsAreRefused) {
  for (const char* body :
       {"", "[]", "{}", R"({"count":"1"})", R"({"count":0})", R"({"count":1.5})"}) {
    EXPECT_EQ(Call("hub", SchemeForTest::Post("/v1/processing-numbers", body, "a")).status, 400)
        << body;
  }
  EXPECT_EQ(
      Call("hub", SchemeForTest::Post("/v1/processing-numbers", R"({"count":1})")).status, 400
  );
  EXPECT_EQ(Call("jlis", SchemeForTest::Post("/v1/links", "x", "a")).status, 400);
  EXPECT_EQ(Call("hub", SchemeForTest::Post("/v1/codes", R"({"block":1})")).status, 400);
  EXPECT_EQ(Call("hub", SchemeForTest::Post("/v1/codes", R"({"block":"x"})")).status, 404);
}

TEST_F(NetworkServiceTest, LostAnswersChangeNothing) {
  scheme_.SetFaults("network", "lose_answer = 0.5\nseed = 3\n");
  const auto issued =
      Call("hub", SchemeForTest::Post("/v1/processing-numbers", R"({"count":20})", "a"));
  for (std::size_t i = 0; i < 20; ++i) {
    const std::string number(issued.body_text().substr(i * 34, 32));
    const auto linked = Call(
        "jlis", SchemeForTest::Post("/v1/links", number + ",00000000011\r\n", std::to_string(i))
    );
    EXPECT_EQ(linked.body_text(), number + ",linked\r\n");
  }
  const std::string block = R"({"block":")" + std::string(issued.header("x-block")) + R"("})";
  EXPECT_EQ(
      Call("hub", SchemeForTest::Post("/v1/codes", block, "c")).body_text().size(), 20U * 67U
  );
  EXPECT_EQ(Call("hub", SchemeForTest::Post("/v1/codes/acknowledge", block, "c")).status, 200);
}

TEST_F(NetworkServiceTest, IsReadyAndDescribesItself) {
  http::Request request;
  request.method = "GET";
  request.path = "/readyz";
  EXPECT_EQ(Call("hub", request).status, 200);
  request.path = "/openapi.json";
  EXPECT_EQ(Call("hub", request).body_text(), OpenApiDocument());
}

TEST_F(NetworkServiceTest, AMasterKeyThatWentAwayIsNotReplaced) {
  service_->Stop();
  std::filesystem::remove(scheme_.folder("network") / "master.key");
  const auto again = Service::Start(scheme_.ConfigOf("network", 0, ""));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(scheme_.folder("network") / "master.key"));
}

TEST_F(NetworkServiceTest, UnknownKeysAreRefused) {
  EXPECT_FALSE(Service::Start(scheme_.ConfigOf("network", 0, "[network]\nminutes = 60\n")).ok());
}

TEST(NetworkDescription, IsTheDocumentOfTheFormatsFolder) {
  const std::filesystem::path root =
      std::filesystem::path(__FILE__).parent_path() / "../../../docs/formats/openapi";
  EXPECT_EQ(ReadFile(root / "network.json").value(), OpenApiDocument());
}

}  // namespace

}  // namespace musubi::national::network
