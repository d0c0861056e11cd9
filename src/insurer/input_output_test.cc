#include <gtest/gtest.h>

#include "insurer/number_input.h"
#include "insurer/people_csv.h"

namespace musubi::insurer {
namespace {

// The example of the guide of many municipalities; it belongs to nobody.
constexpr std::string_view kExample = "123456789018";

bool IsRead(std::string_view typed, std::string_view expected = kExample) {
  const auto number = ReadTypedNumber(SecretVector<char>(typed.begin(), typed.end()));
  return number.ok() && number->SameAs(number::IndividualNumber::Parse(expected).value());
}

TEST(NumberInput, FullWidthDigitsSpacesAndHyphensAreForgiven) {
  EXPECT_TRUE(IsRead("123456789018"));
  EXPECT_TRUE(IsRead(" 1234 5678 9018\r"));
  EXPECT_TRUE(IsRead("1234-5678-9018"));
  EXPECT_TRUE(IsRead("１２３４　５６７８　９０１８"));
}

TEST(NumberInput, AWrongCheckDigitIsRefusedWithoutNamingTheValue) {
  const std::string typed = "123456789017";
  const auto number = ReadTypedNumber(SecretVector<char>(typed.begin(), typed.end()));
  ASSERT_FALSE(number.ok());
  EXPECT_EQ(number.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(number.error().Text().find("1234"), std::string::npos);
}

TEST(NumberInput, LettersAndOtherLengthsAreRefused) {
  EXPECT_FALSE(IsRead(""));
  EXPECT_FALSE(IsRead("12345678901"));
  EXPECT_FALSE(IsRead("12345678901あ"));
}

TEST(NumberInput, OnlyTheFirstLineIsRead) {
  MemorySource source(AsBytes("123456789018\nnothing\n"));
  const auto line = ReadTypedLine(source);
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(std::string_view(line->data(), line->size()), kExample);
  const std::string endless(10000, '1');
  MemorySource too_long(AsBytes(endless));
  EXPECT_FALSE(ReadTypedLine(too_long).ok());
}

TEST(PeopleCsv, FieldsAreQuotedWhereNeeded) {
  std::string out;
  AppendSpreadsheetField("a\"b,c", out);
  EXPECT_EQ(out, "\"a\"\"b,c\"");
}

TEST(PeopleCsv, AFormulaBecomesText) {
  for (const std::string_view formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1"}) {
    std::string out;
    AppendSpreadsheetField(formula, out);
    EXPECT_EQ(out, "'" + std::string(formula));
  }
}

TEST(PeopleCsv, AReleasedPersonHasNoRow) {
  PersonLine person;
  person.reference = "P0000000001";
  person.symbol = "=建";
  person.member_number = "0000002";
  person.state = LinkState::kReleased;
  person.reason = Reason::kGoneFromRoster;
  EXPECT_EQ(PeopleCsvLine(person), ",P0000000001,'=建,0000002,,,released,gone-from-roster\r\n");
  person.row = 7;
  EXPECT_EQ(PeopleCsvLine(person)[0], '7');
}

}  // namespace
}  // namespace musubi::insurer
