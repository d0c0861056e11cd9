#include "national/network/inquiry/decision.h"

#include <gtest/gtest.h>

namespace musubi::national::network {

namespace {

using exchange::InquiryOutcome;

constexpr std::string_view kHeading = "id,kinds,name,served_by,assessment_published_on\n";

class DecisionTest : public testing::Test {
 protected:
  void Know(const std::string& lines) {
    directory_ =
        Directory::Parse(std::string(kHeading) + lines, "d", rules::Permissions::BuiltIn()).value();
  }

  Decision Of(
      std::string_view inquirer,
      std::string_view provider,
      std::string_view procedure,
      std::string_view information,
      std::string_view day = "2026-11-22"
  ) {
    exchange::InquirySubject subject;
    subject.inquirer = inquirer;
    subject.provider = provider;
    subject.procedure = procedure;
    subject.information = information;
    return Decide(
        subject,
        directory_.Find(inquirer),
        directory_,
        rules::Permissions::BuiltIn(),
        Date::Parse(day).value()
    );
  }

  Directory directory_;
};

TEST_F(DecisionTest, TheOnlyProviderNeedNotBeNamed) {
  Know("a,association,,hub,2020-01-01\nm,municipality,,m,2020-01-01\n");
  const Decision decision = Of("a", "", "nhi-benefits", "local-tax");
  EXPECT_TRUE(decision.is_permitted());
  EXPECT_EQ(decision.provider->id, "m");
}

TEST_F(DecisionTest, AmongSeveralProvidersOneIsToBeNamed) {
  Know(
      "a,association,,hub,2020-01-01\nm,municipality,,m,2020-01-01\n"
      "n,municipality,,n,2020-01-01\n"
  );
  const Decision decision = Of("a", "", "nhi-benefits", "local-tax");
  EXPECT_EQ(decision.outcome, InquiryOutcome::kProviderUnclear);
  EXPECT_EQ(decision.provider, nullptr);
  EXPECT_TRUE(Of("a", "n", "nhi-benefits", "local-tax").is_permitted());
}

TEST_F(DecisionTest, InsurersBehindACommonDoorAreOneProvider) {
  Know(
      "a,association,,hub,2020-01-01\nb,association,,hub,2020-01-01\n"
      "c,association,,hub,2020-01-01\nall,medical-insurer,,hub,2020-01-01\n"
  );
  EXPECT_EQ(Of("a", "", "nhi-benefits", "medical-benefits").provider->id, "all");
  EXPECT_EQ(Of("a", "b", "nhi-benefits", "medical-benefits").provider->id, "b");
}

TEST_F(DecisionTest, TheAssessmentsOfBothSidesAreNeededOnTheDay) {
  Know("a,association,,hub,2026-04-01\nm,municipality,,m,2026-05-01\nn,municipality,,n,\n");
  const auto outcome = [this](std::string_view provider, std::string_view day) {
    return Of("a", provider, "nhi-benefits", "local-tax", day).outcome;
  };
  EXPECT_EQ(outcome("m", "2026-03-31"), InquiryOutcome::kAssessmentMissing);
  EXPECT_EQ(outcome("m", "2026-04-30"), InquiryOutcome::kAssessmentMissing);
  EXPECT_EQ(outcome("m", "2026-05-01"), InquiryOutcome::kInProgress);
  EXPECT_EQ(outcome("n", "2026-05-01"), InquiryOutcome::kAssessmentMissing);
}

TEST_F(DecisionTest, ARefusalCitesTheNearestRow) {
  Know("a,association,,hub,2020-01-01\nm,municipality,,m,2020-01-01\n");
  const Decision decision = Of("a", "m", "nhi-benefits", "family-register");
  EXPECT_EQ(decision.outcome, InquiryOutcome::kNotPermitted);
  EXPECT_NE(decision.citation, "");
  EXPECT_EQ(decision.basis, "");
}

TEST_F(DecisionTest, TheLawOfTheDayDecides) {
  Know("a,association,,hub,2017-01-01\nm,municipality,,m,2017-01-01\n");
  EXPECT_EQ(
      Of("a", "m", "nhi-benefits", "local-tax", "2017-03-31").outcome, InquiryOutcome::kNotPermitted
  );
  EXPECT_EQ(Of("a", "m", "nhi-benefits", "local-tax", "2024-05-26").basis, "number-act-table2:42:");
  EXPECT_EQ(
      Of("a", "m", "nhi-benefits", "local-tax", "2024-05-27").basis, "provision-order-2024:69:"
  );
}

TEST_F(DecisionTest, OneKindOfTheInquirerThatAllowsIsEnough) {
  Know("x,prefecture association,,x,2020-01-01\nm,municipality,,m,2020-01-01\n");
  EXPECT_TRUE(Of("x", "m", "nhi-benefits", "local-tax").is_permitted());
}

TEST_F(DecisionTest, ThePortalAsksForThePersonsOwnOnly) {
  Know("portal,portal,,portal,2020-01-01\nm,municipality,,m,2020-01-01\n");
  EXPECT_EQ(Of("portal", "m", "self-information", "local-tax").citation, "番号法附則6条3項");
  EXPECT_TRUE(Of("portal", "m", "self-information", "local-tax").is_permitted());
  EXPECT_EQ(
      Of("portal", "m", "self-information", "local-tax", "2017-11-12").outcome,
      InquiryOutcome::kNotPermitted
  );
  EXPECT_EQ(Of("portal", "m", "nhi-benefits", "local-tax").outcome, InquiryOutcome::kNotPermitted);
  EXPECT_FALSE(Of("m", "portal", "self-information", "local-tax").is_permitted());
}

}  // namespace

}  // namespace musubi::national::network
