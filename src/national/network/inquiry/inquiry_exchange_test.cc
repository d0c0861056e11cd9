#include "national/network/inquiry/inquiry_exchange.h"

#include <thread>

#include <gtest/gtest.h>

#include "base/io.h"
#include "national/network/inquiry/exchange_for_test.h"
#include "tests/support/store_fixture.h"

namespace musubi::national::network {

namespace {

using namespace std::chrono_literals;
using exchange::InquiryOutcome;
using exchange::InquiryQuestion;
using exchange::InquiryResult;

class ExchangeTest : public test::StoreTest {
 protected:
  ExchangeTest() : database_(OpenDatabase()), part_(*database_, folder()) {}

  std::vector<audit::StoredRecord> Records(const Code16& code, std::string_view node = "hub") {
    const auto connection = database_->Connect().value();
    return audit::RecordBook::RecordsOf(*connection, ExchangeForTest::RecordsCode(node, code))
        .value();
  }

  static InquiryQuestion Question(std::uint32_t number) {
    return ExchangeForTest::Question(number);
  }

  std::unique_ptr<store::Database> database_;
  ExchangeForTest part_;
};

MUSUBI_TEST_BOTH_ENGINES(ExchangeTest);

TEST_P(ExchangeTest, APermittedQuestionIsAnsweredAndRecorded) {
  const InquiryQuestion question = Question(1);
  const InquiryResult result = part_.AskOne(question);
  EXPECT_EQ(result.outcome, InquiryOutcome::kAnswered);
  EXPECT_EQ(result.provider, "institution-131016");
  EXPECT_EQ(result.basis, "provision-order-2024:69:");
  EXPECT_NE(result.citation, "");
  EXPECT_EQ(result.requested_at, NoonForTest());
  EXPECT_EQ(result.items, "high-cost-care:1");
  EXPECT_NE(result.answer, "");
  const auto records = Records(question.code);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].salt, question.salt);
  EXPECT_EQ(records[0].facts.outcome, InquiryOutcome::kAnswered);
  EXPECT_EQ(records[0].facts.subject, question.subject);
  EXPECT_EQ(records[0].facts.basis, result.basis);
  EXPECT_EQ(part_.book_->log().size(), 1U);
}

TEST_P(ExchangeTest, TheProviderIsToldItsOwnCodeOnly) {
  const InquiryQuestion question = Question(1);
  static_cast<void>(part_.AskOne(question));
  Code16 code = question.code;
  LinkageCodes(kMasterKeyForTest).Translate({"hub", 1}, {"institution-131016", 1}, code);
  ASSERT_EQ(part_.providers_.orders_.size(), 1U);
  EXPECT_EQ(part_.providers_.orders_[0].code, code);
  EXPECT_NE(code, question.code);
  EXPECT_EQ(part_.providers_.orders_[0].salt, question.salt);
  EXPECT_EQ(part_.providers_.orders_[0].expires_at, NoonForTest() + 10min);
}

TEST_P(ExchangeTest, TheSameQuestionAgainHasItsFirstResult) {
  const InquiryQuestion question = Question(1);
  const InquiryResult first = part_.AskOne(question);
  part_.clock_.Advance(1h);
  EXPECT_EQ(part_.AskOne(question), first);
  EXPECT_EQ(Records(question.code).size(), 1U);
  EXPECT_EQ(part_.book_->log().size(), 1U);
}

TEST_P(ExchangeTest, AnotherQuestionUnderTheSameIdIsInvalidAndChangesNothing) {
  const InquiryQuestion question = Question(1);
  const InquiryResult first = part_.AskOne(question);
  InquiryQuestion other = question;
  other.subject.information = "resident-record";
  EXPECT_EQ(part_.AskOne(other).outcome, InquiryOutcome::kInvalid);
  other = question;
  other.code[3] ^= 1;
  EXPECT_EQ(part_.AskOne(other).outcome, InquiryOutcome::kInvalid);
  EXPECT_EQ(part_.book_->log().size(), 1U);
  EXPECT_EQ(part_.AskOne(question), first);
}

TEST_P(ExchangeTest, ALineTwiceInOneBlockIsOneInquiry) {
  const InquiryQuestion question = Question(1);
  InquiryQuestion other = question;
  other.subject.information = "resident-record";
  const auto results = part_.exchange_->Ask("hub", {question, question, other}).value();
  EXPECT_EQ(results[0].outcome, InquiryOutcome::kAnswered);
  EXPECT_EQ(results[1], results[0]);
  EXPECT_EQ(results[2].outcome, InquiryOutcome::kInvalid);
  EXPECT_EQ(part_.providers_.orders_.size(), 1U);
  EXPECT_EQ(part_.book_->log().size(), 1U);
}

TEST_P(ExchangeTest, NobodySpeaksForAnother) {
  InquiryQuestion question = Question(2);
  question.subject.inquirer = "institution-131016";
  const auto results = part_.exchange_->Ask("hub", {Question(1), question});
  ASSERT_FALSE(results.ok());
  EXPECT_EQ(results.error().code, ErrorCode::kRefused);
  EXPECT_EQ(results.error().place, "line 2: inquirer");
  EXPECT_EQ(part_.book_->log().size(), 0U);
  EXPECT_TRUE(part_.providers_.orders_.empty());
}

TEST_P(ExchangeTest, RefusalsAreRecordedAndNobodyIsAsked) {
  struct Case {
    InquiryOutcome outcome;
    std::string inquirer;
    std::string provider;
    std::string procedure;
    std::string information;
  };

  const std::vector<Case> cases = {
      {InquiryOutcome::kNotPermitted,
       "association-133033",
       "institution-131016",
       "nhi-benefits",
       "family-register"},
      {InquiryOutcome::kNotPermitted, "association-133033", "portal", "nhi-benefits", "local-tax"},
      {InquiryOutcome::kAssessmentMissing,
       "association-133034",
       "institution-131016",
       "nhi-benefits",
       "local-tax"},
      {InquiryOutcome::kAssessmentMissing,
       "association-133033",
       "institution-131032",
       "nhi-benefits",
       "local-tax"},
      {InquiryOutcome::kProviderUnclear, "association-133033", "", "nhi-benefits", "local-tax"},
      {InquiryOutcome::kNotPermitted, "association-133033", "", "nhi-benefits", "family-register"},
      {InquiryOutcome::kInvalid,
       "association-133033",
       "institution-999999",
       "nhi-benefits",
       "local-tax"},
      {InquiryOutcome::kInvalid,
       "association-999999",
       "institution-131016",
       "nhi-benefits",
       "local-tax"},
      {InquiryOutcome::kInvalid,
       "association-133033",
       "institution-131016",
       "no-such-procedure",
       "local-tax"},
      {InquiryOutcome::kInvalid,
       "association-133033",
       "institution-131016",
       "nhi-benefits",
       "no-such-information"},
  };
  std::uint32_t number = 0;
  for (const Case& is : cases) {
    InquiryQuestion question = Question(++number);
    question.subject.inquirer = is.inquirer;
    question.subject.provider = is.provider;
    question.subject.procedure = is.procedure;
    question.subject.information = is.information;
    const InquiryResult result = part_.AskOne(question);
    EXPECT_EQ(result.outcome, is.outcome) << number;
    EXPECT_EQ(result.basis, "") << number;
    EXPECT_EQ(part_.AskOne(question), result) << number;
    EXPECT_EQ(Records(question.code).size(), number);
    EXPECT_EQ(part_.book_->log().size(), number);
  }
  EXPECT_TRUE(part_.providers_.orders_.empty());
}

TEST_P(ExchangeTest, AnEndBeforeItsBeginningIsInvalid) {
  InquiryQuestion question = Question(1);
  question.subject.from = Date::Parse("2026-04-02").value();
  question.subject.to = Date::Parse("2026-04-01").value();
  EXPECT_EQ(part_.AskOne(question).outcome, InquiryOutcome::kInvalid);
}

TEST_P(ExchangeTest, WhoAnswersForAGroupIsInTheRecord) {
  InquiryQuestion question = Question(1);
  question.subject.provider = "medical-insurers";
  question.subject.information = "medical-benefits";
  part_.providers_.next_.provider = "association-133264";
  const InquiryResult result = part_.AskOne(question);
  EXPECT_EQ(result.outcome, InquiryOutcome::kAnswered);
  EXPECT_EQ(result.provider, "association-133264");
  EXPECT_EQ(part_.providers_.orders_.front().subject.provider, "medical-insurers");
  EXPECT_EQ(Records(question.code).back().facts.subject.provider, "association-133264");
  // Asked again for the bytes, the provider is asked the very same.
  EXPECT_EQ(part_.AskOne(question), result);
  EXPECT_EQ(part_.providers_.orders_.back().subject, part_.providers_.orders_.front().subject);
  EXPECT_EQ(part_.providers_.orders_.back().code, part_.providers_.orders_.front().code);
}

TEST_P(ExchangeTest, ThePersonMaySeeTheirOwn) {
  InquiryQuestion question = Question(1);
  question.subject.inquirer = "portal";
  question.subject.procedure = "self-information";
  const auto results = part_.exchange_->Ask("portal", {question}).value();
  EXPECT_EQ(results[0].outcome, InquiryOutcome::kAnswered);
  question.id[15] = 2;
  question.subject.procedure = "nhi-benefits";
  EXPECT_EQ(
      part_.exchange_->Ask("portal", {question})->front().outcome, InquiryOutcome::kNotPermitted
  );
  question.id[15] = 3;
  question.subject.inquirer = "association-133033";
  question.subject.procedure = "self-information";
  EXPECT_NE(part_.AskOne(question).outcome, InquiryOutcome::kAnswered);
}

TEST_P(ExchangeTest, HiddenByEitherSideIsHidden) {
  InquiryQuestion question = Question(1);
  question.subject.is_hidden = true;
  EXPECT_TRUE(part_.AskOne(question).is_hidden);
  part_.providers_.next_.is_hidden = true;
  EXPECT_TRUE(part_.AskOne(Question(2)).is_hidden);
  for (const auto& record : Records(question.code)) {
    EXPECT_TRUE(record.facts.subject.is_hidden);
  }
}

TEST_P(ExchangeTest, WhatIsNotFinalIsAskedAgainUntilItIs) {
  const InquiryQuestion question = Question(1);
  part_.providers_.next_.outcome = InquiryOutcome::kAwaitingPerson;
  EXPECT_EQ(part_.AskOne(question).outcome, InquiryOutcome::kAwaitingPerson);
  part_.providers_.next_.outcome = InquiryOutcome::kInProgress;
  EXPECT_EQ(part_.AskOne(question).outcome, InquiryOutcome::kInProgress);
  EXPECT_EQ(part_.book_->log().size(), 0U);
  part_.providers_.next_.outcome = InquiryOutcome::kNotDisclosed;
  EXPECT_EQ(part_.AskOne(question).outcome, InquiryOutcome::kNotDisclosed);
  EXPECT_EQ(Records(question.code).size(), 1U);
  for (const auto& order : part_.providers_.orders_) {
    EXPECT_EQ(order, part_.providers_.orders_.front());
  }
}

TEST_P(ExchangeTest, AProviderAwayIsInProgressThenOverdueThenSettled) {
  const InquiryQuestion question = Question(1);
  part_.providers_.away_.insert("institution-131016");
  EXPECT_EQ(part_.AskOne(question).outcome, InquiryOutcome::kInProgress);
  part_.clock_.Advance(10min);
  EXPECT_EQ(part_.AskOne(question).outcome, InquiryOutcome::kOverdue);
  EXPECT_EQ(Records(question.code).size(), 0U);
  part_.providers_.away_.clear();
  EXPECT_EQ(part_.AskOne(question).outcome, InquiryOutcome::kTimedOut);
  EXPECT_TRUE(part_.providers_.orders_.back().is_settling);
  EXPECT_EQ(Records(question.code).size(), 1U);
}

TEST_P(ExchangeTest, AnAnswerGivenInTimeIsSettledAsAnswered) {
  const InquiryQuestion question = Question(1);
  part_.providers_.loses_answers_ = true;
  EXPECT_EQ(part_.AskOne(question).outcome, InquiryOutcome::kInProgress);
  part_.providers_.loses_answers_ = false;
  part_.clock_.Advance(10min);
  EXPECT_EQ(part_.AskOne(question).outcome, InquiryOutcome::kAnswered);
}

TEST_P(ExchangeTest, InquiriesNobodyCameBackForAreSettled) {
  part_.providers_.loses_answers_ = true;
  static_cast<void>(part_.AskOne(Question(1)));
  part_.providers_.away_.insert("institution-131016");
  static_cast<void>(part_.AskOne(Question(2)));
  InquiryQuestion elsewhere = Question(3);
  elsewhere.subject.provider = "institution-131024";
  part_.providers_.away_.insert("institution-131024");
  static_cast<void>(part_.AskOne(elsewhere));
  EXPECT_EQ(part_.exchange_->Settle().value(), 0U);
  part_.clock_.Advance(10min);
  part_.providers_.loses_answers_ = false;
  part_.providers_.away_.erase("institution-131016");
  EXPECT_EQ(part_.exchange_->Settle().value(), 2U);
  const auto records = Records(Question(1).code);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].facts.outcome, InquiryOutcome::kAnswered);
  EXPECT_EQ(records[1].facts.outcome, InquiryOutcome::kTimedOut);
  EXPECT_EQ(records[0].facts.subject, Question(1).subject);
  part_.providers_.away_.clear();
  EXPECT_EQ(part_.exchange_->Settle().value(), 1U);
  EXPECT_EQ(part_.exchange_->Settle().value(), 0U);
}

TEST_P(ExchangeTest, ASettledInquiryIsToldToWhoComesBackLater) {
  const InquiryQuestion question = Question(1);
  part_.providers_.loses_answers_ = true;
  static_cast<void>(part_.AskOne(question));
  part_.providers_.loses_answers_ = false;
  part_.clock_.Advance(10min);
  ASSERT_EQ(part_.exchange_->Settle().value(), 1U);
  part_.providers_.away_.insert("institution-131016");
  EXPECT_EQ(part_.AskOne(question).outcome, InquiryOutcome::kOverdue);
  part_.providers_.away_.clear();
  const InquiryResult result = part_.AskOne(question);
  EXPECT_EQ(result.outcome, InquiryOutcome::kAnswered);
  EXPECT_NE(result.answer, "");
  EXPECT_EQ(Records(question.code).size(), 1U);
}

TEST_P(ExchangeTest, BlocksOfSeveralProvidersKeepTheirOrder) {
  std::vector<InquiryQuestion> questions;
  for (std::uint32_t i = 0; i < 60; ++i) {
    questions.push_back(Question(i));
    questions.back().subject.provider = i % 3 == 0   ? "institution-131016"
                                        : i % 3 == 1 ? "institution-131024"
                                                     : "institution-131032";
  }
  part_.providers_.away_.insert("institution-131024");
  const auto results = part_.exchange_->Ask("hub", questions).value();
  for (std::uint32_t i = 0; i < 60; ++i) {
    EXPECT_EQ(results[i].id, questions[i].id);
    EXPECT_EQ(
        results[i].outcome,
        i % 3 == 0   ? InquiryOutcome::kAnswered
        : i % 3 == 1 ? InquiryOutcome::kInProgress
                     : InquiryOutcome::kAssessmentMissing
    );
  }
  EXPECT_EQ(part_.providers_.calls_["institution-131016"], 1);
}

TEST_P(ExchangeTest, ALineTheProviderCannotReadDoesNotHoldUpTheOthers) {
  part_.providers_.cannot_read_ = "resident-record";
  std::vector<InquiryQuestion> questions = {Question(1), Question(2), Question(3)};
  questions[1].subject.information = "resident-record";
  const auto results = part_.exchange_->Ask("hub", questions).value();
  EXPECT_EQ(results[0].outcome, InquiryOutcome::kAnswered);
  EXPECT_EQ(results[1].outcome, InquiryOutcome::kInProgress);
  EXPECT_EQ(results[2].outcome, InquiryOutcome::kAnswered);
}

TEST_P(ExchangeTest, BlocksAtTheSameTimeMakeOneRecordAnInquiry) {
  constexpr std::uint32_t kCount = 200;
  std::vector<std::jthread> threads;
  std::atomic<int> answered = 0;
  for (std::uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint32_t from = 0; from < kCount; from += 20) {
        std::vector<InquiryQuestion> block;
        for (std::uint32_t i = 0; i < 20; ++i) {
          // Two threads ask the same.
          block.push_back(Question(from + i + (t / 2) * kCount));
          block.back().salt.fill(static_cast<std::uint8_t>(i));
        }
        const auto results = part_.exchange_->Ask("hub", block);
        ASSERT_TRUE(results.ok());
        for (const InquiryResult& result : *results) {
          answered += result.outcome == InquiryOutcome::kAnswered ? 1 : 0;
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(answered, 4 * static_cast<int>(kCount));
  EXPECT_EQ(Records(Question(0).code).size(), 2 * kCount);
  EXPECT_EQ(part_.book_->log().size(), 2 * kCount);
}

TEST_P(ExchangeTest, WhatIsPastItsPeriodIsErased) {
  const InquiryQuestion question = Question(1);
  static_cast<void>(part_.AskOne(question));
  ASSERT_TRUE(part_.exchange_->Erase().ok());
  EXPECT_EQ(Records(question.code).size(), 1U);
  part_.clock_.Advance(24h * (7 * 366 + 3));
  ASSERT_TRUE(part_.exchange_->Erase().ok());
  EXPECT_EQ(Records(question.code).size(), 0U);
  EXPECT_EQ(part_.book_->log().size(), 1U);
}

TEST(ExchangeStore, NothingOfAnAnswerIsStored) {
  const test::TemporaryFolder folder;
  const auto database = store::Database::Open("sqlite:exchange.db", folder.path().string()).value();
  ExchangeForTest part(*database, folder.path());
  const std::string answer = part.AskOne(ExchangeForTest::Question(1)).answer;
  ASSERT_FALSE(answer.empty());
  int file_count = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (file.is_regular_file()) {
      ++file_count;
      EXPECT_EQ(ReadFile(file.path()).value().find(answer), std::string::npos) << file.path();
    }
  }
  EXPECT_GT(file_count, 2);
}

}  // namespace

}  // namespace musubi::national::network
