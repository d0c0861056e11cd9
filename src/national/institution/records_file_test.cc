#include "national/institution/records_file.h"

#include <gtest/gtest.h>

#include "national/institution/records_for_test.h"

namespace musubi::national::institution {
namespace {

constexpr std::string_view kTax =
    "local-tax,income,1,2026,2026-06-01,2027-05-31,manual,income=3000000;tax=!not-declared";

Result<std::vector<Record>> Read(const std::string& text) {
  MemorySource source(AsBytes(text));
  std::vector<Record> records;
  MUSUBI_CHECK_OK(ReadRecords(source, "records.csv", [&records](Record record) -> Result<void> {
    records.push_back(std::move(record));
    return Ok();
  }));
  return records;
}

TEST(RecordsFile, EveryFieldOfARecordIsRead) {
  const auto records = Read(kHeadingLine + Line(1, kTax));
  ASSERT_TRUE(records.ok()) << records.error().Text();
  ASSERT_EQ(records->size(), 1U);
  const Record& record = records->front();
  EXPECT_EQ(record.person, "P1");
  EXPECT_EQ(record.information, "local-tax");
  EXPECT_EQ(record.kind, "income");
  EXPECT_EQ(record.key, "2026");
  EXPECT_EQ(record.valid_from.Text(), "2026-06-01");
  EXPECT_EQ(record.valid_to.Text(), "2027-05-31");
  EXPECT_TRUE(record.is_manual);
  EXPECT_FALSE(record.is_restricted);
  ASSERT_EQ(record.items.size(), 2U);
  EXPECT_EQ(record.items[0].value, "3000000");
  EXPECT_FALSE(record.items[0].is_missing);
  EXPECT_EQ(record.items[1].value, "not-declared");
  EXPECT_TRUE(record.items[1].is_missing);
}

TEST(RecordsFile, ABlankKindIsTheInformationItself) {
  const auto records = Read(kHeadingLine + Line(1, "resident-record,,1,k,,,,address=x"));
  ASSERT_TRUE(records.ok()) << records.error().Text();
  EXPECT_EQ(records->front().kind, "resident-record");
  EXPECT_FALSE(records->front().valid_from.is_set());
}

TEST(RecordsFile, WhatIsWrittenIsReadAgain) {
  const auto records = Read(
      kHeadingLine +
      Line(1, "resident-record,,2,k,2020-01-01,,restricted self-blocked,\"address=a, \"\"b\"\"\"")
  );
  ASSERT_TRUE(records.ok()) << records.error().Text();
  std::string text = kHeadingLine;
  AppendRecord(records->front(), text);
  const auto again = Read(text + "\r\n");
  ASSERT_TRUE(again.ok()) << again.error().Text();
  EXPECT_EQ(WordOf(again->front()), WordOf(records->front()));
  EXPECT_TRUE(again->front().is_restricted);
  EXPECT_TRUE(again->front().is_self_blocked);
}

struct Fault {
  std::string_view rest;
  std::string_view field;
};

TEST(RecordsFile, AFaultIsToldByLineAndFieldAndNeverByValue) {
  const Fault faults[] = {
      {"Secret,,1,k,,,,a=1", "information"},
      {"local-tax,SECRET,1,k,,,,a=1", "kind"},
      {"local-tax,,0,k,,,,a=1", "layout"},
      {"local-tax,,1x,k,,,,a=1", "layout"},
      {"local-tax,,1,,,,,a=1", "key"},
      {"local-tax,,1,k,2026-02-30,,,a=1", "valid_from"},
      {"local-tax,,1,k,2026-02-02,2026-02-01,,a=1", "valid_to"},
      {"local-tax,,1,k,,,secret,a=1", "flags"},
      {"local-tax,,1,k,,,,secret", "items"},
      {"local-tax,,1,k,,,,a=", "items"},
      {"local-tax,,1,k,,,,a=!", "items"},
      {"local-tax,,1,k,,,,a=1;a=2", "items"},
  };
  for (const Fault& fault : faults) {
    const auto read = Read(kHeadingLine + Line(1, kTax) + Line(2, fault.rest));
    ASSERT_FALSE(read.ok()) << fault.rest;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(read.error().place, "records.csv:3: " + std::string(fault.field)) << fault.rest;
    EXPECT_EQ(read.error().Text().find("ecret"), std::string::npos) << read.error().Text();
  }
}

TEST(RecordsFile, AResidentRecordCodeOfTenDigitsIsRefusedAndNotTold) {
  const auto read = Read(kHeadingLine + "P1,1234567890," + std::string(kTax) + "\r\n");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().place, "records.csv:2: resident_record_code");
  EXPECT_EQ(read.error().Text().find("1234567890"), std::string::npos);
}

TEST(RecordsFile, AnotherHeadingOrCountOfFieldsIsRefused) {
  EXPECT_EQ(Read("person,items\r\n").error().place, "records.csv:1");
  EXPECT_EQ(Read("").error().place, "records.csv:1");
  EXPECT_EQ(Read(kHeadingLine + "P1,x\r\n").error().place, "records.csv:2");
}

}  // namespace
}  // namespace musubi::national::institution
