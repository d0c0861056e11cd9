#include <gtest/gtest.h>

#include "number/corporate_number.h"
#include "number/insured_number.h"
#include "number/insurer_number.h"

namespace musubi::number {
namespace {

TEST(InsurerNumber, PublishedNumbersAreAccepted) {
  for (const char* text :
       {"33120015", "01040013", "133033", "133264", "133017", "133025", "133041", "273011", "473017"
       }) {
    EXPECT_EQ(InsurerNumber::Check(text), InsurerNumberFault::kNone) << text;
    EXPECT_EQ(InsurerNumber::Parse(text)->text(), text);
  }
}

TEST(InsurerNumber, EachFaultIsTold) {
  EXPECT_EQ(InsurerNumber::Check("133034"), InsurerNumberFault::kCheckDigit);
  EXPECT_EQ(InsurerNumber::Check("33120016"), InsurerNumberFault::kCheckDigit);
  EXPECT_EQ(InsurerNumber::Check("003033"), InsurerNumberFault::kPrefecture);
  EXPECT_EQ(InsurerNumber::Check("483033"), InsurerNumberFault::kPrefecture);
  EXPECT_EQ(InsurerNumber::Check("06993033"), InsurerNumberFault::kPrefecture);
  for (const char* text : {"", "13303", "1330333", "133033133", "13303x", "１３３０３３"}) {
    EXPECT_EQ(InsurerNumber::Check(text), InsurerNumberFault::kFormat) << text;
    EXPECT_FALSE(InsurerNumber::Parse(text).ok());
  }
}

TEST(InsurerNumber, PrefectureAndSchemeAreRead) {
  EXPECT_EQ(InsurerNumber::Parse("133033")->prefecture(), 13);
  EXPECT_EQ(InsurerNumber::Parse("133033")->scheme(), "");
  EXPECT_EQ(InsurerNumber::Parse("33120015")->prefecture(), 12);
  EXPECT_EQ(InsurerNumber::Parse("33120015")->scheme(), "33");
}

TEST(InsurerNumber, OnlySixDigitsWithAThreeAtTheThirdPlaceAreAnAssociation) {
  EXPECT_TRUE(InsurerNumber::Parse("133033")->IsNhiAssociation());
  EXPECT_TRUE(InsurerNumber::Parse("473017")->IsNhiAssociation());
  std::string municipality = "13801";
  municipality += InsurerCheckDigit(municipality);
  EXPECT_FALSE(InsurerNumber::Parse(municipality)->IsNhiAssociation());
  std::string employees = "0613301";
  employees += InsurerCheckDigit(employees);
  EXPECT_FALSE(InsurerNumber::Parse(employees)->IsNhiAssociation());
}

TEST(InsurerNumber, NeighboursSwappedAreCaughtExceptZeroAndNine) {
  for (const std::string base : {"13301", "27342", "01398", "47309"}) {
    std::string text = base;
    text += InsurerCheckDigit(text);
    for (std::size_t i = 2; i + 1 < text.size(); ++i) {
      std::string swapped = text;
      std::swap(swapped[i], swapped[i + 1]);
      const bool is_blind =
          swapped[i] == swapped[i + 1] || text.substr(i, 2) == "09" || text.substr(i, 2) == "90";
      EXPECT_EQ(InsurerNumber::Check(swapped) == InsurerNumberFault::kNone, is_blind) << swapped;
    }
  }
}

TEST(CorporateNumber, PublishedNumbersAreAccepted) {
  for (const char* text : {"7000012050002", "8000012010038", "6000012070001"}) {
    EXPECT_EQ(CorporateNumber::Check(text), NumberFault::kNone) << text;
    EXPECT_EQ(CorporateNumber::Parse(text)->text(), text);
  }
}

TEST(CorporateNumber, WrongOnesAreRefused) {
  EXPECT_EQ(CorporateNumber::Check("1000012050002"), NumberFault::kCheckDigit);
  EXPECT_EQ(CorporateNumber::Check("0000000000000"), NumberFault::kCheckDigit);
  for (const char* text : {"", "700001205000", "70000120500021", "7000012O50002"}) {
    EXPECT_EQ(CorporateNumber::Check(text), NumberFault::kFormat) << text;
    EXPECT_FALSE(CorporateNumber::Parse(text).ok());
  }
}

TEST(InsuredNumber, LeadingZerosCount) {
  const auto one = InsuredNumber::Parse("1", "");
  const auto padded = InsuredNumber::Parse("0000001", "");
  ASSERT_TRUE(one.ok() && padded.ok());
  EXPECT_FALSE(*one == *padded);
  EXPECT_EQ(padded->Joined(), "0000001");
}

TEST(InsuredNumber, BranchIsTwoDigitsOrBlank) {
  EXPECT_EQ(InsuredNumber::Parse("00000123", "01")->Joined(), "00000123-01");
  EXPECT_EQ(InsuredNumber::Parse("00000123", "")->Joined(), "00000123");
  for (const char* branch : {"1", "001", "a1", " 1"}) {
    EXPECT_FALSE(InsuredNumber::Parse("00000123", branch).ok()) << branch;
  }
}

TEST(InsuredNumber, NumberIsOneToTenDigits) {
  EXPECT_TRUE(InsuredNumber::Parse("1234567890", "").ok());
  for (const char* number : {"", "12345678901", "12a", "１２", "1-2"}) {
    EXPECT_FALSE(InsuredNumber::Parse(number, "01").ok()) << number;
  }
}

TEST(InsuredNumber, JoinedTextHasOneSpelling) {
  EXPECT_EQ(InsuredNumber::ParseJoined("00000123-01")->branch(), "01");
  EXPECT_EQ(InsuredNumber::ParseJoined("00000123")->branch(), "");
  for (const char* text : {"", "-01", "123-", "123-1", "123-01-02", "123 01"}) {
    EXPECT_FALSE(InsuredNumber::ParseJoined(text).ok()) << text;
  }
}

TEST(InsuredNumber, IssuedNumbersHaveEightDigitsAndABranch) {
  EXPECT_EQ(InsuredNumber::Issue(123, 1).Joined(), "00000123-01");
  EXPECT_EQ(InsuredNumber::Issue(99'999'999, 99).Joined(), "99999999-99");
  EXPECT_EQ(InsuredNumber::Issue(1'234'567'890, 10).Joined(), "1234567890-10");
  EXPECT_TRUE(InsuredNumber::Issue(123, 1) == *InsuredNumber::ParseJoined("00000123-01"));
}

TEST(InsuredNumberDeathTest, BranchZeroIsNeverIssued) {
  EXPECT_DEATH((void)InsuredNumber::Issue(1, 0), "broken promise");
  EXPECT_DEATH((void)InsuredNumber::Issue(10'000'000'000, 1), "broken promise");
}

}  // namespace
}  // namespace musubi::number
