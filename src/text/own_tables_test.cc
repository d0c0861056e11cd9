#include "text/own_tables.h"

#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace musubi::text {

namespace {

constexpr const char* kHeading =
    "code\tprefecture\tcounty\tmunicipality\tward\tkana\tunique\tunique_short\tvalid_"
    "to\tsuccessor\n";

class OwnTables : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("tables-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }

  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path Written(const char* name, std::string_view text) {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  // "own.tsv:LINE: message", or "" where the table is taken.
  std::string VariantsFault(std::string_view text) {
    return FaultOf({.kanji_variants = Written("own.tsv", text), .gazetteer = {}});
  }

  std::string PlacesFault(std::string_view text) {
    return FaultOf({.kanji_variants = {}, .gazetteer = Written("own.tsv", text)});
  }

  static std::string Name(const Normaliser& normaliser, std::string_view text) {
    NormalForm form;
    normaliser.Name(text, Layer::kLenient, form);
    return form.text;
  }

  static std::string Address(const Normaliser& normaliser, std::string_view text) {
    NormalForm form;
    normaliser.Address(text, Layer::kLossless, form);
    return form.text;
  }

 private:
  std::string FaultOf(const TableFiles& files) {
    const auto loaded = LoadNormaliser(files);
    if (loaded.ok()) {
      return "";
    }
    EXPECT_EQ(loaded.error().code, ErrorCode::kInvalid);
    const std::string place = loaded.error().place;
    EXPECT_TRUE(place.starts_with(folder_.string())) << place;
    return place.substr(std::min(place.size(), folder_.string().size() + 1)) + ": " +
           loaded.error().message;
  }

  std::filesystem::path folder_;
};

TEST_F(OwnTables, WithoutFilesTheBuiltInTablesAreUsed) {
  const auto own = LoadNormaliser({});
  const auto built_in = Normaliser::Make();
  ASSERT_TRUE(own.ok() && built_in.ok());
  EXPECT_EQ(Name(**own, "渡邊"), Name(**built_in, "渡邊"));
  EXPECT_NE(Name(**own, "渡邊"), "渡邊");
}

TEST_F(OwnTables, OwnVariantsReplaceTheBuiltInOnes) {
  const auto own = LoadNormaliser(
      {.kanji_variants = Written("v.tsv", "\xef\xbb\xbf斎\t斉\town\r\n\r\n齋\t斉\town\r\n"),
       .gazetteer = {}}
  );
  ASSERT_TRUE(own.ok()) << own.error().Text();
  EXPECT_EQ(Name(**own, "齋藤"), "斉藤");
  EXPECT_EQ(Name(**own, "渡邊"), "渡邊");
  EXPECT_EQ(Address(**own, "立川市曙町2-3-4"), "東京都立川市曙町2-3-4");
}

TEST_F(OwnTables, AnOwnGazetteerReplacesTheBuiltInOne) {
  const auto own = LoadNormaliser(
      {.kanji_variants = {},
       .gazetteer =
           Written("g.tsv", std::string(kHeading) + "99001\t架空県\t\t見本市\t\t\t1\t1\t\t\n")}
  );
  ASSERT_TRUE(own.ok()) << own.error().Text();
  EXPECT_EQ(Address(**own, "見本市1丁目2番3号"), "架空県見本市1-2-3");
  EXPECT_EQ(Address(**own, "立川市曙町2-3-4"), "立川市曙町2-3-4");
  EXPECT_EQ(Name(**own, "渡邊"), Name(**Normaliser::Make(), "渡邊"));
}

TEST_F(OwnTables, BadVariantsAreRefusedWithTheirLine) {
  EXPECT_EQ(VariantsFault("邊\t辺\town\n\n邉 辺\n"), "own.tsv:3: a line without a tab");
  EXPECT_EQ(VariantsFault("邊邉\t辺\town\n"), "own.tsv:1: a field that is not one character");
  EXPECT_EQ(
      VariantsFault("\n邊\t邉\town\n\n邉\t辺\town\n"),
      "own.tsv:2: a canonical character that has a canonical of its own"
  );
  EXPECT_EQ(
      VariantsFault("邊\t辺\town\n邊\t邉\town\n"),
      "own.tsv:2: a character that has another canonical further up"
  );
  EXPECT_EQ(VariantsFault("邊\t辺\town\n\x8e\x52\t\n"), "own.tsv:2: not UTF-8");
  EXPECT_EQ(VariantsFault("\n\r\n"), "own.tsv: a table without a row");
}

TEST_F(OwnTables, ABadGazetteerIsRefusedWithItsLine) {
  const std::string heading = kHeading;
  EXPECT_EQ(PlacesFault("邊\t辺\town\n"), "own.tsv:1: a line that has not ten columns");
  EXPECT_EQ(
      PlacesFault(heading + "99001\t\t\t見本市\t\t\t1\t1\t\t\n"),
      "own.tsv:2: a line without code, prefecture or municipality"
  );
  EXPECT_EQ(
      PlacesFault(heading + "\n99001\t架空県\t\t見本市\t\t\tyes\t1\t\t\n"),
      "own.tsv:3: unique is neither 0 nor 1"
  );
  EXPECT_EQ(
      PlacesFault(heading + "99001\t架空県\t\t見本市\t\t\t1\t1\t2020-03-31\t99002\n"),
      "own.tsv:2: a successor that is not in force"
  );
  EXPECT_EQ(PlacesFault(heading), "own.tsv: a table without a row");
}

TEST_F(OwnTables, AMissingFileIsToldByItsName) {
  const auto loaded = LoadNormaliser({.kanji_variants = "/nonexistent/v.tsv", .gazetteer = {}});
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.error().Text().find("/nonexistent/v.tsv"), std::string::npos);
}

}  // namespace

}  // namespace musubi::text
