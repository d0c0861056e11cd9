#include "exchange/address_query.h"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace musubi::exchange {

namespace {

using Fields = std::vector<std::string_view>;

// 123456789018 is synthetic.
constexpr std::string_view kNumber = "123456789018";

TEST(AddressQuery, AQuestionIsWrittenAsItIsRead) {
  const AddressQueryRow row = ReadAddressQuery(Fields{"P1", kNumber, "1979-03-12"});
  ASSERT_TRUE(row.is_readable);
  SecretVector<char> line;
  AppendAddressQuery(row, line);
  EXPECT_EQ(std::string(line.data(), line.size()), "P1,123456789018,1979-03-12");
}

TEST(AddressQuery, AQuestionWithoutNumberOrBirthDateIsNotReadable) {
  EXPECT_FALSE(ReadAddressQuery(Fields{"P1", "", "1979-03-12"}).is_readable);
  EXPECT_FALSE(ReadAddressQuery(Fields{"P1", "123456789017", "1979-03-12"}).is_readable);
  EXPECT_FALSE(ReadAddressQuery(Fields{"P1", kNumber, "1979-02-30"}).is_readable);
  EXPECT_FALSE(ReadAddressQuery(Fields{"P 1", kNumber, "1979-03-12"}).is_readable);
  EXPECT_FALSE(ReadAddressQuery(Fields{"P1", kNumber}).is_readable);
  EXPECT_EQ(ReadAddressQuery(Fields{"P1", kNumber}).reference, "P1");
}

TEST(AddressQuery, AnAddressStandsWithFoundAndWithNothingElse) {
  EXPECT_TRUE(ReadAddressAnswer(Fields{"P1", "found", "架空県1-2, 3"}).ok());
  EXPECT_FALSE(ReadAddressAnswer(Fields{"P1", "found", ""}).ok());
  for (std::size_t i = 1; i < kAddressOutcomeCount; ++i) {
    const std::string_view name = AddressOutcomeName(static_cast<AddressOutcome>(i));
    EXPECT_TRUE(ReadAddressAnswer(Fields{"P1", name, ""}).ok()) << name;
    EXPECT_FALSE(ReadAddressAnswer(Fields{"P1", name, "架空県"}).ok()) << name;
    SecretVector<char> line;
    AppendAddressAnswer({"P1", static_cast<AddressOutcome>(i), "架空県"}, line);
    EXPECT_EQ(std::string(line.data(), line.size()), "P1," + std::string(name) + ",");
  }
}

TEST(AddressQuery, AnAnswerWithUnknownWordsIsRefusedWithoutRepeatingThem) {
  const auto read = ReadAddressAnswer(Fields{"P1", "架空県", ""});
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().Text().find("架空県"), std::string::npos);
}

}  // namespace

}  // namespace musubi::exchange
