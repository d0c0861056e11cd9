// The lines of an inquiry: what is written is read, and what is not ours is refused by field.
#include "exchange/inquiry.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace musubi::exchange {
namespace {

InquirySubject Subject() {
  InquirySubject subject;
  subject.inquirer = "association-133033";
  subject.provider = "institution-131016";
  subject.procedure = "nhi-benefits";
  subject.information = "local-tax";
  subject.from = Date::FromPacked(20250401);
  subject.is_hidden = true;
  return subject;
}

Instant At(std::int64_t ms) {
  return Instant(std::chrono::milliseconds(ms));
}

InquiryReply Reply() {
  InquiryReply reply;
  reply.id[3] = 1;
  reply.outcome = InquiryOutcome::kAnswered;
  reply.provider = "association-133264";
  reply.provided_at = At(1'800'000'000'123);
  reply.items = "eligibility:1";
  reply.answer = std::string("\0\x01\xff", 3);
  return reply;
}

template <typename Line>
std::string Written(const Line& line) {
  SecretVector<char> out;
  AppendLine(line, out);
  return {out.data(), out.size()};
}

TEST(Inquiry, LinesAreReadAsTheyWereWritten) {
  InquiryQuestion question{{}, {}, {}, Subject(), "\x30\x82"};
  question.code[15] = 9;
  EXPECT_EQ(ReadInquiryQuestions(Written(question) + Written(question)).value().at(1), question);
  InquiryOrder order;
  order.subject = Subject();
  order.basis = "provision-order-2024:69:71条1号";
  order.requested_at = At(1'800'000'000'000);
  order.expires_at = At(1'800'000'600'000);
  order.is_settling = true;
  order.recipient = "x";
  EXPECT_EQ(ReadInquiryOrders(Written(order)).value().at(0), order);
  EXPECT_EQ(ReadInquiryReplies(Written(Reply())).value().at(0), Reply());
  InquiryResult result;
  result.outcome = InquiryOutcome::kNotPermitted;
  result.citation = "番号法別表第二44の項, \"市町村長\"";
  EXPECT_EQ(ReadInquiryResults(Written(result)).value().at(0), result);
}

TEST(Inquiry, FactsAreReadAsTheyWereWritten) {
  InquiryFacts facts;
  facts.subject = Subject();
  facts.outcome = InquiryOutcome::kStopped;
  facts.items = "a:1 b:2";
  EXPECT_EQ(ReadFactsText(FactsText(facts)).value(), facts);
}

TEST(Inquiry, AFaultIsToldByLineAndFieldWithoutItsValue) {
  const std::string good = Written(Reply());
  std::string bad = good;
  bad.replace(bad.find("answered"), 8, "Secret42");
  const auto read = ReadInquiryReplies(good + bad);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().place, "line 2: outcome");
  EXPECT_EQ(read.error().Text().find("Secret42"), std::string::npos);
}

TEST(Inquiry, AnAnswerStandsWithAnsweredOnly) {
  InquiryReply reply = Reply();
  reply.outcome = InquiryOutcome::kNothingHeld;
  EXPECT_FALSE(ReadInquiryReplies(Written(reply)).ok());
  reply = Reply();
  reply.answer.clear();  // no longer kept
  EXPECT_TRUE(ReadInquiryReplies(Written(reply)).ok());
}

TEST(Inquiry, EveryOutcomeHasItsName) {
  for (std::size_t i = 0; i < kInquiryOutcomeCount; ++i) {
    const auto outcome = static_cast<InquiryOutcome>(i);
    EXPECT_EQ(InquiryOutcomeOf(InquiryOutcomeName(outcome)), outcome);
  }
  EXPECT_FALSE(InquiryOutcomeOf("").has_value());
  EXPECT_FALSE(IsFinal(InquiryOutcome::kOverdue));
  EXPECT_TRUE(IsFinal(InquiryOutcome::kTimedOut));
}

RC_GTEST_PROP(Inquiry, AnyAnswerComesThrough, (const std::string& bytes)) {
  InquiryReply reply = Reply();
  reply.answer = "x" + bytes;
  RC_ASSERT(ReadInquiryReplies(Written(reply)).value().at(0) == reply);
}

}  // namespace
}  // namespace musubi::exchange
