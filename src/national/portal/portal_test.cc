// Accounts are read or refused by line and field, and records are told in plain words.
#include <fstream>

#include <gtest/gtest.h>

#include "national/portal/accounts.h"
#include "national/portal/plain_words.h"
#include "tests/support/store_fixture.h"

namespace musubi::national::portal {
namespace {

class PortalTest : public testing::Test {
 protected:
  Result<Accounts> Load(const std::string& text) {
    const auto file = folder_.path() / "accounts.csv";
    std::ofstream(file, std::ios::binary) << text;
    return Accounts::Load(file);
  }

  test::TemporaryFolder folder_;
};

constexpr const char* kHead = "account,resident_record_code\r\n";

TEST_F(PortalTest, AnAccountLeadsToItsResident) {
  const Accounts accounts =
      test::Must(Load(std::string(kHead) + "b,12345678901\r\na,24727059608\n"));
  EXPECT_EQ(accounts.size(), 2U);
  number::ResidentRecordCode expected;
  EXPECT_EQ(
      number::ResidentRecordCode::TryParse("24727059608", expected), number::NumberFault::kNone
  );
  EXPECT_TRUE(test::Must(accounts.Find("a")).SameAs(expected));
  EXPECT_FALSE(accounts.Find("c").ok());
}

TEST_F(PortalTest, ABadLineIsToldByFieldWithoutItsValue) {
  for (const char* line : {"a,1234", "a b,24727059608", "a", ",24727059608"}) {
    const auto accounts = Load(std::string(kHead) + "ok,24727059608\r\n" + line + "\r\n");
    ASSERT_FALSE(accounts.ok()) << line;
    EXPECT_NE(accounts.error().place.find(":3: "), std::string::npos);
    EXPECT_EQ(accounts.error().Text().find("1234"), std::string::npos);
  }
  EXPECT_FALSE(Load("a,24727059608\r\n").ok());
  EXPECT_FALSE(Load(std::string(kHead) + "a,24727059608\r\na,12345678901\r\n").ok());
}

TEST_F(PortalTest, ARecordIsToldInPlainWords) {
  boost::json::object record = {
      {"inquirer", "association-133033"},
      {"inquirer_name", "東京見本国民健康保険組合"},
      {"provider", "institution-131016"},
      {"procedure", "nhi-benefits"},
      {"information", "local-tax"},
      {"basis", "番号法別表第二42の項"},
      {"requested_at", "2026-11-22T09:03:04.000Z"},
      {"outcome", "answered"},
  };
  AddPlainWords(record);
  const std::string words(record.at("words").as_string());
  for (const char* part :
       {"2026年11月22日 18時03分",
        "東京見本国民健康保険組合",
        "institution-131016",
        "地方税",
        "回答あり",
        "別表第二42の項"}) {
    EXPECT_NE(words.find(part), std::string::npos) << part << " in " << words;
  }
}

TEST_F(PortalTest, WhatIsNotKnownIsSaidSo) {
  boost::json::object record = {{"outcome", "something-new"}};
  AddPlainWords(record);
  EXPECT_EQ(record.at("outcome_name"), "something-new");
  EXPECT_NE(record.at("words").as_string().find("根拠: なし"), std::string::npos);
}

}  // namespace
}  // namespace musubi::national::portal
