#include "national/institution/holdings.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "national/institution/records_for_test.h"

namespace musubi::national::institution {
namespace {

using exchange::InquiryOutcome;

class HoldingsTest : public testing::Test {
 protected:
  void Records(const std::string& lines) {
    auto index = ReadIndex(kHeadingLine + lines);
    ASSERT_TRUE(index.ok()) << index.error().Text();
    index_.emplace(std::move(index).value());
  }

  [[nodiscard]] inquiry::Holding Find(
      std::string_view information,
      std::string_view from = "",
      std::string_view to = "",
      std::string_view inquirer = "association-133033",
      Version version = Version::kRight
  ) const {
    exchange::InquiryOrder order;
    order.id = Code16{0xab};
    order.code = CodeOf(ResidentOf(1));
    order.subject.inquirer = inquirer;
    order.subject.provider = "institution-131016";
    order.subject.information = information;
    static_cast<void>(Date::TryParse(from, order.subject.from));
    static_cast<void>(Date::TryParse(to, order.subject.to));
    return holdings_.Find(*index_, order, version);
  }

  static boost::json::object JsonOf(const inquiry::Holding& holding) {
    return boost::json::parse(
               boost::json::string_view(holding.content.data(), holding.content.size())
    )
        .as_object();
  }

  static std::vector<std::string> Keys(const inquiry::Holding& holding) {
    std::vector<std::string> keys;
    const boost::json::object json = JsonOf(holding);
    for (const auto& record : json.at("records").as_array()) {
      keys.emplace_back(record.at("key").as_string());
    }
    return keys;
  }

  std::optional<RecordIndex> index_;
  Holdings holdings_{"institution-131016"};
};

const std::string kTaxes =
    Line(1, "local-tax,income,1,2024,2024-06-01,2025-05-31,,income=100") +
    Line(1, "local-tax,income,1,2025,2025-06-01,2026-05-31,,income=200;tax=!not-declared") +
    Line(1, "local-tax,income,1,2026,2026-06-01,,,income=300");

TEST_F(HoldingsTest, ThePeriodChoosesVersionsByOverlap) {
  Records(kTaxes);
  using List = std::vector<std::string>;
  EXPECT_EQ(Keys(Find("local-tax")), (List{"2024", "2025", "2026"}));
  EXPECT_EQ(Keys(Find("local-tax", "2025-06-01", "2026-05-31")), (List{"2025"}));
  EXPECT_EQ(Keys(Find("local-tax", "2025-05-31", "2025-06-01")), (List{"2024", "2025"}));
  EXPECT_EQ(Keys(Find("local-tax", "2026-06-01", "")), (List{"2026"}));
  EXPECT_EQ(Keys(Find("local-tax", "", "2024-06-01")), (List{"2024"}));
  EXPECT_EQ(Find("local-tax", "", "2024-05-31").outcome, InquiryOutcome::kNothingHeld);
}

TEST_F(HoldingsTest, AnAnswerSaysWhatItIsAndWhyAValueIsMissing) {
  Records(kTaxes);
  const auto holding = Find("local-tax", "2025-06-01", "2025-06-01");
  EXPECT_EQ(holding.outcome, InquiryOutcome::kAnswered);
  EXPECT_EQ(holding.items, "income:1");
  EXPECT_FALSE(holding.is_hidden);
  ASSERT_EQ(holding.given.size(), 1U);
  const auto json = JsonOf(holding);
  EXPECT_EQ(json.at("inquiry").as_string(), ToHex(Code16{0xab}));
  EXPECT_EQ(json.at("provider").as_string(), "institution-131016");
  EXPECT_EQ(json.at("information").as_string(), "local-tax");
  const auto& record = json.at("records").as_array()[0];
  EXPECT_EQ(record.at("kind").as_string(), "income");
  EXPECT_EQ(record.at("valid_to").as_string(), "2026-05-31");
  EXPECT_EQ(record.at("items").at("income").as_string(), "200");
  EXPECT_EQ(record.at("missing").at("tax").as_string(), "not-declared");
}

TEST_F(HoldingsTest, NobodyAndNothingOfTheKindAreNothingHeld) {
  Records(Line(2, "local-tax,income,1,2026,,,,income=1"));
  EXPECT_EQ(Find("local-tax").outcome, InquiryOutcome::kNothingHeld);
  Records(kTaxes);
  const auto holding = Find("public-assistance");
  EXPECT_EQ(holding.outcome, InquiryOutcome::kNothingHeld);
  EXPECT_TRUE(holding.content.empty());
  EXPECT_TRUE(holding.given.empty());
}

TEST_F(HoldingsTest, AWiderInformationCoversTheNarrowerAndNotTheOtherWay) {
  Records(
      Line(1, "insured-status,,1,status,,,,qualified-on=2020-04-01") +
      Line(1, "medical-benefits,high-cost-care,1,2026-04,,,,amount=81200")
  );
  EXPECT_EQ(Find("medical-benefits").items, "high-cost-care:1 insured-status:1");
  EXPECT_EQ(Find("insured-status").items, "insured-status:1");
}

TEST_F(HoldingsTest, TheResidentRecordUnderSupportMeasuresIsNotDisclosed) {
  Records(kTaxes + Line(1, "resident-record,address,1,a,,,restricted,address=secret"));
  const auto withheld = Find("resident-record");
  EXPECT_EQ(withheld.outcome, InquiryOutcome::kNotDisclosed);
  EXPECT_TRUE(withheld.is_hidden);
  EXPECT_TRUE(withheld.content.empty());
  EXPECT_TRUE(withheld.given.empty());
  const auto tax = Find("local-tax");
  EXPECT_EQ(tax.outcome, InquiryOutcome::kAnswered);
  EXPECT_TRUE(tax.is_hidden);
}

TEST_F(HoldingsTest, BlockedOwnInformationIsKeptFromThePortalAlone) {
  Records(Line(1, "local-tax,income,1,2026,,,self-blocked,income=1"));
  EXPECT_EQ(Find("local-tax", "", "", "portal").outcome, InquiryOutcome::kNotDisclosed);
  EXPECT_EQ(Find("local-tax").outcome, InquiryOutcome::kAnswered);
}

TEST_F(HoldingsTest, AManualRecordAwaitsAPersonWithWhatWouldBeGiven) {
  Records(kTaxes + Line(1, "public-assistance,,1,aid,,,manual,granted-on=2026-01-01"));
  const auto holding = Find("public-assistance");
  EXPECT_EQ(holding.outcome, InquiryOutcome::kAwaitingPerson);
  EXPECT_FALSE(holding.content.empty());
  EXPECT_EQ(Find("local-tax").outcome, InquiryOutcome::kAnswered);
}

TEST_F(HoldingsTest, TheFaultGivesTheOldestVersion) {
  Records(kTaxes);
  const auto wrong = Find("local-tax", "2026-06-01", "", "association-133033", Version::kOldest);
  EXPECT_EQ(Keys(wrong), (std::vector<std::string>{"2024"}));
  EXPECT_EQ(wrong.outcome, InquiryOutcome::kAnswered);
}

}  // namespace
}  // namespace musubi::national::institution
