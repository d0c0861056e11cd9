#include "national/institution/record_index.h"

#include <gtest/gtest.h>

#include "national/institution/records_for_test.h"

namespace musubi::national::institution {
namespace {

constexpr std::string_view kTax2025 = "local-tax,income,1,2025,2025-06-01,2026-05-31,,income=1";
constexpr std::string_view kTax2026 = "local-tax,income,1,2026,2026-06-01,,,income=2";

TEST(RecordIndex, PeopleAreFoundByCodeAndByKey) {
  const auto index =
      ReadIndex(kHeadingLine + Line(2, kTax2026) + Line(1, kTax2026) + Line(2, kTax2025));
  ASSERT_TRUE(index.ok()) << index.error().Text();
  ASSERT_EQ(index->people().size(), 2U);
  const Person* person = index->FindByCode(CodeOf(ResidentOf(2)));
  ASSERT_NE(person, nullptr);
  EXPECT_EQ(person->key, "P2");
  EXPECT_EQ(index->FindByKey("P2"), person);
  ASSERT_EQ(index->RecordsOf(*person).size(), 2U);
  EXPECT_EQ(index->RecordsOf(*person)[0].key, "2025");
  EXPECT_EQ(index->FindByCode(CodeOf(ResidentOf(3))), nullptr);
  EXPECT_EQ(index->FindByKey("P3"), nullptr);
}

TEST(RecordIndex, SomebodyTheNetworkDoesNotKnowIsFoundByNoCode) {
  MemorySource source(AsBytes(kHeadingLine));
  auto index = ReadIndex(kHeadingLine + Line(1, kTax2026));
  ASSERT_TRUE(index.ok());
  ASSERT_TRUE(index->SetCodes(std::vector<std::optional<Code16>>(1)).ok());
  EXPECT_EQ(index->FindByCode(CodeOf(ResidentOf(1))), nullptr);
  EXPECT_EQ(index->FindByCode(Code16{}), nullptr);
  EXPECT_NE(index->FindByKey("P1"), nullptr);
}

TEST(RecordIndex, OneCodeForTwoPeopleIsRefused) {
  auto index = ReadIndex(kHeadingLine + Line(1, kTax2026) + Line(2, kTax2026));
  ASSERT_TRUE(index.ok());
  const std::vector<std::optional<Code16>> codes(2, Code16{1});
  EXPECT_EQ(index->SetCodes(codes).error().code, ErrorCode::kConflict);
}

TEST(RecordIndex, APersonWithTwoResidentRecordCodesIsRefused) {
  const auto index = ReadIndex(
      kHeadingLine + Line(1, kTax2026) + "P1," + ResidentOf(2) + "," + std::string(kTax2025) +
      "\r\n"
  );
  ASSERT_FALSE(index.ok());
  EXPECT_TRUE(index.error().place.ends_with(": resident_record_code"));
}

TEST(RecordIndex, AResidentUnderTwoPeopleIsRefusedByLine) {
  const auto index = ReadIndex(
      kHeadingLine + Line(1, kTax2026) + "P2," + ResidentOf(1) + "," + std::string(kTax2026) +
      "\r\n"
  );
  ASSERT_FALSE(index.ok());
  EXPECT_EQ(index.error().place, "records.csv:3: resident_record_code");
}

TEST(RecordIndex, TheSameVersionTwiceIsRefused) {
  const auto index = ReadIndex(kHeadingLine + Line(1, kTax2026) + Line(1, kTax2026));
  ASSERT_FALSE(index.ok());
  EXPECT_EQ(index.error().place, "records.csv:3: valid_from");
}

TEST(RecordIndex, AnInformationTheLawDoesNotKnowIsRefused) {
  const auto index = ReadIndex(kHeadingLine + Line(1, "horoscope,,1,k,,,,a=1"));
  ASSERT_FALSE(index.ok());
  EXPECT_EQ(index.error().place, "records.csv:2: information");
}

TEST(RecordIndex, WordsGoWithValuesAndNotWithAnAddedEnd) {
  const auto before = ReadIndex(kHeadingLine + Line(1, kTax2025) + Line(1, kTax2026));
  const auto ended = ReadIndex(
      kHeadingLine + Line(1, kTax2025) +
      Line(1, "local-tax,income,1,2026,2026-06-01,2027-05-31,,income=2")
  );
  const auto corrected = ReadIndex(
      kHeadingLine + Line(1, kTax2025) + Line(1, "local-tax,income,1,2026,2026-06-01,,,income=3")
  );
  ASSERT_TRUE(before.ok() && ended.ok() && corrected.ok());
  EXPECT_TRUE(WordsGone(*before, *ended).empty());
  ASSERT_EQ(WordsGone(*before, *corrected).size(), 1U);
  EXPECT_EQ(WordsGone(*before, *corrected)[0], WordOf(before->records()[1]));
}

}  // namespace
}  // namespace musubi::national::institution
