#include "scheme/sample_truth.h"

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/io.h"

namespace musubi::scheme {
namespace {

// The digits have wrong check digits on purpose: nobody's number stands in this file.
class SampleTruthTest : public testing::Test {
 protected:
  SampleTruthTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "truth-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    EXPECT_TRUE(WriteFile(
                    folder_ / "truth.csv",
                    "row,resident_record_code,individual_number,tags\n"
                    "1,10000000001,384215907640,\n"
                    "2,10000000002,384215907631,addr-width num-unknown\n"
                    "3,10000000003,004215907621,num-missing\n"
    )
                    .ok());
    EXPECT_TRUE(WriteFile(
                    folder_ / "roster.csv",
                    "記号,番号,氏名,氏名カナ,生年月日,性別,個人番号\r\n"
                    "あ,1,\"一,二\",ｱ,1979-03-12,1,384215907640\r\n"
                    "あ,2,三,ｲ,1980-03-12,2,999999999990\r\n"
                    "あ,3,四,ｳ,1981-03-12,2,\r\n"
    )
                    .ok());
  }

  ~SampleTruthTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(SampleTruthTest, OnlyAWrongNumberCountsAsWrong) {
  const auto truth = SampleTruth::Load(folder_);
  ASSERT_TRUE(truth.ok()) << truth.error().Text();
  EXPECT_EQ(truth.value().row_count(), 3U);
  EXPECT_FALSE(truth.value().IsWrongInRoster(1));
  EXPECT_TRUE(truth.value().IsWrongInRoster(2));
  EXPECT_FALSE(truth.value().IsWrongInRoster(3)) << "a missing number is not a wrong one";
  EXPECT_FALSE(truth.value().IsWrongInRoster(0));
  EXPECT_FALSE(truth.value().IsWrongInRoster(4));
}

TEST_F(SampleTruthTest, WhoHasNoNumberCannotBeTied) {
  const auto truth = SampleTruth::Load(folder_);
  ASSERT_TRUE(truth.ok());
  EXPECT_TRUE(truth.value().IsTieable(2)) << "a wrong number can be corrected";
  EXPECT_FALSE(truth.value().IsTieable(3));
  EXPECT_EQ(truth.value().tieable_count(), 2U);
}

TEST_F(SampleTruthTest, ACorrectedRosterHoldsTheLinesAskedForWithTheRightNumber) {
  const auto truth = SampleTruth::Load(folder_);
  ASSERT_TRUE(truth.ok());
  ASSERT_TRUE(truth.value().WriteCorrectedRoster({2, 3}, folder_ / "corrected.csv").ok());
  EXPECT_EQ(
      ReadFile(folder_ / "corrected.csv").value(),
      "記号,番号,氏名,氏名カナ,生年月日,性別,個人番号\r\n"
      "あ,2,三,ｲ,1980-03-12,2,384215907631\r\n"
      "あ,3,四,ｳ,1981-03-12,2,004215907621\r\n"
  );
}

TEST_F(SampleTruthTest, ATypedNumberKeepsItsLeadingZeros) {
  const auto truth = SampleTruth::Load(folder_);
  ASSERT_TRUE(truth.ok());
  ASSERT_TRUE(truth.value().WriteNumber(3, folder_ / "number.txt").ok());
  EXPECT_EQ(ReadFile(folder_ / "number.txt").value(), "004215907621\n");
}

TEST_F(SampleTruthTest, TrueNumbersAndWrongOnesAreAllLookedFor) {
  const auto truth = SampleTruth::Load(folder_);
  ASSERT_TRUE(truth.ok());
  SecretVector<std::uint64_t> numbers;
  ASSERT_TRUE(truth.value().AppendNumbers(numbers).ok());
  EXPECT_EQ(numbers.size(), 5U);
  EXPECT_NE(std::find(numbers.begin(), numbers.end(), 999'999'999'990U), numbers.end());
}

TEST_F(SampleTruthTest, WithoutASampleThereIsNothingToRehearse) {
  std::filesystem::remove(folder_ / "truth.csv");
  EXPECT_EQ(SampleTruth::Load(folder_).error().code, ErrorCode::kPrecondition);
}

}  // namespace
}  // namespace musubi::scheme
