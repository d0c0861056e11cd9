// What holds of every text, not only of good names and addresses.
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "text/normal_form.h"
#include "text/utf8.h"

namespace musubi::text {
namespace {

using Method = void (Normaliser::*)(std::string_view, Layer, NormalForm&) const;

const Normaliser& Shared() {
  static const std::unique_ptr<Normaliser> normaliser = std::move(Normaliser::Make()).value();
  return *normaliser;
}

// Pieces that rules look at, in any order: far likelier to meet a rule than random characters.
std::string Text() {
  static constexpr std::array<std::string_view, 64> kPieces = {"愛知県", "伊達市", "名古屋市北区",
                                                               "糟屋郡", "須恵町", "東村",
                                                               "字",     "大字",   "三条",
                                                               "一",     "二",     "十",
                                                               "百",     "〇",     "3",
                                                               "12",     "０",     "-",
                                                               "－",     "ー",     "ｰ",
                                                               " ",      "　",     "丁目",
                                                               "丁",     "番地",   "番",
                                                               "号",     "号室",   "室",
                                                               "の",     "ノ",     "之",
                                                               "ヶ",     "が",     "ケ",
                                                               "丘",     "髙",     "邊",
                                                               "●",      "?",      "・",
                                                               "'",      "ｶ",      "ﾞ",
                                                               "か",     "\u3099", "゛",
                                                               "ょ",     "ショ",   "オ",
                                                               "ウ",     "ッ",     "ン",
                                                               "Ａ",     "b",      "é",
                                                               "\u0301", "㈱",     "①",
                                                               "\xff",   "\ufe00", "西",
                                                               "コーポ"};
  const auto picks =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, kPieces.size())
      );
  std::string text;
  for (const std::size_t pick : picks) {
    text += kPieces[pick];
  }
  return text;
}

void CheckForms(Method method, const std::string& text) {
  NormalForm form;
  NormalForm again;
  for (const Layer layer : {Layer::kLossless, Layer::kLenient}) {
    (Shared().*method)(text, layer, form);
    RC_ASSERT(IsUtf8(form.text));
    (Shared().*method)(form.text, layer, again);
    RC_ASSERT(again.text == form.text);
    RC_ASSERT(RuleNames(again.rules) == "");
  }
  NormalForm lossless;
  (Shared().*method)(text, Layer::kLossless, lossless);
  RC_ASSERT((lossless.rules & ~kLosslessRules) == 0U);
  (Shared().*method)(lossless.text, Layer::kLenient, again);
  RC_ASSERT(again.text == form.text);
}

RC_GTEST_PROP(NormalFormProperty, TheFormOfANameIsItsOwnForm, ()) {
  CheckForms(&Normaliser::Name, Text());
}

RC_GTEST_PROP(NormalFormProperty, TheFormOfKanaIsItsOwnForm, ()) {
  CheckForms(&Normaliser::Kana, Text());
}

RC_GTEST_PROP(NormalFormProperty, TheFormOfAnAddressIsItsOwnForm, ()) {
  CheckForms(&Normaliser::Address, Text());
}

RC_GTEST_PROP(NormalFormProperty, KeysAreEqualWhereLenientFormsAre, ()) {
  const std::string text = Text();
  NormalForm form;
  Shared().Name(text, Layer::kLenient, form);
  RC_ASSERT(Shared().NameKey(text) == Shared().NameKey(form.text));
  Shared().Kana(text, Layer::kLenient, form);
  RC_ASSERT(Shared().KanaKey(text) == Shared().KanaKey(form.text));
}

RC_GTEST_PROP(NormalFormProperty, ANameFitsItself, ()) {
  NormalForm form;
  Shared().Name(Text(), Layer::kLenient, form);
  RC_ASSERT(Normaliser::NamesFit(form.text, form.text));
}

}  // namespace
}  // namespace musubi::text
