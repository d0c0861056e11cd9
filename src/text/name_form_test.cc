#include "text/name_form.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "text/normal_form.h"

namespace musubi::text {
namespace {

const Normaliser& Shared() {
  static const std::unique_ptr<Normaliser> normaliser = std::move(Normaliser::Make()).value();
  return *normaliser;
}

std::string Lossless(std::string_view text) {
  NormalForm form;
  Shared().Name(text, Layer::kLossless, form);
  return form.text + "|" + RuleNames(form.rules);
}

std::string Lenient(std::string_view text) {
  NormalForm form;
  Shared().Name(text, Layer::kLenient, form);
  return form.text + "|" + RuleNames(form.rules);
}

TEST(NameForm, SpacesOfAnyKindAreNotation) {
  EXPECT_EQ(Lossless("朝原一心"), "朝原一心|");
  EXPECT_EQ(Lossless("朝原　一心"), "朝原一心|space");
  EXPECT_EQ(Lossless(" 朝原\u00a0一心\u200b"), "朝原一心|space");
}

TEST(NameForm, WidthAndCompatibilityFormsAreNotation) {
  EXPECT_EQ(Lossless("ＪＯＨＮ　ＳＭＩＴＨ"), "JOHNSMITH|width space");
  EXPECT_EQ(Lossless("ｼﾞｮﾝ･ｽﾐｽ"), "ジョン・スミス|width");
  EXPECT_EQ(Lossless("か\u3099く"), "がく|compatibility");
  EXPECT_EQ(Lossless("Jose\u0301"), "José|compatibility");
  EXPECT_EQ(Lossless("マリ－"), "マリー|hyphen");
}

TEST(NameForm, AVariationSelectorIsNotationAndTheIdeographStays) {
  EXPECT_EQ(Lossless("渡辺\U000e0100"), "渡辺|variation-selector");
}

TEST(NameForm, CompatibilityIdeographsAreVariantsAndNotNotation) {
  EXPECT_EQ(Lossless("\ufa19谷"), "\ufa19谷|");
  EXPECT_EQ(Lenient("\ufa19谷"), Lenient("神谷").substr(0, 6) + "|kanji-variant");
  EXPECT_EQ(Lossless("\uf9dc"), "\uf9dc|");
}

TEST(NameForm, KanjiVariantsAreLenientOnly) {
  EXPECT_NE(Lossless("髙橋"), Lossless("高橋"));
  EXPECT_EQ(Lenient("髙橋"), "高橋|kanji-variant");
  EXPECT_EQ(Lenient("高橋"), "高橋|");
  EXPECT_EQ(Lenient("渡邊").substr(0, 6), Lenient("渡辺").substr(0, 6));
  EXPECT_EQ(Lenient("渡邉").substr(0, 6), Lenient("渡辺").substr(0, 6));
}

TEST(NameForm, NonCognatesStayApart) {
  EXPECT_NE(Lenient("坂田"), Lenient("阪田"));
  EXPECT_NE(Lenient("斉田").substr(0, 6), Lenient("斎田").substr(0, 6));
  EXPECT_NE(Lenient("姫"), Lenient("姬"));
}

TEST(NameForm, ALostGaijiFitsAnyOneCharacter) {
  for (const char* lost : {"●", "■", "□", "?", "？", "〓", "◆", "_", "\ufffd", "\ue000", "\xff"}) {
    EXPECT_TRUE(Lenient("矢田" + std::string(lost)).starts_with("矢田●|")) << lost;
  }
  EXPECT_EQ(Lenient("矢田■"), "矢田●|lost-gaiji");
  EXPECT_TRUE(Normaliser::NamesFit("矢田●", "矢田市"));
  EXPECT_TRUE(Normaliser::NamesFit("●田市", "矢田●"));
  EXPECT_FALSE(Normaliser::NamesFit("矢田●", "矢田"));
  EXPECT_FALSE(Normaliser::NamesFit("矢田●", "八田市"));
  EXPECT_FALSE(Normaliser::NamesFit("矢田●", "矢田與市"));
}

TEST(NameForm, SmallKanaMiddleDotAndLatinCaseAreLenient) {
  EXPECT_EQ(Lenient("ジョン・スミス"), "ジヨンスミス|small-kana middle-dot");
  EXPECT_EQ(Lenient("Smith-Jones"), "SMITHJONES|middle-dot latin-case");
  EXPECT_EQ(Lenient("José"), "JOSÉ|latin-case");
  EXPECT_EQ(Lenient("りょう"), "りよう|small-kana");
}

TEST(NameForm, TwinsWithTheSameCharactersInAnotherOrderStayApart) {
  EXPECT_NE(Lenient("山田有芽"), Lenient("山田芽有"));
  EXPECT_NE(Shared().NameKey("山田有芽"), Shared().NameKey("山田芽有"));
}

TEST(NameForm, AnAliasInBracketsIsPartOfTheName) {
  EXPECT_EQ(Lossless("金田（通称：山田）"), "金田(通称:山田)|width");
}

TEST(NameForm, HiraganaAndKatakanaNamesStayApart) {
  EXPECT_NE(Lenient("さくら"), Lenient("サクラ"));
}

TEST(NameKey, IsEqualForEqualLenientFormsAndNoneForALostCharacter) {
  EXPECT_EQ(Shared().NameKey("髙橋　一"), Shared().NameKey("高橋一"));
  EXPECT_NE(Shared().NameKey("高橋一"), Shared().NameKey("高橋二"));
  EXPECT_EQ(Shared().NameKey("高橋●"), 0U);
  EXPECT_NE(Shared().NameKey(""), 0U);
}

}  // namespace
}  // namespace musubi::text
