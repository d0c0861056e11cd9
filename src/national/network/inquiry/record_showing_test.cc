#include "national/network/inquiry/record_showing.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "base/io.h"
#include "national/network/inquiry/exchange_for_test.h"
#include "tests/support/store_fixture.h"

namespace musubi::national::network {

namespace {

using exchange::InquiryQuestion;

constexpr std::uint64_t kWholeSegment = 20;

class ShowingTest : public test::StoreTest {
 protected:
  ShowingTest() : database_(OpenDatabase()), part_(*database_, folder()) { Open(); }

  void Open() {
    segments_ =
        std::make_unique<LabelSegments>(*part_.book_, kWholeSegment, std::chrono::milliseconds(0));
    showing_ = std::make_unique<RecordShowing>(
        kMasterKeyForTest,
        part_.clock_,
        *database_,
        *part_.book_,
        *segments_,
        [this] { return part_.directory_; }
    );
  }

  ledger::VerifierKey Key() {
    return ledger::VerifierKey::Parse(ReadFile(folder() / "log.vkey").value()).value();
  }

  // Asks `count` questions about a person (a byte stands for them), the third hidden.
  void Ask(std::uint8_t person, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      InquiryQuestion question = ExchangeForTest::Question(++asked_);
      question.code.fill(person);
      question.subject.is_hidden = i == 2;
      static_cast<void>(part_.AskOne(question));
    }
  }

  static Code16 CodeOf(std::uint8_t person) {
    Code16 code{};
    code.fill(person);
    return ExchangeForTest::RecordsCode("hub", code);
  }

  // As the portal knows the person.
  static Code16 PortalCode(std::uint8_t person) {
    Code16 code{};
    code.fill(person);
    LinkageCodes(kMasterKeyForTest).Translate({"hub", 1}, {"portal", 1}, code);
    return code;
  }

  boost::json::object Show(
      std::uint8_t person,
      bool wants_proof,
      std::uint64_t first_index = 0,
      std::uint64_t count_max = 0
  ) {
    const auto text =
        showing_->Show({"portal", PortalCode(person), first_index, count_max, wants_proof}).value();
    return boost::json::parse(text).as_object();
  }

  std::unique_ptr<store::Database> database_;
  ExchangeForTest part_;
  std::unique_ptr<LabelSegments> segments_;
  std::unique_ptr<RecordShowing> showing_;
  std::uint32_t asked_ = 0;
};

MUSUBI_TEST_BOTH_ENGINES(ShowingTest);

TEST_P(ShowingTest, APersonSeesExactlyTheirRecords) {
  Ask(1, 4);
  Ask(2, 5);
  const auto answer = Show(1, false);
  EXPECT_EQ(answer.at("records").as_array().size(), 3U);
  EXPECT_EQ(answer.at("not_shown").as_int64(), 1);
  const auto& record = answer.at("records").as_array()[0].as_object();
  EXPECT_EQ(record.at("inquirer").as_string(), "association-133033");
  EXPECT_EQ(record.at("inquirer_name").as_string(), "組合甲");
  EXPECT_EQ(record.at("provider_name").as_string(), "千代田市");
  EXPECT_EQ(record.at("outcome").as_string(), "answered");
  EXPECT_FALSE(answer.contains("proof"));
  EXPECT_EQ(Show(3, false).at("records").as_array().size(), 0U);
  const auto later = Show(1, false, record.at("index").to_number<std::uint64_t>() + 1);
  EXPECT_EQ(later.at("records").as_array().size(), 2U);
  const auto newest = Show(1, false, 0, 1);
  ASSERT_EQ(newest.at("records").as_array().size(), 1U);
  EXPECT_EQ(newest.at("records").as_array()[0], answer.at("records").as_array()[2]);
  EXPECT_EQ(newest.at("count").as_int64(), 4);
}

TEST_P(ShowingTest, EveryLookIsRecorded) {
  const std::uint64_t before = part_.book_->log().size();
  static_cast<void>(Show(1, false));
  ASSERT_EQ(part_.book_->log().size(), before + 1);
  const auto entry = audit::DecodeEntry(part_.book_->log().ReadEntry(before).value());
  EXPECT_TRUE(std::holds_alternative<audit::AccessEntry>(*entry));
}

TEST_P(ShowingTest, TheProofVerifiesWithTheLogsKeyAlone) {
  Ask(1, 4);
  Ask(2, 1);
  const auto answer = Show(1, true);
  const auto proof = audit::ParseRecordProof(boost::json::serialize(answer.at("proof")));
  ASSERT_TRUE(proof.ok()) << proof.error().Text();
  const auto list = audit::VerifyRecordProof(*proof, Key());
  ASSERT_TRUE(list.ok()) << list.error().Text();
  EXPECT_EQ(list->records.size(), 3U);
  EXPECT_EQ(list->not_shown, 1U);
  EXPECT_EQ(list->erased, 0U);
  EXPECT_EQ(list->checkpoint.size, part_.book_->log().size());
}

TEST_P(ShowingTest, ProofsHoldOverManySegmentsAndARestart) {
  for (int round = 0; round < 4; ++round) {
    Ask(1, 5);
    Ask(2, 12);
    ASSERT_TRUE(segments_->KeepUp().ok());
    const auto proof = showing_->Prove(CodeOf(1)).value();
    const auto list = audit::VerifyRecordProof(proof, Key());
    ASSERT_TRUE(list.ok()) << list.error().Text();
    EXPECT_EQ(list->records.size() + list->not_shown, 5U * static_cast<std::size_t>(round + 1));
    if (round == 2) {
      EXPECT_GT(proof.segments.size(), 2U);
      Open();
    }
  }
  const auto nobody = audit::VerifyRecordProof(showing_->Prove(CodeOf(9)).value(), Key());
  ASSERT_TRUE(nobody.ok());
  EXPECT_TRUE(nobody->records.empty());
}

TEST_P(ShowingTest, NothingNewMakesNoNewSegments) {
  Ask(1, 1);
  static_cast<void>(showing_->Prove(CodeOf(1)).value());
  const std::uint64_t size = part_.book_->log().size();
  static_cast<void>(showing_->Prove(CodeOf(1)).value());
  EXPECT_EQ(part_.book_->log().size(), size);
}

TEST_P(ShowingTest, WhatWasErasedIsCountedInTheProof) {
  Ask(1, 3);
  part_.clock_.Advance(std::chrono::hours(24 * 366 * 8));
  Ask(1, 2);
  ASSERT_TRUE(part_.exchange_->Erase().ok());
  const auto list = audit::VerifyRecordProof(showing_->Prove(CodeOf(1)).value(), Key());
  ASSERT_TRUE(list.ok()) << list.error().Text();
  EXPECT_EQ(list->erased, 3U);
  EXPECT_EQ(list->records.size(), 2U);
}

TEST_P(ShowingTest, ARecordLeftOutByTheNetworkIsFound) {
  Ask(1, 4);
  audit::RecordProof proof = showing_->Prove(CodeOf(1)).value();
  audit::RecordProof shorter = proof;
  shorter.records.pop_back();
  EXPECT_EQ(audit::VerifyRecordProof(shorter, Key()).error().code, ErrorCode::kRefused);
  shorter = proof;
  shorter.records.erase(shorter.records.begin());
  EXPECT_FALSE(audit::VerifyRecordProof(shorter, Key()).ok());
  EXPECT_TRUE(audit::VerifyRecordProof(proof, Key()).ok());
}

}  // namespace

}  // namespace musubi::national::network
