#include "exchange/number_list.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace musubi::exchange {
namespace {

using Fields = std::vector<std::string_view>;

constexpr std::string_view kNumber = "123456789018";  // synthetic; 8 follows from the eleven
constexpr std::string_view kMistyped = "123456789017";

PackageHeader Header(std::string kind) {
  PackageHeader header;
  header.kind = std::move(kind);
  header.sender = "insurer-133033";
  header.recipient = "hub";
  header.sequence = 1;
  return header;
}

// The D record `write` makes, without "D," and CRLF; or the error's message.
template <typename Write>
std::string Written(const Write& write) {
  MemorySink sink;
  auto writer = ContentWriter::Create(sink, Header("NL")).value();
  const auto written = write(writer);
  if (!written.ok()) {
    return "refused: " + written.error().message;
  }
  EXPECT_TRUE(writer.Finish().ok());
  const std::string text(AsText(sink.bytes()));
  const std::size_t start = text.find("\r\nD,") + 4;
  return text.substr(start, text.find("\r\n", start) - start);
}

TEST(NumberListRow, AGoodRowIsRead) {
  const NumberListRow row =
      ReadNumberListRow(Fields{"A-1.x_2", kNumber, "1979-03-12", "2003-04-01"});
  EXPECT_FALSE(row.fault.has_value());
  EXPECT_EQ(row.reference, "A-1.x_2");
  EXPECT_TRUE(row.number.is_set());
  EXPECT_EQ(row.birth_date.packed(), 19790312U);
  EXPECT_EQ(row.qualified_on.packed(), 20030401U);
}

TEST(NumberListRow, WhatIsReadIsWrittenBackTheSame) {
  const NumberListRow row = ReadNumberListRow(Fields{"A-1", kNumber, "1979-03-12", "2003-04-01"});
  EXPECT_EQ(
      Written([&](ContentWriter& writer) { return WriteNumberListRow(writer, row); }),
      "A-1,123456789018,1979-03-12,2003-04-01"
  );
}

TEST(NumberListRow, ABadReferenceIsBadFormatWithoutAReference) {
  const std::string too_long(kReferenceSizeMax + 1, 'a');
  for (const std::string_view bad :
       {std::string_view(""),
        std::string_view("-1"),
        std::string_view("_a"),
        std::string_view(".a"),
        std::string_view("=1+1"),
        std::string_view("a b"),
        std::string_view("a,b"),
        std::string_view("名"),
        std::string_view(too_long)}) {
    const auto row = ReadNumberListRow(Fields{bad, kNumber, "1979-03-12", "2003-04-01"});
    EXPECT_EQ(row.fault, Outcome::kBadFormat) << bad;
    EXPECT_EQ(row.reference, "");
  }
  const std::string longest(kReferenceSizeMax, 'a');
  EXPECT_FALSE(
      ReadNumberListRow(Fields{longest, kNumber, "1979-03-12", "2003-04-01"}).fault.has_value()
  );
}

TEST(NumberListRow, WrongShapesAreBadFormatAndKeepTheReference) {
  const std::vector<Fields> cases = {
      {"A-1"},
      {"A-1", kNumber, "1979-03-12"},
      {"A-1", kNumber, "1979-03-12", "2003-04-01", ""},
      {"A-1", "", "1979-03-12", "2003-04-01"},
      {"A-1", "12345678901", "1979-03-12", "2003-04-01"},
      {"A-1", "1234567890188", "1979-03-12", "2003-04-01"},
      {"A-1", "12345678901x", "1979-03-12", "2003-04-01"},
      {"A-1", kNumber, "1979-02-29", "2003-04-01"},
      {"A-1", kNumber, "S54.3.12", "2003-04-01"},
      {"A-1", kNumber, "", "2003-04-01"},
      {"A-1", kNumber, "1979-03-12", ""},
      {"A-1", kMistyped, "1979-03-12", ""},
  };
  for (const Fields& fields : cases) {
    const NumberListRow row = ReadNumberListRow(fields);
    EXPECT_EQ(row.fault, Outcome::kBadFormat) << fields.size();
    EXPECT_EQ(row.reference, "A-1");
  }
  EXPECT_EQ(ReadNumberListRow({}).fault, Outcome::kBadFormat);
}

TEST(NumberListRow, AWrongCheckDigitIsToldApart) {
  const auto row = ReadNumberListRow(Fields{"A-1", kMistyped, "1979-03-12", "2003-04-01"});
  EXPECT_EQ(row.fault, Outcome::kBadCheckDigit);
  EXPECT_EQ(row.reference, "A-1");
  EXPECT_FALSE(row.number.is_set());
  EXPECT_EQ(
      ReadNumberListRow(Fields{"A-1", "000000000000", "1979-03-12", "2003-04-01"}).fault,
      Outcome::kBadCheckDigit
  );
}

TEST(NumberListRow, AFaultyRowIsNotWritten) {
  const auto row = ReadNumberListRow(Fields{"A-1", kMistyped, "1979-03-12", "2003-04-01"});
  EXPECT_TRUE(Written([&](ContentWriter& writer) { return WriteNumberListRow(writer, row); }
  ).starts_with("refused"));
}

TEST(NumberPairRow, GoodRowsAreReadAndWrittenBackTheSame) {
  const std::vector<std::pair<Fields, std::string>> cases = {
      {{"A-1", kNumber, "00000123", "01", "issued"}, "A-1,123456789018,00000123,01,issued"},
      {{"A-1", kNumber, "00000123", "", "known"}, "A-1,123456789018,00000123,,known"},
      {{"A-1", kNumber, "", "", "birth-date-differs"}, "A-1,123456789018,,,birth-date-differs"},
      {{"A-1", "", "", "", "bad-check-digit"}, "A-1,,,,bad-check-digit"},
      {{"", "", "", "", "bad-format"}, ",,,,bad-format"},
  };
  for (const auto& [fields, text] : cases) {
    const auto row = ReadNumberPairRow(fields);
    ASSERT_TRUE(row.ok()) << text;
    EXPECT_EQ(
        Written([&](ContentWriter& writer) { return WriteNumberPairRow(writer, *row); }), text
    );
  }
}

TEST(NumberPairRow, WhatTheHubNeverWritesIsRefused) {
  const std::vector<Fields> cases = {
      {},
      {"A-1", kNumber, "00000123", "01"},
      {"A-1", kNumber, "00000123", "01", "issued", ""},
      {"", kNumber, "00000123", "01", "issued"},
      {"-1", kNumber, "00000123", "01", "issued"},
      {"A-1", kMistyped, "00000123", "01", "issued"},
      {"A-1", "", "00000123", "01", "issued"},
      {"A-1", "", "", "", "not-found"},
      {"A-1", kNumber, "", "", "issued"},
      {"A-1", kNumber, "", "01", "issued"},
      {"A-1", kNumber, "00000123", "1", "issued"},
      {"A-1", kNumber, "0000012x", "01", "issued"},
      {"A-1", kNumber, "00000123", "01", "not-found"},
      {"A-1", kNumber, "", "", "done"},
      {"A-1", kNumber, "", "", ""},
  };
  for (const Fields& fields : cases) {
    const auto row = ReadNumberPairRow(fields);
    ASSERT_FALSE(row.ok());
    EXPECT_EQ(row.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(row.error().message.find("123456"), std::string::npos);
  }
}

TEST(NumberPairRow, WhatNoReaderWouldTakeIsNotWritten) {
  NumberPairRow row;
  row.reference = "A-1";
  row.outcome = Outcome::kIssued;
  EXPECT_EQ(
      Written([&](ContentWriter& writer) { return WriteNumberPairRow(writer, row); }),
      "refused: not a number pair: individual number"
  );
}

}  // namespace
}  // namespace musubi::exchange
