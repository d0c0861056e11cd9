// The two desks against each other, over real mutual TLS: between them a network that permits
// everything and can be told to fail.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "crypto/sealed_package.h"
#include "http/scheme_for_test.h"
#include "inquiry/asking_desk.h"
#include "inquiry/providing_desk.h"
#include "tests/support/store_fixture.h"

namespace musubi::inquiry {
namespace {

using exchange::InquiryOutcome;
using std::chrono::milliseconds;
using test::Must;

constexpr milliseconds kPatience{20000};
constexpr std::string_view kContent = R"({"records":[{"amount":"81200"}]})";

std::string DerOf(const crypto::Identity& identity) {
  return std::string(AsText(identity.certificate.Der()));
}

// One party: a store, a book.
struct Party {
  Party(const std::filesystem::path& folder_in, const std::string& name, store::Engine engine)
      : folder(folder_in / name) {
    std::filesystem::create_directories(folder);
    const std::string url = engine == store::Engine::kSqlite
                                ? "sqlite:" + (folder / "exchange.db").string()
                                : test::SharedServer().NewDatabase();
    database = Must(store::Database::Open(url));
    book = Must(audit::RecordBook::Open(*database, folder, "musubi/" + name));
  }

  [[nodiscard]] std::vector<audit::StoredRecord> RecordsOf(const Code16& code) const {
    auto connection = Must(database->Connect());
    return Must(audit::RecordBook::RecordsOf(*connection, code));
  }

  std::filesystem::path folder;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<audit::RecordBook> book;
};

Code16 CodeOf(std::uint8_t first) {
  Code16 code{};
  code[0] = first;
  return code;
}

class DesksTest : public testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    StartNetwork();
    OpenProviding();
    OpenAsking();
  }

  void StartNetwork() {
    http::Router router;
    router.Handle("POST", "/v1/inquiries", {"hub"}, [this](const http::Request& request) {
      return Pass(request);
    });
    router.Handle("POST", "/v1/corrections", {"institution"}, [this](const http::Request& request) {
      if (is_down_) {
        return http::ProblemResponse({ErrorCode::kUnavailable, "down"});
      }
      Must(asking_->TakeCorrections(request.body_text()));
      return http::JsonResponse("{}");
    });
    server_ = Must(http::Server::Start({}, network_, scheme_.trust(), std::move(router)));
    http::ClientOptions options;
    options.port = server_->port();
    options.peer_id = "network";
    line_ = std::make_unique<http::PeerLine>(options, hub_, scheme_.trust());
    back_line_ = std::make_unique<http::PeerLine>(options, institution_, scheme_.trust());
  }

  http::Response Pass(const http::Request& request) {
    ++blocks_;
    if (is_down_) {
      return http::ProblemResponse({ErrorCode::kUnavailable, "down"});
    }
    SecretVector<char> orders;
    const auto questions = Must(exchange::ReadInquiryQuestions(request.body_text()));
    for (const auto& question : questions) {
      exchange::InquiryOrder order;
      order.id = question.id;
      order.salt = question.salt;
      order.code = question.code;
      order.subject = question.subject;
      order.subject.provider = "institution-131016";
      order.basis = "test";
      order.requested_at = http::SchemeForTest::Now();
      order.expires_at = order.requested_at + time_;
      order.is_settling = is_settling_;
      order.recipient = question.recipient;
      AppendLine(order, orders);
    }
    const auto replies =
        Must(exchange::ReadInquiryReplies(Text(Must(providing_->Handle(Text(orders))))));
    SecretVector<char> results;
    for (const auto& reply : replies) {
      exchange::InquiryResult result;
      result.id = reply.id;
      result.outcome = reply.outcome;
      result.provider = "institution-131016";
      result.basis = "test";
      result.provided_at = reply.provided_at;
      result.items = reply.items;
      result.is_hidden = reply.is_hidden;
      result.answer = reply.answer;
      AppendLine(result, results);
    }
    if (loses_answer_.exchange(false)) {
      return http::ProblemResponse({ErrorCode::kUnavailable, "lost"});
    }
    return http::TextResponse(Text(results), http::kCsv);
  }

  static std::string Text(const SecretVector<char>& text) { return {text.data(), text.size()}; }

  void OpenProviding() {
    providing_ = Must(ProvidingDesk::Open(
        *provider_.database,
        *provider_.book,
        institution_,
        scheme_.trust(),
        SystemClock(),
        [this](std::span<const exchange::InquiryOrder> orders) -> Result<std::vector<Holding>> {
          std::vector<Holding> holdings;
          for (const auto& order : orders) {
            ++found_;
            Holding& holding = holdings.emplace_back();
            holding.outcome =
                order.code == CodeOf(9) ? InquiryOutcome::kNothingHeld : outcome_.load();
            holding.items = "local-tax:1";
            holding.is_hidden = order.code == CodeOf(8);
            holding.content.assign(kContent.begin(), kContent.end());
            holding.given = {"tax-2025"};
          }
          return holdings;
        }
    ));
  }

  void OpenAsking() {
    asking_ = Must(AskingDesk::Open(
        *asker_.database, *asker_.book, *line_, SystemClock(), {.again_after = milliseconds(20)}
    ));
  }

  [[nodiscard]] NewInquiry Question(std::uint8_t number, std::uint8_t person = 1) const {
    NewInquiry inquiry;
    inquiry.id = CodeOf(number);
    inquiry.owner = "terminal-133033";
    inquiry.person = "00000012-01";
    inquiry.code = CodeOf(person);
    inquiry.subject.inquirer = "association-133033";
    inquiry.subject.procedure = "nhi-benefits";
    inquiry.subject.information = "local-tax";
    inquiry.recipient = DerOf(terminal_);
    return inquiry;
  }

  http::SchemeForTest scheme_;
  crypto::Identity hub_ = scheme_.Issue("hub");
  crypto::Identity network_ = scheme_.Issue("network");
  crypto::Identity institution_ = scheme_.Issue("institution-131016");
  crypto::Identity terminal_ = scheme_.Issue("terminal-133033");
  Party asker_{scheme_.folder(), "hub", GetParam()};
  Party provider_{scheme_.folder(), "institution", GetParam()};
  std::atomic<bool> is_down_ = false;
  std::atomic<bool> loses_answer_ = false;
  std::atomic<bool> is_settling_ = false;
  std::atomic<int> blocks_ = 0;
  std::atomic<int> found_ = 0;
  std::atomic<InquiryOutcome> outcome_ = InquiryOutcome::kAnswered;
  std::chrono::milliseconds time_{60000};
  std::unique_ptr<ProvidingDesk> providing_;
  std::unique_ptr<AskingDesk> asking_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<http::PeerLine> line_;
  std::unique_ptr<http::PeerLine> back_line_;

  void TearDown() override {
    asking_.reset();
    providing_->Stop();
    server_->Stop();
    providing_.reset();
  }
};

MUSUBI_TEST_BOTH_ENGINES(DesksTest);

TEST_P(DesksTest, AnAnswerComesSealedToWhoeverAsks) {
  const Inquiry inquiry = Must(asking_->Ask(Question(1), kPatience));
  ASSERT_EQ(inquiry.result.outcome, InquiryOutcome::kAnswered);
  EXPECT_EQ(inquiry.result.answer.find("81200"), std::string::npos);
  MemorySource source(AsBytes(inquiry.result.answer));
  std::string content;
  const auto opened = crypto::OpenPackage(
      source,
      terminal_,
      *scheme_.trust(),
      http::SchemeForTest::Now(),
      [&content](BytesView bytes) -> Result<void> {
        content += AsText(bytes);
        return Ok();
      }
  );
  ASSERT_TRUE(opened.ok()) << opened.error().Text();
  EXPECT_EQ(content, kContent);
  EXPECT_EQ(opened->signer.id(), "institution-131016");
}

TEST_P(DesksTest, BothSidesKeepTheSameFacts) {
  Must(asking_->Ask(Question(1, 8), kPatience));
  const auto asked = asker_.RecordsOf(CodeOf(8));
  const auto provided = provider_.RecordsOf(CodeOf(8));
  ASSERT_EQ(asked.size(), 1U);
  ASSERT_EQ(provided.size(), 1U);
  EXPECT_EQ(asked[0].salt, provided[0].salt);
  EXPECT_TRUE(asked[0].facts.subject.is_hidden);
  EXPECT_TRUE(provided[0].facts.subject.is_hidden);
  EXPECT_EQ(asked[0].facts.items, provided[0].facts.items);
  EXPECT_EQ(asked[0].facts.provided_at, provided[0].facts.provided_at);
}

TEST_P(DesksTest, TheSameIdIsTheSameInquiry) {
  const Inquiry first = Must(asking_->Ask(Question(1), kPatience));
  const Inquiry second = Must(asking_->Ask(Question(1), kPatience));
  EXPECT_EQ(first.result, second.result);
  NewInquiry other = Question(1);
  other.subject.information = "resident-record";
  const auto refused = asking_->Ask(other, kPatience);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(found_, 1);
  EXPECT_EQ(asker_.RecordsOf(CodeOf(1)).size(), 1U);
}

TEST_P(DesksTest, ALostAnswerIsAskedForAgainAndIsTheFirst) {
  loses_answer_ = true;
  EXPECT_EQ(Must(asking_->Ask(Question(1), kPatience)).result.outcome, InquiryOutcome::kAnswered);
  EXPECT_GE(blocks_, 2);
  EXPECT_EQ(found_, 1);
  EXPECT_EQ(provider_.RecordsOf(CodeOf(1)).size(), 1U);
}

TEST_P(DesksTest, WhatWasAcceptedSurvivesARestart) {
  is_down_ = true;
  const Inquiry accepted = Must(asking_->Ask(Question(1), milliseconds(0)));
  EXPECT_FALSE(exchange::IsFinal(accepted.result.outcome));
  asking_.reset();
  is_down_ = false;
  OpenAsking();
  const Inquiry inquiry = Must(asking_->Get("terminal-133033", CodeOf(1), kPatience));
  EXPECT_EQ(inquiry.result.outcome, InquiryOutcome::kAnswered);
}

TEST_P(DesksTest, AnotherOwnersInquiryDoesNotExist) {
  Must(asking_->Ask(Question(1), kPatience));
  EXPECT_FALSE(asking_->Get("terminal-133264", CodeOf(1), milliseconds(0)).ok());
  EXPECT_TRUE(Must(asking_->List("terminal-133264", 10)).empty());
  EXPECT_EQ(Must(asking_->List("terminal-133033", 10)).size(), 1U);
}

TEST_P(DesksTest, ARefusalByTheSystemItselfIsRecordedAndNotSent) {
  NewInquiry question = Question(1);
  question.refusal = InquiryOutcome::kStopped;
  EXPECT_EQ(Must(asking_->Ask(question, kPatience)).result.outcome, InquiryOutcome::kStopped);
  EXPECT_EQ(blocks_, 0);
  ASSERT_EQ(asker_.RecordsOf(CodeOf(1)).size(), 1U);
  EXPECT_EQ(asker_.book->log().size(), 1U);
}

TEST_P(DesksTest, AfterItsEndNothingIsProvided) {
  time_ = milliseconds(0);
  EXPECT_EQ(Must(asking_->Ask(Question(1), kPatience)).result.outcome, InquiryOutcome::kTimedOut);
  EXPECT_EQ(found_, 0);
  ASSERT_EQ(provider_.RecordsOf(CodeOf(1)).size(), 1U);
}

TEST_P(DesksTest, WhatWaitsForAPersonIsAnsweredByOne) {
  outcome_ = InquiryOutcome::kAwaitingPerson;
  const Inquiry waiting = Must(asking_->Ask(Question(1), milliseconds(300)));
  EXPECT_EQ(waiting.result.outcome, InquiryOutcome::kAwaitingPerson);
  ASSERT_EQ(Must(providing_->AwaitingPerson()).size(), 1U);
  EXPECT_TRUE(provider_.RecordsOf(CodeOf(1)).empty());
  Must(providing_->Release(CodeOf(1), "clerk"));
  EXPECT_FALSE(providing_->Release(CodeOf(1), "clerk").ok());
  const Inquiry inquiry = Must(asking_->Get("terminal-133033", CodeOf(1), kPatience));
  EXPECT_EQ(inquiry.result.outcome, InquiryOutcome::kAnswered);
  EXPECT_FALSE(inquiry.result.answer.empty());
}

TEST_P(DesksTest, APersonMayRefuse) {
  outcome_ = InquiryOutcome::kAwaitingPerson;
  Must(asking_->Ask(Question(1), milliseconds(100)));
  Must(providing_->Refuse(CodeOf(1), "clerk"));
  const Inquiry inquiry = Must(asking_->Get("terminal-133033", CodeOf(1), kPatience));
  EXPECT_EQ(inquiry.result.outcome, InquiryOutcome::kNotDisclosed);
}

TEST_P(DesksTest, SettlingEndsWhatNobodyHasDecided) {
  outcome_ = InquiryOutcome::kAwaitingPerson;
  Must(asking_->Ask(Question(1), milliseconds(100)));
  is_settling_ = true;
  const Inquiry inquiry = Must(asking_->Get("terminal-133033", CodeOf(1), kPatience));
  EXPECT_EQ(inquiry.result.outcome, InquiryOutcome::kTimedOut);
  EXPECT_FALSE(providing_->Release(CodeOf(1), "clerk").ok());
}

TEST_P(DesksTest, AnAnswerIsNotSealedToTheHubOrAStranger) {
  NewInquiry question = Question(1);
  question.recipient = DerOf(hub_);
  EXPECT_EQ(Must(asking_->Ask(question, kPatience)).result.outcome, InquiryOutcome::kInvalid);
  question = Question(2);
  question.recipient = DerOf(scheme_.Issue("terminal-133264"));
  EXPECT_EQ(Must(asking_->Ask(question, kPatience)).result.outcome, InquiryOutcome::kInvalid);
  const crypto::Identity revoked = scheme_.Issue("terminal-133033");
  scheme_.Revoke(revoked);
  question = Question(3);
  question.recipient = DerOf(revoked);
  EXPECT_EQ(Must(asking_->Ask(question, kPatience)).result.outcome, InquiryOutcome::kInvalid);
}

TEST_P(DesksTest, ACorrectionReachesWhoeverGotTheWrongCopy) {
  Must(asking_->Ask(Question(1), kPatience));
  Must(asking_->Ask(Question(2, 9), kPatience));  // was given nothing
  is_down_ = true;
  EXPECT_EQ(Must(providing_->Correct(std::vector<std::string>{"tax-2025"})), 1U);
  providing_->SendCorrectionsTo(*back_line_);
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_FALSE(Must(asking_->Get("terminal-133033", CodeOf(1), {})).corrected_at.has_value());
  is_down_ = false;
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!Must(asking_->Get("terminal-133033", CodeOf(1), {})).corrected_at &&
         std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_TRUE(Must(asking_->Get("terminal-133033", CodeOf(1), {})).corrected_at.has_value());
  EXPECT_FALSE(Must(asking_->Get("terminal-133033", CodeOf(2), {})).corrected_at.has_value());
}

TEST_P(DesksTest, ManyAtOnceAreEachAnsweredOnceAndCounted) {
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  std::vector<std::jthread> threads;
  std::atomic<int> answered = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t, &answered] {
      for (int i = 0; i < kEach; ++i) {
        NewInquiry question = Question(static_cast<std::uint8_t>(t));
        question.id[1] = static_cast<std::uint8_t>(i);
        question.id[2] = 1;
        answered +=
            Must(asking_->Ask(question, kPatience)).result.outcome == InquiryOutcome::kAnswered;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(answered, kThreads * kEach);
  EXPECT_EQ(found_, kThreads * kEach);
  EXPECT_EQ(asker_.book->log().size(), provider_.book->log().size());
  EXPECT_LT(blocks_, kThreads * kEach);  // in groups
  const auto day = JapanDay(http::SchemeForTest::Now());
  std::array<char, 8> month{};
  std::snprintf(
      month.data(),
      month.size(),
      "%04d-%02u",
      static_cast<int>(day.year()),
      static_cast<unsigned>(day.month())
  );
  const auto uses = Must(asking_->UseOf(month.data()));
  ASSERT_EQ(uses.size(), 1U);
  EXPECT_EQ(uses[0].inquiries, kThreads * kEach);
  EXPECT_EQ(uses[0].answered, kThreads * kEach);
}

}  // namespace
}  // namespace musubi::inquiry
