// Three logs side by side: what agrees, what does not, and what is nobody's fault.
#include "audit/agreement.h"

#include <gtest/gtest.h>

namespace musubi::audit {
namespace {

using exchange::InquiryOutcome;

class AgreementTest : public testing::Test {
 protected:
  void Take(
      std::uint8_t id, Role role, std::uint8_t facts = 1, std::optional<InquiryOutcome> outcome = {}
  ) {
    ProvisionEntry entry;
    entry.inquiry[0] = id;
    entry.role = role;
    entry.facts[0] = facts;
    ASSERT_TRUE(logs_.Take(EncodeEntry(entry), outcome).ok());
  }

  void TakeAll(std::uint8_t id) {
    Take(id, Role::kInquirer);
    Take(id, Role::kNetwork, 1, InquiryOutcome::kAnswered);
    Take(id, Role::kProvider);
  }

  PartyLogs logs_;
};

TEST_F(AgreementTest, ThreeEqualEntriesAgree) {
  TakeAll(1);
  Take(2, Role::kInquirer);  // refused by the system itself
  Take(3, Role::kInquirer);
  Take(3, Role::kNetwork, 1, InquiryOutcome::kNotPermitted);
  const AgreementReport report = logs_.Compare(true);
  EXPECT_EQ(report.disagreements, 0U);
  EXPECT_EQ(report.by_three, 1U);
  EXPECT_EQ(report.by_two, 1U);
  EXPECT_EQ(report.by_inquirer, 1U);
}

TEST_F(AgreementTest, DifferentFactsAreNamed) {
  TakeAll(1);
  Take(2, Role::kInquirer, 1);
  Take(2, Role::kNetwork, 2);
  const AgreementReport report = logs_.Compare(false);
  ASSERT_EQ(report.disagreements, 1U);
  EXPECT_EQ(report.first[0].inquiry.substr(0, 2), "02");
}

TEST_F(AgreementTest, ADoubledEntryIsNamed) {
  TakeAll(1);
  Take(1, Role::kProvider);
  EXPECT_EQ(logs_.Compare(false).disagreements, 1U);
}

TEST_F(AgreementTest, AMissingPartyIsNamedOnlyWhenAllLogsWereGiven) {
  Take(1, Role::kNetwork, 1, InquiryOutcome::kNotPermitted);
  Take(2, Role::kInquirer);
  Take(2, Role::kProvider);
  Take(3, Role::kInquirer);
  Take(3, Role::kNetwork, 1, InquiryOutcome::kAnswered);
  EXPECT_EQ(logs_.Compare(false).disagreements, 0U);
  EXPECT_EQ(logs_.Compare(true).disagreements, 3U);
}

TEST_F(AgreementTest, WhatIsNoEntryIsRefused) {
  EXPECT_FALSE(logs_.Take(Bytes{9, 9}).ok());
  EXPECT_TRUE(logs_.Take(EncodeEntry(AccessEntry{})).ok());
}

}  // namespace
}  // namespace musubi::audit
