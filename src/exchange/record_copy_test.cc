// Rows of record copies: what is taken, what is not and by which name.
#include "exchange/record_copy.h"

#include <gtest/gtest.h>

namespace musubi::exchange {
namespace {

using Fields = std::vector<std::string_view>;

Fields GoodRow() {
  return {"00000007", "01", "funeral-allowance", "F-1", "1", "2026-04-01", "", "put", "x", "y"};
}

std::string FaultOf(Fields fields) {
  return std::string(ReadRecordCopyRow(fields).fault_field);
}

TEST(RecordCopy, AGoodRowIsReadWhole) {
  const Fields fields = GoodRow();
  const RecordCopyRow row = ReadRecordCopyRow(fields);
  EXPECT_EQ(row.fault_field, "");
  EXPECT_EQ(row.number, 7U);
  EXPECT_EQ(row.branch, 1U);
  EXPECT_EQ(row.kind, "funeral-allowance");
  EXPECT_EQ(row.key, "F-1");
  EXPECT_EQ(row.layout_version, 1);
  EXPECT_EQ(row.valid_from.Text(), "2026-04-01");
  EXPECT_FALSE(row.valid_to.is_set());
  EXPECT_FALSE(row.is_delete);
  EXPECT_EQ(row.items.size(), 2U);
}

TEST(RecordCopy, TheFirstWrongFieldIsNamed) {
  const std::vector<std::pair<std::size_t, std::string_view>> wrong = {
      {0, "7a"},
      {1, "1"},
      {2, "Funeral"},
      {3, "a b"},
      {4, "01"},
      {5, "2026-02-30"},
      {6, "2026-03-31"},
      {7, "replace"}
  };
  for (const auto& [field, value] : wrong) {
    Fields row = GoodRow();
    row[field] = value;
    EXPECT_EQ(FaultOf(row), kCopyFieldNames[field]) << value;
  }
  Fields fewer = GoodRow();
  fewer.resize(7);
  EXPECT_EQ(FaultOf(fewer), "count_of_fields");
}

TEST(RecordCopy, ADeletionHasNoItems) {
  Fields row = GoodRow();
  row[7] = "delete";
  EXPECT_EQ(FaultOf(row), "operation");
  row.resize(8);
  EXPECT_EQ(FaultOf(row), "");
}

TEST(RecordCopy, AnIndividualNumberIsNoKey) {
  EXPECT_TRUE(IsCopyKey("20260401-0012"));
  EXPECT_TRUE(IsCopyKey("123456789012"));  // wrong check digit
  EXPECT_FALSE(IsCopyKey("123456789018"));
  EXPECT_FALSE(IsCopyKey("K-123456789018.1"));
  EXPECT_TRUE(IsCopyKey("51234567890185555"));  // part of a longer run of digits
}

TEST(RecordCopy, WrittenRowsAreReadAgain) {
  PackageHeader header;
  header.kind = std::string(kCopiesKind);
  header.sender = "insurer-133033";
  header.recipient = "hub";
  header.sequence = 1;
  MemorySink sink;
  auto writer = ContentWriter::Create(sink, header);
  ASSERT_TRUE(writer.ok());
  const Fields fields = {
      "00000007", "01", "k", "a", "2", "2026-04-01", "2026-04-30", "put", "a,b", "\""
  };
  const RecordCopyRow row = ReadRecordCopyRow(fields);
  ASSERT_TRUE(WriteRecordCopyRow(*writer, row).ok());
  ASSERT_TRUE(writer->Finish().ok());
  EXPECT_NE(
      AsText(sink.bytes())
          .find("D,00000007,01,k,a,2,2026-04-01,2026-04-30,put,\"a,b\",\"\"\"\"\r\n"),
      std::string_view::npos
  );
  RecordCopyRow bad = row;
  bad.key = "a b";
  EXPECT_FALSE(WriteRecordCopyRow(*writer, bad).ok());
}

TEST(RecordCopy, KeptItemsAreTheItems) {
  const std::vector<std::string_view> items = {"!not-applicable", "a,\"b\"", "改行\r\n", "12"};
  std::string kept;
  AppendItems(items, kept);
  const auto split = SplitItems(kept);
  ASSERT_TRUE(split.ok());
  EXPECT_TRUE(std::equal(items.begin(), items.end(), split->begin(), split->end()));
  EXPECT_FALSE(SplitItems("a\"b").ok());
}

TEST(RecordCopy, EveryOutcomeHasAWordOfItsOwn) {
  for (std::size_t i = 0; i < kCopyOutcomeCount; ++i) {
    const auto outcome = static_cast<CopyOutcome>(i);
    EXPECT_EQ(CopyOutcomeOf(CopyOutcomeName(outcome)), outcome);
  }
  EXPECT_FALSE(CopyOutcomeOf("issued").has_value());
}

TEST(RecordCopy, AResultRowNeedsLineAndOutcome) {
  EXPECT_TRUE(ReadCopyResultRow(Fields{"2", "bad-item", "care_month"}).ok());
  EXPECT_FALSE(ReadCopyResultRow(Fields{"1", "applied", ""}).ok());
  EXPECT_FALSE(ReadCopyResultRow(Fields{"2", "fine", ""}).ok());
  EXPECT_FALSE(ReadCopyResultRow(Fields{"2", "applied"}).ok());
}

}  // namespace
}  // namespace musubi::exchange
