#include "text/address_form.h"

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

std::string Form(std::string_view text, Layer layer = Layer::kLossless) {
  NormalForm form;
  Shared().Address(text, layer, form);
  return form.text;
}

std::string Rules(std::string_view text, Layer layer = Layer::kLossless) {
  NormalForm form;
  Shared().Address(text, layer, form);
  return RuleNames(form.rules);
}

TEST(AddressForm, SpellingsOfABlockNumberAreNotation) {
  for (const char* text :
       {"愛知県名古屋市北区水切町三丁目1の8",
        "名古屋市北区水切町３丁目１番８号",
        "愛知県名古屋市北区水切町3ー1ー8",
        "愛知県 名古屋市 北区 水切町 3丁目 1番 8号",
        "名古屋市北区水切町三丁目一番八号",
        "愛知県名古屋市北区水切町３－１－８",
        "愛知県名古屋市北区水切町3‐1‐8",
        "愛知県名古屋市北区水切町三の一の八",
        "愛知県名古屋市北区水切町3丁目1番地の8",
        "愛知県名古屋市北区水切町３ノ１ノ８"}) {
    EXPECT_EQ(Form(text), "愛知県名古屋市北区水切町3-1-8") << text;
  }
  EXPECT_EQ(Rules("愛知県名古屋市北区水切町3-1-8"), "");
  EXPECT_EQ(Rules("名古屋市北区水切町三丁目1の8"), "block-number kanji-numeral prefecture");
  EXPECT_EQ(Rules("愛知県名古屋市北区水切町３－１－８"), "width hyphen");
}

TEST(AddressForm, TensInKanjiAreNumbers) {
  EXPECT_EQ(Form("群馬県前橋市関根町十二丁目二十番百三号"), "群馬県前橋市関根町12-20-103");
  EXPECT_EQ(Form("群馬県前橋市関根町一〇番地"), "群馬県前橋市関根町10");
  EXPECT_EQ(Form("大阪府堺市西区上野芝向ヶ丘町二丁56番地"), Form("堺市西区上野芝向が丘町2-56"));
}

TEST(AddressForm, KanjiNumeralsOfPlaceNamesStay) {
  EXPECT_EQ(Form("東京都八王子市三条町5番地"), "東京都八王子市三条町5");
  EXPECT_EQ(Form("東京都新宿区四谷一丁目5番6号"), "東京都新宿区四谷1-5-6");
  EXPECT_EQ(Form("北海道石狩郡新篠津村第三十八線南10番地"), "北海道石狩郡新篠津村第三十八線南10");
  EXPECT_EQ(
      Form("北海道空知郡上富良野町基線北二十四号12番地"), "北海道空知郡上富良野町基線北二十四号12"
  );
  EXPECT_EQ(Form("香川県綾歌郡宇多津町浜八番丁3番地32"), "香川県綾歌郡宇多津町浜八番丁3-32");
  EXPECT_EQ(Form("新潟県十日町市高田町三丁目西30番地40"), "新潟県十日町市高田町3丁目西30-40");
  EXPECT_EQ(Form("北海道札幌市中央区北１条西５丁目２番地"), "北海道札幌市中央区北1条西5-2");
}

TEST(AddressForm, AKyotoBlockNumberIsNotATown) {
  EXPECT_EQ(Form("京都府京都市中京区1番1号"), "京都府京都市中京区1-1");
  EXPECT_EQ(Form("東京都千代田区一番町1番1号"), "東京都千代田区一番町1-1");
  EXPECT_NE(Form("東京都千代田区一番町1番1号"), Form("東京都千代田区1番1号"));
}

TEST(AddressForm, BuildingTextIsNeverADistrict) {
  EXPECT_EQ(
      Form("三重県津市栗真町屋町1577番地　三丁目ハイツ2番館"),
      "三重県津市栗真町屋町1577 三丁目ハイツ2番館"
  );
  EXPECT_EQ(Form("三重県津市栗真町屋町5　二丁目荘"), "三重県津市栗真町屋町5 二丁目荘");
  EXPECT_EQ(Form("三重県津市栗真町屋町5番地二番館"), "三重県津市栗真町屋町5 二番館");
}

TEST(AddressForm, TheSpaceBeforeABuildingIsNotationAndBetweenNumbersItIsNot) {
  const std::string form = "三重県津市東町23-4 サンハイツ本町585";
  EXPECT_EQ(Form("津市東町23番地4　サンハイツ本町585号室"), form);
  EXPECT_EQ(Form("津市東町23番地4サンハイツ 本町585号"), form);
  EXPECT_EQ(Form("津市東町23-4 サンハイツ本町585"), form);
  EXPECT_EQ(Form("津市東町23-4 サンハイツ本町５８５"), form);
  EXPECT_NE(Form("津市東町23-4 2番館"), Form("津市東町23-42番館"));
}

TEST(AddressForm, AThirdDistrictAloneIsNotAThirdLot) {
  EXPECT_EQ(Form("三重県津市東町三丁目"), "三重県津市東町3丁目");
  EXPECT_NE(Form("三重県津市東町三丁目"), Form("三重県津市東町3番地"));
}

TEST(AddressForm, ThePrefectureIsSuppliedWhereTheMunicipalityIsUnique) {
  EXPECT_EQ(Form("玉名郡南関町大字今37-33"), "熊本県玉名郡南関町大字今37-33");
  EXPECT_EQ(Form("南関町大字今37-33"), "熊本県玉名郡南関町大字今37-33");
  EXPECT_EQ(Form("熊本県南関町大字今37-33"), "熊本県玉名郡南関町大字今37-33");
  EXPECT_EQ(Rules("玉名郡南関町大字今37-33"), "prefecture");
  EXPECT_EQ(Form("東村山市栄町1-2"), "東京都東村山市栄町1-2");
  EXPECT_EQ(Form("糟屋郡須恵町大字旅石22"), "福岡県糟屋郡須恵町大字旅石22");
}

TEST(AddressForm, ThePrefectureOfASharedNameIsNotGuessed) {
  EXPECT_EQ(Form("伊達市網代町5番地"), "伊達市網代町5");
  EXPECT_EQ(Form("府中市宮町1丁目"), "府中市宮町1丁目");
  EXPECT_EQ(Form("美里町1番地"), "美里町1");
  EXPECT_NE(Form("東京都府中市元町1-2"), Form("広島県府中市元町1-2"));
  EXPECT_EQ(Form("どこか遠い町1-2"), "どこか遠い町1-2");
}

TEST(AddressForm, KeAndNoInPlaceNamesAreNotation) {
  for (const char* text :
       {"奈良市学園緑ヶ丘3-31-35",
        "奈良市学園緑が丘3-31-35",
        "奈良市学園緑ケ丘3-31-35",
        "奈良市学園緑ガ丘3-31-35"}) {
    EXPECT_EQ(Form(text), "奈良県奈良市学園緑ケ丘3-31-35") << text;
  }
  EXPECT_EQ(Form("美濃市さくらが丘1"), Form("美濃市さくらヶ丘1"));
  EXPECT_EQ(Form("熊谷市上之5番地"), Form("熊谷市上ノ5"));
  EXPECT_EQ(Form("福井県あわら市青の木47"), "福井県あわら市青ノ木47");
  EXPECT_EQ(Rules("福井県あわら市青の木47"), "particle-no");
  EXPECT_EQ(Rules("千葉県鎌ヶ谷市軽井沢30"), "small-ke");
  EXPECT_EQ(Form("高知県吾川郡いの町1番地"), "高知県吾川郡いの町1");
}

TEST(AddressForm, KatakanaInAPlaceNameStays) {
  EXPECT_EQ(Form("和歌山県和歌山市光リ堂町3番地"), "和歌山県和歌山市光リ堂町3");
}

TEST(AddressForm, AVariationSelectorIsNotation) {
  EXPECT_EQ(Form("愛媛\U000e0103県松山市北井門5丁目1"), Form("愛媛県松山市北井門5-1"));
  EXPECT_EQ(Rules("愛媛\U000e0103県松山市東1"), "variation-selector");
}

TEST(AddressForm, ABuildingLeftOutIsLenient) {
  EXPECT_NE(Form("津市東町23-4"), Form("津市東町23-4 サンハイツ585"));
  EXPECT_EQ(Form("津市東町23-4 サンハイツ585", Layer::kLenient), "三重県津市東町23-4");
  EXPECT_EQ(Form("津市東町1-23-4-585", Layer::kLenient), "三重県津市東町1-23-4");
  EXPECT_EQ(Rules("三重県津市東町23-4 三号館", Layer::kLenient), "building");
}

TEST(AddressForm, OazaAndVariantsAreLenient) {
  EXPECT_EQ(Form("熊本県玉名郡南関町大字今37", Layer::kLenient), "熊本県玉名郡南関町今37");
  EXPECT_EQ(Form("青森県上北郡七戸町字細松5", Layer::kLenient), "青森県上北郡七戸町細松5");
  EXPECT_EQ(Rules("青森県上北郡七戸町字細松5", Layer::kLenient), "oaza");
  EXPECT_EQ(Form("秋田県横手市十文字町3", Layer::kLenient), "秋田県横手市十文字町3");
  EXPECT_EQ(
      Form("東京都千代田区神田髙町1", Layer::kLenient),
      Form("東京都千代田区神田高町1", Layer::kLenient)
  );
}

TEST(AddressForm, AFormerMunicipalityIsLenient) {
  const std::string now = Form("静岡県浜松市浜名区三ヶ日町宇志42", Layer::kLenient);
  EXPECT_EQ(Form("浜松市北区三が日町宇志42番地", Layer::kLenient), now);
  EXPECT_EQ(Rules("静岡県浜松市北区宇志42", Layer::kLenient), "former-municipality");
  EXPECT_EQ(Form("静岡県浜松市北区宇志42"), "静岡県浜松市北区宇志42");
}

}  // namespace
}  // namespace musubi::text
