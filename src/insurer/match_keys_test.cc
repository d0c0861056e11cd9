#include "insurer/match_keys.h"

#include <gtest/gtest.h>

namespace musubi::insurer {
namespace {

TEST(MatchKeys, SpacesAndWidthDoNotMatter) {
  EXPECT_EQ(FoldWidth("山田　太郎"), FoldWidth("山田 太郎"));
  EXPECT_EQ(FoldWidth("山田太郎"), FoldWidth(" 山田太郎 "));
  EXPECT_EQ(FoldWidth("建１"), FoldWidth("建1"));
  EXPECT_EQ(FoldWidth("ｓｍｉｔｈ"), FoldWidth("SMITH"));
  EXPECT_NE(FoldWidth("山田太郎"), FoldWidth("山田次郎"));
}

TEST(MatchKeys, VariationSelectorsDoNotMatter) {
  EXPECT_EQ(FoldWidth("藤\U000E0103田"), FoldWidth("藤田"));
}

TEST(MatchKeys, KanaOfAnyWidthAndSizeIsOneKey) {
  EXPECT_EQ(FoldKana("ｼﾏﾀﾞ ｶｽﾞﾀｶ"), FoldKana("シマダ　カズタカ"));
  EXPECT_EQ(FoldKana("イツシン"), FoldKana("イッシン"));
  EXPECT_EQ(FoldKana("しまだ"), FoldKana("シマダ"));
  EXPECT_EQ(FoldKana("オ-ノ"), FoldKana("オーノ"));
  EXPECT_NE(FoldKana("シマダ"), FoldKana("シマタ"));
}

TEST(MatchKeys, BytesThatAreNotTextDoNoHarm) {
  EXPECT_EQ(FoldWidth("\xff\xfe\x80"), "");
  EXPECT_EQ(FoldKana(""), "");
}

}  // namespace
}  // namespace musubi::insurer
