#include "exchange/resident_query.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace musubi::exchange {

namespace {

number::IndividualNumber SampleNumber() {
  std::string digits = "10000000001";
  std::array<std::uint8_t, 11> values = {};
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<std::uint8_t>(digits[i] - '0');
  }
  digits += std::to_string(number::IndividualCheckDigit(values));
  return number::IndividualNumber::Parse(digits).value();
}

std::string_view TextOf(const SecretVector<char>& bytes) {
  return {bytes.data(), bytes.size()};
}

std::vector<std::vector<std::string>> Lines(std::string_view text) {
  std::vector<std::vector<std::string>> lines;
  const auto count = EachLine(text, [&](std::uint64_t, std::span<const std::string_view> fields) {
    lines.emplace_back(fields.begin(), fields.end());
    return Ok();
  });
  EXPECT_TRUE(count.ok()) << count.error().Text();
  return lines;
}

TEST(ResidentQuery, WhatIsWrittenIsReadTheSame) {
  ResidentQueryRow row;
  row.reference = "P0000000001";
  row.number = SampleNumber();
  row.name = "山田, \"太郎\"";
  row.kana = "ﾔﾏﾀﾞ ﾀﾛｳ";
  row.birth_date = Date::Parse("1979-03-12").value();
  row.sex = text::Sex::kMale;
  row.address = "東京都千代田区１\r\n方";
  SecretVector<char> out;
  AppendVerificationQuery(row, out);
  AppendLineEnd(out);
  std::uint64_t count = 0;
  const auto lines = EachLine(TextOf(out), [&](std::uint64_t, auto fields) {
    const ResidentQueryRow read = ReadVerificationQuery(fields);
    EXPECT_TRUE(read.is_readable);
    EXPECT_EQ(read.reference, row.reference);
    EXPECT_TRUE(read.number.SameAs(row.number));
    EXPECT_EQ(read.name, row.name);
    EXPECT_EQ(read.address, row.address);
    EXPECT_EQ(read.birth_date, row.birth_date);
    EXPECT_EQ(read.sex, row.sex);
    ++count;
    return Ok();
  });
  EXPECT_TRUE(lines.ok());
  EXPECT_EQ(count, 1U);
}

TEST(ResidentQuery, AWrongFieldMakesTheRowUnreadableUnderItsReference) {
  using Fields = std::vector<std::string_view>;
  const auto bad_date = ReadResidentQuery(Fields{"P1", "山田", "", "1979-13-12", "1", "東京都"});
  EXPECT_FALSE(bad_date.is_readable);
  EXPECT_EQ(bad_date.reference, "P1");
  EXPECT_FALSE(ReadResidentQuery(Fields{"P1", "", "", "1979-03-12", "1", ""}).is_readable);
  EXPECT_FALSE(ReadResidentQuery(Fields{"P1", "山田", "", "1979-03-12", "男", ""}).is_readable);
  EXPECT_FALSE(ReadResidentQuery(Fields{"=1", "山田", "", "1979-03-12", "1", ""}).is_readable);
  EXPECT_FALSE(ReadResidentQuery(Fields{"P1"}).is_readable);
  EXPECT_TRUE(ReadResidentQuery(Fields{"P1", "山田", "", "1979-03-12", "", ""}).is_readable);
}

TEST(ResidentQuery, ANumberComesWithAgreementOnly) {
  SecretVector<char> out;
  ResidentAnswerRow row{"P1", QueryOutcome::kNotation, SampleNumber(), "name:notation", "", ""};
  AppendResidentAnswer(row, out);
  AppendLineEnd(out);
  EXPECT_EQ(Lines(TextOf(out))[0][2], "");
  out.clear();
  row.outcome = QueryOutcome::kAgree;
  AppendResidentAnswer(row, out);
  AppendLineEnd(out);
  auto fields = Lines(TextOf(out))[0];
  EXPECT_EQ(fields[2].size(), 12U);
  std::vector<std::string_view> views(fields.begin(), fields.end());
  EXPECT_TRUE(ReadResidentAnswer(views).ok());
  views[1] = "notation";
  EXPECT_FALSE(ReadResidentAnswer(views).ok());
  views[1] = "agree";
  views[2] = "";
  EXPECT_FALSE(ReadResidentAnswer(views).ok());
  views[1] = "likely";
  EXPECT_FALSE(ReadResidentAnswer(views).ok());
}

TEST(ResidentQuery, OutcomesAndTheirWordsAreOneToOne) {
  for (std::size_t i = 0; i < kVerificationOutcomeCount; ++i) {
    const auto outcome = static_cast<VerificationOutcome>(i);
    EXPECT_EQ(VerificationOutcomeOf(VerificationOutcomeName(outcome)), outcome);
  }
  for (std::size_t i = 0; i < kQueryOutcomeCount; ++i) {
    const auto outcome = static_cast<QueryOutcome>(i);
    EXPECT_EQ(QueryOutcomeOf(QueryOutcomeName(outcome)), outcome);
  }
}

TEST(ResidentQuery, BrokenLinesAndTooManyAreRefused) {
  const auto ignore = [](std::uint64_t, std::span<const std::string_view>) { return Ok(); };
  EXPECT_FALSE(EachLine("a,b", ignore).ok());
  EXPECT_FALSE(EachLine("a,\"b\r\n", ignore).ok());
  EXPECT_FALSE(EachLine("a,b\n", ignore).ok());
  EXPECT_FALSE(EachLine("a,\xff\r\n", ignore).ok());
  std::string many;
  for (std::uint64_t i = 0; i < kQueryRowsMax; ++i) {
    many += "a\r\n";
  }
  EXPECT_TRUE(EachLine(many, ignore).ok());
  EXPECT_EQ(EachLine(many + "a\r\n", ignore).error().code, ErrorCode::kExhausted);
}

}  // namespace

}  // namespace musubi::exchange
