#include "national/network/inquiry/correction_outbox.h"

#include <gtest/gtest.h>

#include "national/network/inquiry/exchange_for_test.h"
#include "tests/support/store_fixture.h"

namespace musubi::national::network {

namespace {

constexpr std::string_view kAt = ",2026-11-22T03:00:00.000Z\r\n";

class CorrectionTest : public test::StoreTest {
 protected:
  CorrectionTest()
      : database_(OpenDatabase()),
        part_(*database_, folder()),
        outbox_(*part_.book_, part_.Post()) {}

  static std::string Line(const exchange::InquiryQuestion& question) {
    return ToHex(question.id) + std::string(kAt);
  }

  std::unique_ptr<store::Database> database_;
  ExchangeForTest part_;
  CorrectionOutbox outbox_;
};

MUSUBI_TEST_BOTH_ENGINES(CorrectionTest);

TEST_P(CorrectionTest, ReachesWhoeverGotTheAnswer) {
  const auto question = ExchangeForTest::Question(1);
  static_cast<void>(part_.AskOne(question));
  ASSERT_TRUE(outbox_.Take("institution-131016", Line(question)).ok());
  ASSERT_TRUE(outbox_.Take("institution-131016", Line(question)).ok());
  EXPECT_EQ(outbox_.Deliver().value(), 1U);
  EXPECT_EQ(part_.providers_.notices_["hub"], Line(question));
  EXPECT_EQ(outbox_.Deliver().value(), 0U);
}

TEST_P(CorrectionTest, WaitsForANodeThatIsAway) {
  const auto question = ExchangeForTest::Question(1);
  static_cast<void>(part_.AskOne(question));
  part_.providers_.away_.insert("hub");
  ASSERT_TRUE(outbox_.Take("institution-131016", Line(question)).ok());
  EXPECT_EQ(outbox_.Deliver().value(), 0U);
  part_.providers_.away_.clear();
  CorrectionOutbox restarted(*part_.book_, part_.Post());
  EXPECT_EQ(restarted.Deliver().value(), 1U);
}

TEST_P(CorrectionTest, OnlyWhoWasAskedMayCorrect) {
  const auto question = ExchangeForTest::Question(1);
  static_cast<void>(part_.AskOne(question));
  EXPECT_EQ(outbox_.Take("institution-131024", Line(question)).error().code, ErrorCode::kRefused);
  EXPECT_EQ(outbox_.Deliver().value(), 0U);
}

TEST_P(CorrectionTest, WhatWasNeverProvidedNeedsNoCorrection) {
  auto question = ExchangeForTest::Question(1);
  part_.providers_.next_.outcome = exchange::InquiryOutcome::kNothingHeld;
  static_cast<void>(part_.AskOne(question));
  const std::string unknown = std::string(32, 'a') + std::string(kAt);
  ASSERT_TRUE(outbox_.Take("institution-131016", Line(question) + unknown).ok());
  EXPECT_EQ(outbox_.Deliver().value(), 0U);
}

TEST_P(CorrectionTest, MalformedLinesAreNamed) {
  EXPECT_EQ(outbox_.Take("hub", "x" + std::string(kAt)).error().place, "line 1");
  EXPECT_FALSE(outbox_.Take("hub", std::string(32, 'a') + ",yesterday\r\n").ok());
  EXPECT_FALSE(outbox_.Take("hub", std::string(32, 'a') + "\r\n").ok());
}

}  // namespace

}  // namespace musubi::national::network
