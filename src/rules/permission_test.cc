// What the law says in cases everybody who works with it knows by heart.
#include "rules/permission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace musubi::rules {

namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Date Day(std::string_view text) {
  return Date::Parse(text).value();
}

PermitAnswer Ask(
    const char* inquirer,
    const char* provider,
    const char* procedure,
    const char* information,
    const char* day
) {
  return Permissions::BuiltIn().Permit({inquirer, provider, procedure, information, Day(day)});
}

// An association asks.
PermitAnswer AssociationAsks(
    const char* provider, const char* procedure, const char* information, const char* day
) {
  return Ask("association", provider, procedure, information, day);
}

std::string RowOf(const PermitAnswer& answer) {
  return answer.allowed ? answer.basis.row : "refused: " + std::string(answer.reason());
}

// Somebody asks an association for medical benefits under a row of the table.
std::string RowOfAskingAssociation(const char* inquirer, const char* procedure, const char* day) {
  return RowOf(Ask(inquirer, "association", procedure, "medical-benefits", day));
}

constexpr const char* kOld = "2024-05-26";
constexpr const char* kNew = "2024-05-27";

TEST(Permission, AssociationAsksUnderRows42And43UntilTheTableEnds) {
  EXPECT_EQ(
      RowOf(AssociationAsks("medical-insurer", "nhi-benefits", "medical-benefits", kOld)), "42"
  );
  EXPECT_EQ(RowOf(AssociationAsks("municipality", "nhi-premiums", "local-tax", kOld)), "42");
  EXPECT_EQ(
      RowOf(AssociationAsks("other-benefit-payer", "nhi-benefits", "other-law-benefits", kOld)),
      "43"
  );
}

TEST(Permission, AssociationAsksUnderRows69And70FromTheNewOrderOn) {
  EXPECT_EQ(
      RowOf(AssociationAsks("medical-insurer", "nhi-benefits", "medical-benefits", kNew)), "69"
  );
  EXPECT_EQ(
      RowOf(AssociationAsks("municipality", "nhi-premiums", "local-tax", "2026-11-22")), "69"
  );
  EXPECT_EQ(
      RowOf(AssociationAsks("other-benefit-payer", "nhi-benefits", "other-law-benefits", kNew)),
      "70"
  );
}

TEST(Permission, AssociationIsRefusedUnderRow44) {
  const auto answer =
      AssociationAsks("minister-health", "nhi-premiums", "unemployment-benefits", kOld);
  EXPECT_FALSE(answer.allowed);
  EXPECT_EQ(answer.refusal, Refusal::kInquirerNotNamed);
  EXPECT_EQ(answer.citation, "番号法別表第二44の項");
  EXPECT_EQ(answer.detail, "照会者: 市町村長");
  EXPECT_TRUE(
      Ask("municipality", "minister-health", "nhi-premiums", "unemployment-benefits", kOld).allowed
  );
}

TEST(Permission, AssociationIsRefusedUnderRow45) {
  for (const char* provider :
       {"pension-service", "minister-health", "mutual-body", "local-mutual"}) {
    const auto answer =
        AssociationAsks(provider, "nhi-special-collection", "pension-benefits", kOld);
    EXPECT_EQ(answer.reason(), "inquirer-not-named") << provider;
    EXPECT_EQ(answer.citation, "番号法別表第二45の項") << provider;
    EXPECT_TRUE(
        Ask("municipality", provider, "nhi-special-collection", "pension-benefits", kOld).allowed
    ) << provider;
  }
}

TEST(Permission, AssociationIsRefusedUnderRow71) {
  const auto answer =
      AssociationAsks("minister-health", "nhi-premiums", "unemployment-benefits", kNew);
  EXPECT_EQ(answer.reason(), "inquirer-not-named");
  EXPECT_EQ(answer.citation, "令和6年デジタル庁・総務省令第9号2条の表71の項");
  EXPECT_EQ(answer.basis.rule_set, "provision-order-2024");
  EXPECT_EQ(
      AssociationAsks("municipality", "nhi-premiums", "pregnancy-notification", kNew).citation,
      answer.citation
  );
  EXPECT_TRUE(
      Ask("municipality", "minister-health", "nhi-premiums", "unemployment-benefits", kNew).allowed
  );
}

TEST(Permission, AnswerCitesTheItemOfTheOrder) {
  const auto old = AssociationAsks("municipality", "nhi-high-cost-care", "local-tax", kOld);
  EXPECT_EQ(old.citation, "番号法別表第二42の項、平成26年内閣府・総務省令第7号25条2号ロ");
  EXPECT_EQ(old.detail, "市町村民税");
  EXPECT_EQ(
      AssociationAsks("municipality", "nhi-high-cost-care", "local-tax", "2026-06-13").citation,
      "令和6年デジタル庁・総務省令第9号2条の表69の項、71条2号ロ"
  );
  EXPECT_EQ(
      AssociationAsks("municipality", "nhi-high-cost-care", "local-tax", "2026-06-14").citation,
      "令和6年デジタル庁・総務省令第9号2条の表69の項、71条3号ロ"
  );
  EXPECT_EQ(
      AssociationAsks("kyokai-kenpo", "nhi-benefit-adjustment", "health-insurance-benefits", kOld)
          .basis.item,
      "25条の2第1号"
  );
}

TEST(Permission, CellsOfRow42BeginOnTheirOwnDays) {
  EXPECT_EQ(
      RowOf(AssociationAsks("prime-minister", "nhi-benefits", "public-account", "2021-12-31")),
      "refused: not-in-force"
  );
  EXPECT_EQ(
      RowOf(AssociationAsks("prime-minister", "nhi-benefits", "public-account", "2022-01-01")), "42"
  );
  EXPECT_EQ(
      RowOf(AssociationAsks("prefecture", "nhi-benefits", "public-assistance", "2019-05-30")),
      "refused: not-in-force"
  );
  EXPECT_EQ(
      RowOf(AssociationAsks("prefecture", "nhi-benefits", "public-assistance", "2019-05-31")), "42"
  );
  EXPECT_EQ(
      RowOf(AssociationAsks("minister-justice", "nhi-benefits", "family-register", "2024-02-29")),
      "refused: not-in-force"
  );
  EXPECT_EQ(
      RowOf(AssociationAsks("minister-justice", "nhi-benefits", "family-register", "2024-03-01")),
      "42"
  );
}

TEST(Permission, ChangesOfTheNewOrderBeginOnTheirOwnDays) {
  EXPECT_EQ(
      RowOf(AssociationAsks("prefecture", "nhi-benefits", "foreigner-assistance", "2025-07-27")),
      "refused: not-in-force"
  );
  EXPECT_EQ(
      RowOf(AssociationAsks("prefecture", "nhi-benefits", "foreigner-assistance", "2025-07-28")),
      "69"
  );
  EXPECT_EQ(
      RowOf(AssociationAsks("immigration-agency", "nhi-benefits", "residence-card", "2026-06-13")),
      "refused: not-in-force"
  );
  EXPECT_EQ(
      RowOf(AssociationAsks("immigration-agency", "nhi-benefits", "residence-card", "2026-06-14")),
      "69"
  );
  EXPECT_EQ(
      RowOf(AssociationAsks("municipality", "nhi-specified-care", "local-tax", "2026-02-28")), "69"
  );
  EXPECT_EQ(
      RowOf(AssociationAsks("municipality", "nhi-specified-care", "local-tax", "2026-03-01")),
      "refused: not-in-force"
  );
}

TEST(Permission, RefusalSaysWhatTheRowNamesInstead) {
  const auto provider = AssociationAsks("prefecture", "nhi-benefits", "local-tax", kNew);
  EXPECT_EQ(provider.reason(), "information-not-named");
  EXPECT_EQ(provider.detail, "情報: 中国残留邦人等支援給付関係情報、生活保護関係情報");
  const auto nobody = AssociationAsks("student-services", "nhi-benefits", "local-tax", kNew);
  EXPECT_EQ(nobody.reason(), "provider-not-named");
  EXPECT_THAT(nobody.detail, HasSubstr("市町村長"));
  EXPECT_EQ(nobody.citation, "令和6年デジタル庁・総務省令第9号2条の表69の項");
}

TEST(Permission, AssociationMayNotAskUnderTheRowsOfOthers) {
  EXPECT_EQ(
      AssociationAsks(
          "medical-insurer", "child-rearing-allowance", "medical-benefits", "2025-07-28"
      )
          .reason(),
      "inquirer-not-named"
  );
  EXPECT_EQ(
      AssociationAsks("student-services", "long-term-care", "resident-record", kNew).reason(),
      "no-such-row"
  );
}

TEST(Permission, ItemNamesOnlyWhatItNames) {
  EXPECT_TRUE(AssociationAsks("medical-insurer", "nhi-benefits", "insured-status", kNew).allowed)
      << "part of what row 69 names";
  EXPECT_TRUE(
      AssociationAsks("medical-insurer", "nhi-status-notice", "insured-status", kNew).allowed
  );
  EXPECT_EQ(
      AssociationAsks("medical-insurer", "nhi-status-notice", "medical-benefits", kNew).reason(),
      "information-not-named"
  );
  EXPECT_EQ(
      AssociationAsks("medical-insurer", "nhi-high-cost-care", "insured-status", kNew).reason(),
      "information-not-named"
  );
}

TEST(Permission, WorksCarryTheirRowsBeforeTheItemsWereRead) {
  const auto answer =
      AssociationAsks("municipality", "nhi-high-cost-care", "local-tax", "2017-11-13");
  EXPECT_TRUE(answer.allowed);
  EXPECT_EQ(answer.basis.item, "命令");
  EXPECT_THAT(answer.citation, HasSubstr("未収録"));
}

TEST(Permission, AssociationIsAMedicalInsurerOnlyWhenItProvides) {
  EXPECT_TRUE(
      Ask("prefecture", "association", "public-assistance-work", "medical-benefits", kNew).allowed
  );
  EXPECT_EQ(
      Ask("medical-insurer", "municipality", "nhi-benefits", "local-tax", kNew).reason(),
      "inquirer-not-named"
  );
}

TEST(Permission, MunicipalityWithoutAWelfareOfficeIsNoWelfareAuthority) {
  EXPECT_EQ(
      RowOfAskingAssociation("municipality", "public-assistance-work", kNew),
      "refused: inquirer-not-named"
  );
  EXPECT_EQ(RowOfAskingAssociation("welfare-municipality", "public-assistance-work", kNew), "42");
  EXPECT_EQ(RowOfAskingAssociation("welfare-municipality", "long-term-care", kNew), "131");
}

struct ProviderRow {
  const char* inquirer;
  const char* procedure;
  const char* row;
  const char* first;
  const char* last;  // null: still in force
};

// Typed from the tables once more, apart from the program that made the facts.
constexpr ProviderRow kProviderRows[] = {
    {"minister-health", "health-insurance-minister", "1", "2017-04-01", kOld},
    {"kyokai-kenpo", "kyokai-health-insurance", "2", "2017-04-01", kOld},
    {"health-insurance-society", "society-health-insurance", "3", "2017-04-01", kOld},
    {"minister-health", "seamen-insurance-minister", "4", "2017-04-01", kOld},
    {"kyokai-kenpo", "seamen-insurance", "5", "2017-04-01", kOld},
    {"prefecture", "child-chronic-illness", "9", "2018-06-27", kOld},
    {"municipality", "vaccination-relief", "17", "2017-04-01", kOld},
    {"prefecture", "public-assistance-work", "26", "2017-04-01", kOld},
    {"municipality", "local-tax-work", "27", "2017-04-01", kOld},
    {"social-welfare-council", "welfare-loan", "30", "2017-04-01", kOld},
    {"private-school-mutual", "private-school-mutual", "33", "2017-04-01", kOld},
    {"national-mutual", "national-mutual", "39", "2017-04-01", kOld},
    {"municipality", "nhi-benefits", "42", "2017-04-01", kOld},
    {"local-mutual", "local-mutual", "58", "2017-04-01", kOld},
    {"municipality", "elderly-welfare-charges", "62", "2017-04-01", kOld},
    {"elderly-medical-union", "elderly-medical-care", "80", "2017-04-01", kOld},
    {"prefecture", "china-returnee-support", "87", "2017-04-01", kOld},
    {"municipality", "long-term-care", "93", "2017-04-01", kOld},
    {"student-services", "student-loan", "106", "2017-04-01", kOld},
    {"prefecture", "intractable-disease", "119", "2018-06-27", "2019-09-30"},
    {"prefecture", "intractable-disease", "120", "2019-10-01", kOld},
    {"kyokai-kenpo", "kyokai-health-insurance", "2", kNew, nullptr},
    {"health-insurance-society", "society-health-insurance", "3", kNew, nullptr},
    {"kyokai-kenpo", "seamen-insurance", "6", kNew, nullptr},
    {"prefecture", "child-chronic-illness", "13", kNew, nullptr},
    {"prefecture", "midwifery-facility", "20の2", "2025-07-28", nullptr},
    {"municipality", "vaccination-relief", "27", kNew, nullptr},
    {"prefecture", "public-assistance-work", "42", kNew, nullptr},
    {"municipality", "local-tax-work", "48", kNew, nullptr},
    {"minister-justice", "residence-permission", "55の2", "2025-07-28", nullptr},
    {"immigration-agency", "immigration-control", "55の3", "2026-06-14", nullptr},
    {"private-school-mutual", "private-school-mutual", "56", kNew, nullptr},
    {"national-mutual", "national-mutual", "65", kNew, nullptr},
    {"municipality", "nhi-benefits", "69", kNew, nullptr},
    {"prefecture", "child-rearing-allowance", "81", "2025-07-28", nullptr},
    {"local-mutual", "local-mutual", "83", kNew, nullptr},
    {"municipality", "elderly-welfare-charges", "87", kNew, nullptr},
    {"municipality", "premature-infant-care", "95の2", "2025-07-28", nullptr},
    {"elderly-medical-union", "elderly-medical-care", "115", kNew, nullptr},
    {"prefecture", "china-returnee-support", "125", kNew, nullptr},
    {"municipality", "long-term-care", "131", kNew, nullptr},
    {"student-services", "student-loan", "141", kNew, nullptr},
    {"prefecture", "intractable-disease", "158", kNew, nullptr},
    {"prefecture", "foreigner-assistance", "161", kNew, nullptr},
    {"prefecture", "viral-hepatitis-follow-up", "164", kNew, nullptr},
    {"prefecture", "hepatitis-treatment", "165", kNew, nullptr},
    {"prefecture", "liver-cancer-treatment", "166", kNew, nullptr},
    {"prefecture", "specified-disease-research", "173", kNew, nullptr},
    {"prefecture", "coagulation-disorder-research", "173の2", "2025-07-28", nullptr},
};

TEST(Permission, InsurerProvidesUnderTheRowsThatNameIt) {
  for (const ProviderRow& row : kProviderRows) {
    SCOPED_TRACE(std::string(row.procedure) + " " + row.first);
    EXPECT_EQ(RowOfAskingAssociation(row.inquirer, row.procedure, row.first), row.row);
    EXPECT_EQ(
        RowOfAskingAssociation(row.inquirer, row.procedure, row.last ? row.last : "2099-12-31"),
        row.row
    );
  }
}

TEST(Permission, NoOtherRowMakesAnInsurerProvide) {
  std::vector<std::string> named;
  for (const ProviderRow& row : kProviderRows) {
    named.push_back(std::string(row.first >= std::string_view(kNew) ? "new " : "old ") + row.row);
  }
  for (const Fact* fact : Permissions::BuiltIn().Facts({}, {})) {
    if (fact->provider == "medical-insurer") {
      const bool is_new = fact->basis.rule_set == "provision-order-2024";
      EXPECT_THAT(named, testing::Contains((is_new ? "new " : "old ") + fact->basis.row));
    }
  }
}

TEST(Permission, AssociationIsNamedUnderItsFourRowsOnly) {
  for (const Fact* fact : Permissions::BuiltIn().Facts("association", {})) {
    const bool is_new = fact->basis.rule_set == "provision-order-2024";
    EXPECT_THAT(fact->basis.row, is_new ? testing::AnyOf("69", "70") : testing::AnyOf("42", "43"));
  }
}

TEST(Permission, UnknownCodeIsNamedAndNothingIsCited) {
  const auto answer = AssociationAsks("medical-insurer", "nhi-benefit", "medical-benefits", kNew);
  EXPECT_EQ(answer.reason(), "unknown-code");
  EXPECT_THAT(answer.detail, HasSubstr("事務"));
  EXPECT_THAT(answer.citation, IsEmpty());
  EXPECT_EQ(Ask("", "", "", "", kNew).reason(), "unknown-code");
}

TEST(Permission, AliasMeansItsCode) {
  const auto answer = Ask("prefecture", "association", "o2024-42", "medical-benefits", kNew);
  EXPECT_TRUE(answer.allowed);
  EXPECT_EQ(answer.basis.row, "42");
  const Code* code = Permissions::BuiltIn().FindCode(CodeKind::kProcedure, "o2024-42");
  ASSERT_NE(code, nullptr);
  EXPECT_EQ(code->code, "public-assistance-work");
  EXPECT_EQ(Permissions::BuiltIn().FindCode(CodeKind::kInformation, "o2024-42"), nullptr);
}

TEST(Permission, WithoutADayNothingIsAllowed) {
  const auto answer = Permissions::BuiltIn().Permit(
      {"association", "municipality", "nhi-benefits", "local-tax", Date()}
  );
  EXPECT_EQ(answer.reason(), "not-in-force");
}

TEST(Permission, RecordsAreKeptSevenYears) {
  const auto old = Permissions::BuiltIn().RetentionOn(Day(kOld));
  const auto now = Permissions::BuiltIn().RetentionOn(Day(kNew));
  ASSERT_TRUE(old.ok() && now.ok());
  EXPECT_EQ(old->years, 7);
  EXPECT_EQ(now->years, 7);
  EXPECT_THAT(old->citation, HasSubstr("施行令29条"));
  EXPECT_THAT(now->citation, HasSubstr("施行令30条"));
  EXPECT_FALSE(Permissions::BuiltIn().RetentionOn(Day("2017-03-31")).ok());
}

TEST(Permission, FactsOfAKindAreThoseOfTheKindsItCountsAs) {
  const auto& permissions = Permissions::BuiltIn();
  EXPECT_THAT(permissions.Facts("nobody", {}), IsEmpty());
  EXPECT_THAT(permissions.Facts("association", Day("2017-03-31")), IsEmpty());
  EXPECT_GT(
      permissions.Facts("welfare-municipality", Day(kNew)).size(),
      permissions.Facts("municipality", Day(kNew)).size()
  );
}

}  // namespace

}  // namespace musubi::rules
