#include "text/kana_form.h"

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

std::string Form(std::string_view text, Layer layer) {
  NormalForm form;
  Shared().Kana(text, layer, form);
  return form.text;
}

std::string Rules(std::string_view text, Layer layer) {
  NormalForm form;
  Shared().Kana(text, layer, form);
  return RuleNames(form.rules);
}

TEST(KanaForm, WidthHiraganaSpacesAndMarksAreNotation) {
  for (const char* text :
       {"ｶﾝﾀﾞ ﾋｻｴ", "かんだ　ひさえ", "カンダ ヒサエ", "カンタ\u3099ヒサエ", "カンタ゛ヒサエ"}) {
    EXPECT_EQ(Form(text, Layer::kLossless), "カンダヒサエ") << text;
  }
  EXPECT_EQ(Rules("ｶﾝﾀﾞ ﾋｻｴ", Layer::kLossless), "width space");
  EXPECT_EQ(Rules("カンダヒサエ", Layer::kLossless), "");
}

TEST(KanaForm, ADashAfterKanaIsALongVowelMark) {
  for (const char* text : {"マリー", "マリ-", "マリ－", "マリ―", "マリ‐", "ﾏﾘｰ", "ﾏﾘ-"}) {
    EXPECT_EQ(Form(text, Layer::kLossless), "マリー") << text;
  }
}

TEST(KanaForm, SmallKanaIsLenient) {
  EXPECT_NE(Form("リヨウマ", Layer::kLossless), Form("リョウマ", Layer::kLossless));
  EXPECT_EQ(Form("リヨウマ", Layer::kLenient), Form("リョウマ", Layer::kLenient));
  EXPECT_EQ(Rules("イッシン", Layer::kLenient), "small-kana");
}

TEST(KanaForm, LongVowelsAreLenient) {
  for (const char* text : {"オオノショウコ", "オウノショーコ", "オーノショオコ"}) {
    EXPECT_EQ(Form(text, Layer::kLenient), "オノシヨコ") << text;
  }
  EXPECT_EQ(Form("ユウキ", Layer::kLenient), Form("ユーキ", Layer::kLenient));
  EXPECT_EQ(Rules("オオノ", Layer::kLenient), "long-vowel");
  EXPECT_NE(Form("タエ", Layer::kLenient), Form("タ", Layer::kLenient));
}

TEST(KanaForm, VoicingIsLenient) {
  EXPECT_EQ(Form("カナザワ", Layer::kLenient), Form("カナサワ", Layer::kLenient));
  EXPECT_EQ(Form("ミツヅカ", Layer::kLenient), Form("ミツツカ", Layer::kLenient));
  EXPECT_EQ(Form("パバ", Layer::kLenient), "ハハ");
  EXPECT_EQ(Rules("カナザワ", Layer::kLenient), "voicing");
}

TEST(KanaForm, MatsudaAndMasudaStayApartButShareAKey) {
  EXPECT_NE(Form("マツダ", Layer::kLenient), Form("マスダ", Layer::kLenient));
  EXPECT_EQ(Shared().KanaKey("シミヅ"), Shared().KanaKey("シミズ"));
  EXPECT_NE(Shared().KanaKey("シミズ"), Shared().KanaKey("スミス"));
}

TEST(KanaKey, IsEqualForEqualLenientForms) {
  EXPECT_EQ(Shared().KanaKey("ｼﾖｳｺﾞ"), Shared().KanaKey("しょーこ"));
}

}  // namespace
}  // namespace musubi::text
