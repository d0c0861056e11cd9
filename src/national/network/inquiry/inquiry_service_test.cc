// The network with its doors open: over mutual TLS, with a provider and a hub that are servers.
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "audit/record_proof.h"
#include "base/io.h"
#include "http/server.h"
#include "national/network/inquiry/exchange_for_test.h"
#include "national/network/scheme_for_test.h"
#include "national/network/service.h"

namespace musubi::national::network {

namespace {

using exchange::InquiryOutcome;
using exchange::InquiryQuestion;

class InquiryServiceTest : public testing::Test {
 protected:
  InquiryServiceTest() : providers_(SystemClock()) {
    MUSUBI_CHECK(MakeFolder(scheme_.folder("network")).ok());
    MUSUBI_CHECK(WriteFile(scheme_.folder("network") / "institutions.csv", kDirectoryForTest).ok());
    provider_ = StartNode("institution-131016");
    hub_ = StartNode("hub");
    Start();
  }

  // A node that answers whatever the network sends.
  std::unique_ptr<http::Server> StartNode(const std::string& id) {
    http::Router router;
    for (const std::string path : {"/v1/provisions", "/v1/correction-notices"}) {
      router.Handle("POST", path, {"network"}, [this, id, path](const http::Request& request) {
        auto lines = providers_.Post(id, path, request.body_text());
        http::Response response;
        response.content_type = http::kCsv;
        response.body = std::move(lines).value();
        return response;
      });
    }
    return http::Server::Start({}, scheme_.IdentityOf(id), scheme_.trust(), std::move(router))
        .value();
  }

  void Start() {
    service_.reset();
    const auto peer = [](const std::string& id, const http::Server& server) {
      return "[peers." + id + "]\naddress = \"127.0.0.1:" + std::to_string(server.port()) + "\"\n";
    };
    auto started = Service::Start(scheme_.ConfigOf(
        "network",
        0,
        "[network]\ninstitutions = \"network/institutions.csv\"\ninquiry_minutes = 5\n" +
            peer("hub", *hub_) + peer("institution-131016", *provider_)
    ));
    MUSUBI_CHECK(started.ok());
    service_ = std::move(started).value();
  }

  http::Response Call(const std::string& id, const http::Request& request) {
    constexpr http::RetryPolicy kPatient{.first_ms = 1, .most_ms = 10, .patience_ms = 20000};
    http::Client client = scheme_.ClientOf(id, "network", service_->port());
    auto response = http::SendWithRetry(client, request, kPatient);
    EXPECT_TRUE(response.ok()) << response.error().Text();
    return response.ok() ? std::move(response).value() : http::Response{};
  }

  http::Response Post(const std::string& id, const std::string& path, const std::string& body) {
    return Call(id, SchemeForTest::Post(path, body, "key"));
  }

  static std::string LineOf(const InquiryQuestion& question) {
    SecretVector<char> line;
    AppendLine(question, line);
    return {line.data(), line.size()};
  }

  std::vector<exchange::InquiryResult> Ask(const std::string& lines) {
    const http::Response response = Post("hub", "/v1/inquiries", lines);
    EXPECT_EQ(response.status, 200) << response.body_text();
    return exchange::ReadInquiryResults(response.body_text()).value();
  }

  SchemeForTest scheme_;
  ProvidersForTest providers_;
  std::unique_ptr<http::Server> provider_;
  std::unique_ptr<http::Server> hub_;
  std::unique_ptr<Service> service_;
};

TEST_F(InquiryServiceTest, AQuestionGoesThroughAndComesBackTheSameAfterARestart) {
  const std::string line = LineOf(ExchangeForTest::Question(1));
  const auto first = Ask(line);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].outcome, InquiryOutcome::kAnswered);
  Start();
  EXPECT_EQ(Ask(line), first);
  EXPECT_EQ(providers_.replies_.size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(scheme_.folder("network") / "exchange.db"));
}

TEST_F(InquiryServiceTest, LostAndRefusedCallsDoubleNothing) {
  scheme_.SetFaults("network", "lose_answer = 0.4\nbusy = 0.2\nseed = 5\n");
  for (std::uint32_t i = 0; i < 20; ++i) {
    EXPECT_EQ(Ask(LineOf(ExchangeForTest::Question(i)))[0].outcome, InquiryOutcome::kAnswered);
  }
  scheme_.SetFaults("network", "");
  EXPECT_EQ(providers_.replies_.size(), 20U);
  http::Request request;
  request.method = "GET";
  request.path = "/log/checkpoint";
  const auto checkpoint = ledger::OpenCheckpoint(
      Call("hub", request).body_text(),
      ledger::VerifierKey::Parse(ReadFile(scheme_.folder("network") / "log.vkey").value()).value()
  );
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.error().Text();
  EXPECT_EQ(checkpoint->checkpoint.size, 20U);
}

TEST_F(InquiryServiceTest, AProviderThatWentAwayIsNotWaitedForLong) {
  provider_->Stop();
  EXPECT_EQ(Ask(LineOf(ExchangeForTest::Question(1)))[0].outcome, InquiryOutcome::kInProgress);
}

TEST_F(InquiryServiceTest, ThePortalGetsRecordsAndAProof) {
  const std::string record_code = "12345678901";
  const auto codes = Post("portal", "/v1/institution-codes", record_code + "\r\n");
  ASSERT_EQ(codes.status, 200);
  const std::string portal_code(codes.body_text().substr(0, 32));
  InquiryQuestion question = ExchangeForTest::Question(1);
  MUSUBI_CHECK(ReadHex(portal_code, question.code));
  // The hub's code of the same person.
  const auto master = ReadFile(scheme_.folder("network") / "master.key").value();
  LinkageCodes(*FromHex(std::string_view(master).substr(0, 64)))
      .Translate({"portal", 1}, {"hub", 1}, question.code);
  static_cast<void>(Ask(LineOf(question)));
  const auto shown =
      Post("portal", "/v1/provision-records", R"({"code":")" + portal_code + R"(","proof":true})");
  ASSERT_EQ(shown.status, 200) << shown.body_text();
  const auto object = boost::json::parse(shown.body_text()).as_object();
  EXPECT_EQ(object.at("records").as_array().size(), 1U);
  const auto proof = audit::ParseRecordProof(boost::json::serialize(object.at("proof")));
  const auto list = audit::VerifyRecordProof(
      proof.value(),
      ledger::VerifierKey::Parse(ReadFile(scheme_.folder("network") / "log.vkey").value()).value()
  );
  ASSERT_TRUE(list.ok()) << list.error().Text();
  EXPECT_EQ(list->records.size(), 1U);
}

TEST_F(InquiryServiceTest, ACorrectionReachesTheInquirersSystem) {
  const InquiryQuestion question = ExchangeForTest::Question(1);
  static_cast<void>(Ask(LineOf(question)));
  const std::string line = ToHex(question.id) + ",2026-11-22T03:00:00.000Z\r\n";
  EXPECT_EQ(Post("hub", "/v1/corrections", line).status, 403);
  EXPECT_EQ(Post("institution-131016", "/v1/corrections", line).status, 200);
  for (int i = 0; i < 200 && providers_.NoticesOf("hub").empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(providers_.NoticesOf("hub"), line);
}

TEST_F(InquiryServiceTest, OnlyTheRightRoleMayCall) {
  const auto status = [this](const std::string& id, const std::string& path) {
    return Post(id, path, "").status;
  };
  for (const char* id : {"jlis", "support", "terminal-133033", "insurer-133033"}) {
    for (const char* path :
         {"/v1/inquiries", "/v1/corrections", "/v1/institution-codes", "/v1/provision-records"}) {
      EXPECT_EQ(status(id, path), 403) << id << path;
    }
  }
  EXPECT_EQ(status("hub", "/v1/institution-codes"), 403);
  EXPECT_EQ(status("hub", "/v1/provision-records"), 403);
  EXPECT_EQ(status("institution-131016", "/v1/provision-records"), 403);
  InquiryQuestion question = ExchangeForTest::Question(1);
  question.subject.inquirer = "institution-131016";
  EXPECT_EQ(Post("hub", "/v1/inquiries", LineOf(question)).status, 403);
}

TEST_F(InquiryServiceTest, MalformedRequestsAreRefused) {
  EXPECT_EQ(Post("hub", "/v1/inquiries", "x").status, 400);
  EXPECT_EQ(Post("hub", "/v1/corrections", "x").status, 400);
  EXPECT_EQ(Post("portal", "/v1/institution-codes", "1234567890\r\n").status, 400);
  for (const char* body :
       {"",
        "[]",
        "{}",
        R"({"code":1})",
        R"({"code":"12"})",
        R"({"code":"00000000000000000000000000000000","proof":1})",
        R"({"code":"00000000000000000000000000000000","first_index":-1})"}) {
    EXPECT_EQ(Post("portal", "/v1/provision-records", body).status, 400) << body;
  }
}

TEST_F(InquiryServiceTest, ABrokenDirectoryStopsTheStart) {
  service_->Stop();
  MUSUBI_CHECK(WriteFile(scheme_.folder("network") / "institutions.csv", "id\n").ok());
  const auto started = Service::Start(
      scheme_.ConfigOf("network", 0, "[network]\ninstitutions = \"network/institutions.csv\"\n")
  );
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().place, "institutions.csv:1: heading");
}

}  // namespace

}  // namespace musubi::national::network
