#include "national/institution/service.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <thread>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "crypto/sealed_package.h"
#include "http/server.h"
#include "inquiry/clerk.h"
#include "national/institution/records_for_test.h"
#include "national/institution/routes.h"
#include "national/network/scheme_for_test.h"

namespace musubi::national::institution {
namespace {

namespace json = boost::json;
using exchange::InquiryOutcome;
using inquiry::Clerk;
using inquiry::Question;
using namespace std::chrono_literals;

constexpr std::string_view kTax = "local-tax,income,1,2026,2026-06-01,2027-05-31,,income=3000000";
const std::string kSelf = "institution-131016";

// Beside the institution stands a network that gives codes, answers every question with a sealed
// package of institution-06139992 and remembers corrections.
class InstitutionServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    StartNetwork(0);
    PutRecords(Line(1, kTax) + Line(2, "public-assistance,,1,aid,,,manual,granted-on=2026-01-01"));
    StartService();
  }

  void StartNetwork(std::uint16_t port) {
    http::Router router;
    router.Handle("POST", "/v1/institution-codes", {"institution"}, [this](const auto& request) {
      return Codes(request.body_text());
    });
    router.Handle("POST", "/v1/inquiries", {"institution"}, [this](const auto& request) {
      return Results(request.body_text());
    });
    router.Handle("POST", "/v1/corrections", {"institution"}, [this](const auto& request) {
      const std::scoped_lock lock(mutex_);
      corrections_ += request.body_text();
      return http::JsonResponse("{}");
    });
    http::ServerOptions options;
    options.port = port;
    network_ = http::Server::Start(options, scheme_.IdentityOf("network"), scheme_.trust(), router)
                   .value();
  }

  http::Response Codes(std::string_view lines) {
    ++code_calls_;
    std::string answer;
    for (; lines.size() >= 13; lines.remove_prefix(13)) {
      answer += ToHex(CodeOf(lines.substr(0, 11))) + "\r\n";
    }
    return http::TextResponse(answer, http::kCsv);
  }

  http::Response Results(std::string_view lines) {
    SecretVector<char> answer;
    const auto questions = exchange::ReadInquiryQuestions(lines);
    EXPECT_TRUE(questions.ok());
    for (const auto& question : questions.value()) {
      exchange::InquiryResult result;
      result.id = question.id;
      result.provider = "institution-06139992";
      result.outcome = InquiryOutcome::kAnswered;
      result.requested_at = SystemClock().Now();
      result.provided_at = result.requested_at;
      result.items = "insured-status:1";
      result.answer = Seal(
          R"({"inquiry":")" + ToHex(answered_id_ == Code16{} ? question.id : answered_id_) +
              R"(","records":[]})",
          question.recipient
      );
      exchange::AppendLine(result, answer);
    }
    return http::TextResponse({answer.data(), answer.size()}, http::kCsv);
  }

  std::string Seal(const std::string& content, const std::string& recipient) {
    MemorySink sink;
    const auto certificate = crypto::Certificate::FromDer(AsBytes(recipient)).value();
    auto writer = crypto::SealingWriter::Create(
                      sink, scheme_.IdentityOf(signer_), certificate, SystemClock().Now()
    )
                      .value();
    EXPECT_TRUE(writer->Write(AsBytes(content)).ok());
    EXPECT_TRUE(writer->Finish().ok());
    return std::string(AsText(sink.bytes()));
  }

  void PutRecords(const std::string& lines) {
    ASSERT_TRUE(MakeFolder(scheme_.folder(kSelf)).ok());
    ASSERT_TRUE(WriteFile(scheme_.folder(kSelf) / "records.csv", kHeadingLine + lines).ok());
  }

  ops::Config Config(std::uint16_t port) {
    std::string more = "[peers.network]\naddress = \"127.0.0.1:" + std::to_string(network_port_()) +
                       "\"\n[institution]\nkinds = [\"municipality\"]\nname = \"a\"\nrecords = \"" +
                       kSelf + "/records.csv\"\nlook_every_ms = 20\n";
    const std::string toml = "[node]\nid = \"" + kSelf + "\"\n";
    ops::Config plain = scheme_.ConfigOf(kSelf, port, more);  // writes certificate and key
    const std::filesystem::path folder = scheme_.folder(kSelf).parent_path();
    return ops::Config::Parse(
               toml + "folder = \"" + kSelf + "\"\nlisten = \"127.0.0.1:" + std::to_string(port) +
                   "\"\nmode = \"test\"\nstore = \"sqlite:" + kSelf + "/store.db\"\n[tls]\n" +
                   "certificate = \"" + kSelf + "/node.pem\"\nkey = \"" + kSelf +
                   "/node.key\"\nauthority = \"authority/authority.pem\"\n" +
                   "crl = \"authority/crl.pem\"\n" + more,
               folder / (kSelf + ".toml")
    )
        .value();
  }

  void StartService(bool wait = true) {
    auto started = Service::Start(Config(0));
    ASSERT_TRUE(started.ok()) << started.error().Text();
    service_ = std::move(started).value();
    if (wait) {
      ASSERT_TRUE(Until([this] { return Get("hub", "/readyz").status == 200; }));
    }
  }

  static bool Until(const std::function<bool()>& is_true) {
    for (int i = 0; i < 500; ++i) {
      if (is_true()) {
        return true;
      }
      std::this_thread::sleep_for(20ms);
    }
    return false;
  }

  http::Response Send(const std::string& id, const http::Request& request) {
    http::Client client = scheme_.ClientOf(id, kSelf, service_->port());
    auto response = client.Send(request);
    EXPECT_TRUE(response.ok()) << response.error().Text();
    return response.ok() ? std::move(response).value() : http::Response{.status = 0};
  }

  http::Response Get(const std::string& id, const std::string& path) {
    http::Request request;
    request.method = "GET";
    request.path = path;
    return Send(id, request);
  }

  static std::string OrderLine(const exchange::InquiryOrder& order) {
    SecretVector<char> lines;
    exchange::AppendLine(order, lines);
    return {lines.data(), lines.size()};
  }

  exchange::InquiryOrder Order(std::uint8_t id, int person, const std::string& information) {
    exchange::InquiryOrder order;
    order.id = Code16{id};
    order.salt = Code16{1};
    order.code = CodeOf(ResidentOf(person));
    order.subject.inquirer = "association-133033";
    order.subject.provider = kSelf;
    order.subject.procedure = "nhi-benefits";
    order.subject.information = information;
    order.basis = "provision-order-2024:69:71";
    order.requested_at = SystemClock().Now();
    order.expires_at = order.requested_at + 600s;
    const Bytes der = scheme_.IdentityOf("terminal-133033").certificate.Der();
    order.recipient = AsText(der);
    return order;
  }

  exchange::InquiryReply Provide(const exchange::InquiryOrder& order) {
    const auto response =
        Send("network", SchemeForTest::Post("/v1/provisions", OrderLine(order), "k"));
    EXPECT_EQ(response.status, 200) << response.body_text();
    auto replies = exchange::ReadInquiryReplies(response.body_text());
    EXPECT_TRUE(replies.ok() && replies->size() == 1);
    return replies.ok() && replies->size() == 1 ? replies->front() : exchange::InquiryReply{};
  }

  std::string OpenAs(const std::string& id, const std::string& answer, std::string& signer) {
    MemorySource source(AsBytes(answer));
    std::string text;
    const auto opened = crypto::OpenPackage(
        source,
        scheme_.IdentityOf(id),
        *scheme_.trust(),
        SystemClock().Now(),
        [&text](BytesView piece) -> Result<void> {
          text += AsText(piece);
          return Ok();
        }
    );
    EXPECT_TRUE(opened.ok()) << opened.error().Text();
    signer = opened.ok() ? opened->signer.id() : "";
    return text;
  }

  std::unique_ptr<Clerk> MakeClerk() { return Clerk::Open(Config(service_->port())).value(); }

  std::string Corrections() {
    const std::scoped_lock lock(mutex_);
    return corrections_;
  }

  SchemeForTest scheme_;
  std::mutex mutex_;
  std::string corrections_;
  std::string signer_ = "institution-06139992";
  Code16 answered_id_{};  // zero: the one that was asked
  std::atomic<int> code_calls_ = 0;
  std::unique_ptr<http::Server> network_;
  std::function<std::uint16_t()> network_port_ = [this] { return network_->port(); };
  std::unique_ptr<Service> service_;
};

TEST_F(InstitutionServiceTest, AnOrderIsAnsweredUnderSealToWhoeverAsked) {
  const auto reply = Provide(Order(1, 1, "local-tax"));
  EXPECT_EQ(reply.outcome, InquiryOutcome::kAnswered);
  EXPECT_EQ(reply.items, "income:1");
  std::string signer;
  const std::string text = OpenAs("terminal-133033", reply.answer, signer);
  EXPECT_EQ(signer, kSelf);
  EXPECT_NE(text.find("3000000"), std::string::npos);
  EXPECT_EQ(text.find(ResidentOf(1)), std::string::npos);
  EXPECT_EQ(reply.answer.find("3000000"), std::string::npos);
}

TEST_F(InstitutionServiceTest, WhatIsNotHeldIsSaidSo) {
  EXPECT_EQ(Provide(Order(1, 3, "local-tax")).outcome, InquiryOutcome::kNothingHeld);
  EXPECT_EQ(Provide(Order(2, 1, "resident-record")).outcome, InquiryOutcome::kNothingHeld);
}

TEST_F(InstitutionServiceTest, OnlyTheNetworkOrdersAndOnlyTheInstitutionSitsAtItsDesk) {
  for (const char* id : {"hub", "institution-06139992", "terminal-133033"}) {
    EXPECT_EQ(Send(id, SchemeForTest::Post("/v1/provisions", "", "k")).status, 403) << id;
    EXPECT_EQ(Send(id, SchemeForTest::Post("/v1/correction-notices", "", "k")).status, 403) << id;
    EXPECT_EQ(Get(id, "/v1/desk/inquiries").status, 403) << id;
    EXPECT_EQ(Get(id, "/v1/desk/waiting").status, 403) << id;
  }
  EXPECT_EQ(Get(kSelf, "/v1/desk/inquiries").status, 200);
  EXPECT_EQ(Get("network", "/v1/desk/waiting").status, 403);
}

TEST_F(InstitutionServiceTest, AManualOrderWaitsUntilAPersonReleasesIt) {
  const auto order = Order(1, 2, "public-assistance");
  EXPECT_FALSE(exchange::IsFinal(Provide(order).outcome));
  const auto clerk = MakeClerk();
  const auto waiting = clerk->Waiting();
  ASSERT_TRUE(waiting.ok()) << waiting.error().Text();
  const auto& list = waiting->at("waiting").as_array();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].at("person").as_string(), "P2");
  const std::string id(list[0].at("id").as_string());
  EXPECT_EQ(id, ToHex(order.id));
  const auto released = clerk->Release(id, "clerk-7");
  ASSERT_TRUE(released.ok()) << released.error().Text();
  EXPECT_EQ(Provide(order).outcome, InquiryOutcome::kAnswered);
  EXPECT_EQ(clerk->Release(id, "clerk-7").error().code, ErrorCode::kNotFound);
}

TEST_F(InstitutionServiceTest, AManualOrderThatIsRefusedIsNotDisclosed) {
  const auto order = Order(1, 2, "public-assistance");
  EXPECT_FALSE(exchange::IsFinal(Provide(order).outcome));
  ASSERT_TRUE(MakeClerk()->Refuse(ToHex(order.id), "clerk-7").ok());
  EXPECT_EQ(Provide(order).outcome, InquiryOutcome::kNotDisclosed);
}

Question AskAbout(const std::string& person) {
  return {
      .id = Clerk::DrawId(),
      .person = person,
      .procedure = "public-assistance-work",
      .information = "insured-status",
      .provider = "institution-06139992",
      .from = "",
      .to = ""
  };
}

TEST_F(InstitutionServiceTest, AClerkAsksAndOpensTheAnswer) {
  const auto clerk = MakeClerk();
  const Question question = AskAbout("P1");
  ASSERT_TRUE(clerk->Ask(question).ok());
  const auto waited = clerk->Wait(question.id, 10s);
  ASSERT_TRUE(waited.ok()) << waited.error().Text();
  EXPECT_EQ(waited->at("outcome").as_string(), "answered");
  EXPECT_FALSE(waited->contains("answer"));
  const auto answer = clerk->Answer(question.id, "clerk-7");
  ASSERT_TRUE(answer.ok()) << answer.error().Text();
  EXPECT_EQ(answer->at("content").at("inquiry").as_string(), question.id);
  EXPECT_EQ(answer->at("person").as_string(), "P1");
  const auto again = clerk->Ask(question);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->at("outcome").as_string(), "answered");
}

TEST_F(InstitutionServiceTest, AnAnswerSignedByAnotherNodeIsRefused) {
  signer_ = "institution-999999";
  const auto clerk = MakeClerk();
  const Question question = AskAbout("P1");
  ASSERT_TRUE(clerk->Ask(question).ok());
  ASSERT_TRUE(clerk->Wait(question.id, 10s).ok());
  EXPECT_EQ(clerk->Answer(question.id, "").error().code, ErrorCode::kRefused);
}

TEST_F(InstitutionServiceTest, AnAnswerToAnotherInquiryIsRefused) {
  answered_id_ = Code16{9};
  const auto clerk = MakeClerk();
  const Question question = AskAbout("P1");
  ASSERT_TRUE(clerk->Ask(question).ok());
  ASSERT_TRUE(clerk->Wait(question.id, 10s).ok());
  EXPECT_EQ(clerk->Answer(question.id, "").error().code, ErrorCode::kRefused);
}

TEST_F(InstitutionServiceTest, SomebodyTheRecordsDoNotHoldCannotBeAskedAbout) {
  const auto clerk = MakeClerk();
  EXPECT_EQ(clerk->Ask(AskAbout("P9")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(clerk->Answer(Clerk::DrawId(), "").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(clerk->Answer("../waiting", "").error().code, ErrorCode::kUsage);
}

TEST_F(InstitutionServiceTest, ANoticeOfACorrectionMarksTheInquiry) {
  const auto clerk = MakeClerk();
  const Question question = AskAbout("P1");
  ASSERT_TRUE(clerk->Ask(question).ok());
  ASSERT_TRUE(clerk->Wait(question.id, 10s).ok());
  const std::string line = question.id + ",2026-11-22T04:05:06.789Z\r\n";
  EXPECT_EQ(Send("network", SchemeForTest::Post("/v1/correction-notices", line, "k")).status, 200);
  const auto listed = clerk->List();
  ASSERT_TRUE(listed.ok());
  const auto& inquiries = listed->at("inquiries").as_array();
  ASSERT_EQ(inquiries.size(), 1U);
  EXPECT_EQ(inquiries[0].at("corrected_at").as_string(), "2026-11-22T04:05:06.789Z");
}

TEST_F(InstitutionServiceTest, WhoGotARecordHearsOfItsCorrection) {
  const auto order = Order(1, 1, "local-tax");
  ASSERT_EQ(Provide(order).outcome, InquiryOutcome::kAnswered);
  PutRecords(Line(1, "local-tax,income,1,2026,2026-06-01,2027-05-31,,income=1") + Line(3, kTax));
  EXPECT_TRUE(Until([&] { return Corrections().starts_with(ToHex(order.id)); }));
  EXPECT_EQ(Provide(Order(2, 3, "local-tax")).outcome, InquiryOutcome::kAnswered);
  EXPECT_EQ(code_calls_.load(), 2);  // again for the new resident only
}

TEST_F(InstitutionServiceTest, ACorrectionMadeWhileTheRoleWasDownIsToldToo) {
  const auto order = Order(1, 1, "local-tax");
  ASSERT_EQ(Provide(order).outcome, InquiryOutcome::kAnswered);
  service_.reset();
  PutRecords(Line(1, "local-tax,income,1,2026,2026-06-01,2027-05-31,,income=1"));
  StartService();
  EXPECT_TRUE(Until([&] { return Corrections().starts_with(ToHex(order.id)); }));
}

TEST_F(InstitutionServiceTest, ABrokenFileChangesNothing) {
  PutRecords("P1,broken\r\n");
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(Provide(Order(1, 1, "local-tax")).outcome, InquiryOutcome::kAnswered);
  service_.reset();
  const auto refused = Service::Start(Config(0));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().place, "records.csv:2");
}

TEST_F(InstitutionServiceTest, ItIsReadyWhenTheNetworkHasGivenTheCodes) {
  service_.reset();
  const std::uint16_t port = network_->port();
  network_.reset();
  network_port_ = [port] { return port; };
  StartService(false);
  EXPECT_EQ(Get("hub", "/readyz").status, 503);
  const std::string order = OrderLine(Order(1, 1, "local-tax"));
  EXPECT_EQ(Send("network", SchemeForTest::Post("/v1/provisions", order, "k")).status, 503);
  StartNetwork(port);
  EXPECT_TRUE(Until([this] { return Get("hub", "/readyz").status == 200; }));
}

TEST_F(InstitutionServiceTest, ASilentInstitutionGivesNoReplyAndIsWellAgainLater) {
  const auto path = scheme_.folder(kSelf) / "answer-faults.toml";
  ASSERT_TRUE(WriteFile(path, "silent = true\n").ok());
  http::Client client = scheme_.ClientOf("network", kSelf, service_->port());
  const auto order = Order(1, 1, "local-tax");
  EXPECT_FALSE(client.Send(SchemeForTest::Post("/v1/provisions", OrderLine(order), "k")).ok());
  EXPECT_EQ(Get(kSelf, "/v1/desk/waiting").status, 200);
  std::filesystem::remove(path);
  EXPECT_EQ(Provide(order).outcome, InquiryOutcome::kAnswered);
}

TEST_F(InstitutionServiceTest, WrongRecordsAreTheOldestVersion) {
  PutRecords(
      Line(1, kTax) + Line(1, "local-tax,income,1,2025,2025-06-01,2026-05-31,,income=1111111")
  );
  ASSERT_TRUE(WriteFile(scheme_.folder(kSelf) / "answer-faults.toml", "wrong_records = 1.0\n").ok()
  );
  std::this_thread::sleep_for(300ms);
  auto order = Order(1, 1, "local-tax");
  order.subject.from = Date::Parse("2026-06-01").value();
  std::string signer;
  const std::string text = OpenAs("terminal-133033", Provide(order).answer, signer);
  EXPECT_NE(text.find("1111111"), std::string::npos);
  EXPECT_EQ(text.find("3000000"), std::string::npos);
}

TEST_F(InstitutionServiceTest, TheLogIsShownToEveryTrustedNode) {
  ASSERT_EQ(Provide(Order(1, 1, "local-tax")).outcome, InquiryOutcome::kAnswered);
  const auto checkpoint = Get("hub", "/log/checkpoint");
  EXPECT_EQ(checkpoint.status, 200);
  EXPECT_TRUE(checkpoint.body_text().starts_with("musubi/" + kSelf + "\n1\n"))
      << checkpoint.body_text();
}

TEST(InstitutionDescription, IsTheDocumentOfTheFormatsFolder) {
  const std::filesystem::path root =
      std::filesystem::path(__FILE__).parent_path() / "../../../docs/formats/openapi";
  EXPECT_EQ(ReadFile(root / "institution.json").value(), OpenApiDocument());
}

}  // namespace
}  // namespace musubi::national::institution
