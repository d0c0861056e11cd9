#include "sample/spelling.h"

#include <set>

#include <gtest/gtest.h>
#include <iconv.h>

#include "sample/names.h"
#include "text/width.h"

namespace musubi::sample {
namespace {

bool IsInCp932(std::string_view text) {
  const iconv_t converter = iconv_open("CP932", "UTF-8");
  std::string from(text);
  std::string to(text.size() * 2, '\0');
  char* in = from.data();
  char* out = to.data();
  std::size_t in_left = from.size();
  std::size_t out_left = to.size();
  const bool is_in =
      iconv(converter, &in, &in_left, &out, &out_left) != static_cast<std::size_t>(-1);
  iconv_close(converter);
  return is_in;
}

TEST(Spelling, DatesAreSpeltAsInRosters) {
  const Date date = Date::FromPacked(19790312);
  const std::vector<std::string> expected = {
      "昭和54年3月12日",
      "S54.3.12",
      "S54/03/12",
      "1979/3/12",
      "1979/03/12",
      "19790312",
      "S54.03.12",
      "昭和５４年３月１２日",
      "1979-03-12",
  };
  for (std::uint64_t i = 0; i < kDateSpellingCount; ++i) {
    EXPECT_EQ(SpellDate(date, i), expected[i]);
  }
}

TEST(Spelling, ErasChangeOnTheirDay) {
  EXPECT_EQ(SpellDate(Date::FromPacked(20190430), 0), "平成31年4月30日");
  EXPECT_EQ(SpellDate(Date::FromPacked(20190501), 0), "令和元年5月1日");
  EXPECT_EQ(SpellDate(Date::FromPacked(19890107), 1), "S64.1.7");
  EXPECT_EQ(SpellDate(Date::FromPacked(19890108), 1), "H1.1.8");
  EXPECT_EQ(SpellDate(Date::FromPacked(19261224), 0), "大正15年12月24日");
}

TEST(Spelling, KanaBecomeNarrowAndLarge) {
  EXPECT_EQ(NarrowKana("クジョウ　ガッピ"), "ｸｼﾞｮｳ ｶﾞｯﾋﾟ");
  EXPECT_EQ(WithoutSmallKana("ショウ　シュッ"), "シヨウ　シユツ");
}

TEST(Spelling, AddressesAreSpeltInThreeStyles) {
  const Town town{"東京都", "立川市", "曙町", 3};
  const Address address{&town, 2, 3, 4, "ハイム101号室"};
  EXPECT_EQ(
      SpellAddress(address, AddressStyle::kFull), "東京都立川市曙町二丁目3番4号　ハイム101号室"
  );
  EXPECT_EQ(SpellAddress(address, AddressStyle::kHyphens), "東京都立川市曙町2-3-4　ハイム101号室");
  EXPECT_EQ(SpellAddress({&town, 0, 12, 0, ""}, AddressStyle::kFull), "東京都立川市曙町12番地");
  EXPECT_EQ(
      SpellAddress({&town, 20, 12, 0, ""}, AddressStyle::kFull), "東京都立川市曙町二十丁目12番地"
  );
}

TEST(Names, AllAreInCp932AndAllKanaCanBeNarrowedAndWidenedAgain) {
  for (const auto names :
       {Surnames(), GivenNames(text::Sex::kMale), GivenNames(text::Sex::kFemale)}) {
    EXPECT_GE(names.size(), 100U);
    for (const Name& name : names) {
      EXPECT_TRUE(IsInCp932(name.text)) << name.text;
      EXPECT_EQ(text::WidenKana(NarrowKana(name.kana)), name.kana);
    }
  }
}

TEST(Towns, AllPrefecturesAreThere) {
  std::set<std::string_view> prefectures;
  for (const Town& town : Towns()) {
    prefectures.insert(town.prefecture);
    EXPECT_TRUE(IsInCp932(town.municipality));
    EXPECT_TRUE(IsInCp932(town.town));
  }
  EXPECT_EQ(prefectures.size(), 47U);
}

}  // namespace
}  // namespace musubi::sample
