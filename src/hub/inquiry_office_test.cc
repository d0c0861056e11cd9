// What belongs to inquiries at the hub beside the desks: flags, figures of use, which copies an
// information code covers.
#include "hub/inquiry_office.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "hub/copy_holdings.h"
#include "hub/person_flags.h"
#include "hub/use_figures.h"
#include "tests/support/store_fixture.h"

namespace musubi::hub {
namespace {

using test::Must;

class InquiryOfficeTest : public test::StoreTest {
 protected:
  void SetUp() override {
    Must(database_->Migrate("office", OfficeMigrations()));
    connection_ = Must(database_->Connect());
  }

  std::unique_ptr<store::Database> database_ = OpenDatabase();
  std::unique_ptr<store::Connection> connection_;
};

MUSUBI_TEST_BOTH_ENGINES(InquiryOfficeTest);

TEST_P(InquiryOfficeTest, FlagsAreThoseSetLast) {
  EXPECT_EQ(Must(FlagsOf(*connection_, 133033, 1)), PersonFlags{});
  Must(SetFlags(*connection_, 133033, 1, {true, false, true}, Instant()));
  EXPECT_EQ(Must(FlagsOf(*connection_, 133033, 1)), (PersonFlags{true, false, true}));
  EXPECT_EQ(Must(FlagsOf(*connection_, 133264, 1)), PersonFlags{});
  Must(SetFlags(*connection_, 133033, 1, {false, true, false}, Instant()));
  EXPECT_EQ(Must(FlagsOf(*connection_, 133033, 1)), (PersonFlags{false, true, false}));
}

TEST_P(InquiryOfficeTest, FiguresOfUsePutElectronicAndPaperTogether) {
  Must(SetPaperCount(*connection_, 133033, {"2026-11", "nhi-benefits", 7}));
  Must(SetPaperCount(*connection_, 133033, {"2026-11", "nhi-premiums", 3}));
  Must(SetPaperCount(*connection_, 133033, {"2026-11", "nhi-premiums", 4}));  // reported again
  Must(SetPaperCount(*connection_, 133264, {"2026-10", "nhi-benefits", 9}));
  const std::vector<inquiry::AskingDesk::Use> asked = {
      {"terminal-133033", "nhi-benefits", "2026-11", 5, 4},
      {"terminal-133264", "nhi-benefits", "2026-11", 1, 1},
  };
  const auto own = Must(UseFiguresOf(*connection_, "2026-11", 133033, asked));
  ASSERT_EQ(own.size(), 2U);
  EXPECT_EQ(own[0].inquiries, 5);
  EXPECT_EQ(own[0].paper, 7);
  EXPECT_EQ(own[1].paper, 4);
  const auto json = UseJson("2026-11", own);
  EXPECT_FALSE(json.at("procedures").at(0).at("never").as_bool());
  EXPECT_TRUE(json.at("procedures").at(1).at("never").as_bool());
  EXPECT_EQ(Must(UseFiguresOf(*connection_, "2026-11", 0, asked)).size(), 3U);
}

TEST(PaperCount, IsReadOrRefusedByField) {
  EXPECT_TRUE(ReadPaperCount({{"month", "2026-11"}, {"procedure", "x"}, {"paper", 1}}).ok());
  for (const boost::json::object& body : std::vector<boost::json::object>{
           {{"month", "2026-13"}, {"procedure", "x"}, {"paper", 1}},
           {{"month", "2026-11"}, {"paper", 1}},
           {{"month", "2026-11"}, {"procedure", "x"}, {"paper", -1}}
       }) {
    EXPECT_FALSE(ReadPaperCount(body).ok());
  }
}

TEST(CopyHoldings, AWiderInformationCoversItsParts) {
  const auto kinds =
      KindsByInformation(rules::RecordLayouts::BuiltIn(), rules::Permissions::BuiltIn());
  const auto has = [&kinds](const char* information, const char* kind) {
    const auto found = kinds.find(information);
    return found != kinds.end() && std::ranges::find(found->second, kind) != found->second.end();
  };
  EXPECT_TRUE(has("medical-benefits", "high-cost-care"));
  EXPECT_TRUE(has("medical-benefits", "eligibility"));
  EXPECT_TRUE(has("insured-status", "eligibility"));
  EXPECT_FALSE(has("insured-status", "high-cost-care"));
  EXPECT_FALSE(has("medical-benefits", "contributions"));  // the insured's own only
  EXPECT_TRUE(has("self-information", "contributions"));
}

TEST(CopyHoldings, AnAssociationIsNamedByItsNumber) {
  EXPECT_EQ(InsurerOfInstitution("association-133033"), 133033U);
  EXPECT_EQ(InstitutionOfInsurer(11017), "association-011017");
  EXPECT_EQ(InsurerOfInstitution(InstitutionOfInsurer(11017)), 11017U);
  for (const char* other :
       {"medical-insurers", "institution-131016", "association-", "association-1x"}) {
    EXPECT_EQ(InsurerOfInstitution(other), 0U) << other;
  }
}

}  // namespace
}  // namespace musubi::hub
