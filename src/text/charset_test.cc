#include "text/charset.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/secret.h"
#include "text/utf8.h"

namespace musubi::text {
namespace {

std::string FromCp932(std::string_view bytes) {
  const auto decoder = Decoder::Make(Encoding::kCp932);
  std::string text;
  return decoder->Decode(bytes, text) ? text : "(malformed)";
}

Recognition RecogniseText(std::string_view text, PieceEnd end = PieceEnd::kWhole) {
  return Recognise(AsBytes(text), end);
}

TEST(Charset, Cp932HasTheExtendedCharactersOfNecAndIbm) {
  EXPECT_EQ(FromCp932("\xfb\xfc"), "髙");
  EXPECT_EQ(FromCp932("\x87\x8a"), "㈱");
  EXPECT_EQ(FromCp932("\xfa\xb1"), "﨑");
  EXPECT_EQ(FromCp932("\xee\xe0"), "髙");  // NEC's selection of the same character
}

TEST(Charset, SignsOfCp932AreThoseOfWindows) {
  EXPECT_EQ(FromCp932("\x81\x7c"), "－");  // U+FF0D, not the minus sign
  EXPECT_EQ(FromCp932("\x81\x60"), "～");  // U+FF5E, not the wave dash
  EXPECT_EQ(FromCp932("\x81\x5c"), "―");
  EXPECT_EQ(FromCp932("\x5c\x7e"), "\\~");
  EXPECT_EQ(FromCp932("\x1a\x1c\x7f"), "\x1a\x1c\x7f");
}

TEST(Charset, HalfWidthKanaIsOneByte) {
  EXPECT_EQ(FromCp932("\xb6\xde\xa1\xdf"), "ｶﾞ｡ﾟ");
}

TEST(Charset, UserDefinedCharactersBecomePrivateUse) {
  EXPECT_EQ(FromCp932("\xf0\x40"), "\uE000");
  EXPECT_EQ(FromCp932("\xf9\xfc"), "\uE757");
}

TEST(Charset, MalformedCp932IsRefused) {
  for (const char* bytes : {"\x80", "\xa0", "\xfd", "\x81", "\x81\x20", "\x81\x7f", "\x85\x40"}) {
    EXPECT_EQ(FromCp932(bytes), "(malformed)");
  }
}

TEST(Charset, MalformedUtf8IsRefused) {
  const auto decoder = Decoder::Make(Encoding::kUtf8);
  std::string text;
  for (const char* bytes :
       {"\x80",
        "\xc0\x80",
        "\xc3",
        "\xe0\x80\x80",
        "\xed\xa0\x80",
        "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "12345678\xff"}) {
    EXPECT_FALSE(decoder->Decode(bytes, text));
    EXPECT_TRUE(text.empty());
  }
  EXPECT_TRUE(decoder->Decode("𠮷野家 ABC", text));
  EXPECT_EQ(text, "𠮷野家 ABC");
}

TEST(Charset, SecretTextStaysInWipedMemory) {
  const auto decoder = Decoder::Make(Encoding::kCp932);
  SecretVector<char> text;
  ASSERT_TRUE(decoder->Decode("\x82\x50\x82\x51", text));
  EXPECT_EQ(std::string_view(text.data(), text.size()), "１２");
}

TEST(Charset, EncodingIsRecognisedByContent) {
  EXPECT_EQ(RecogniseText("name,1979-03-12\n"), Recognition::kAscii);
  EXPECT_EQ(RecogniseText("氏名,生年月日"), Recognition::kUtf8);
  EXPECT_EQ(RecogniseText("\x8e\x81\x96\xbc,\x90\xb6"), Recognition::kCp932);
  EXPECT_EQ(RecogniseText("\xba\xb3\xc9"), Recognition::kCp932);  // half-width kana only
  EXPECT_EQ(RecogniseText("a,\x8e\x52"), Recognition::kCp932);    // at the very end
  EXPECT_EQ(RecogniseText("\x80\xff\xfe\xfd"), Recognition::kNeither);
}

TEST(Charset, PieceMayEndInsideACharacter) {
  const std::string utf8 = "氏名,生年月日";
  EXPECT_EQ(
      RecogniseText(utf8.substr(0, utf8.size() - 1), PieceEnd::kMayBeCut), Recognition::kUtf8
  );
  EXPECT_EQ(RecogniseText("\x8e\x81\x96\xbc,\x90", PieceEnd::kMayBeCut), Recognition::kCp932);
}

TEST(Charset, DamagedUtf8IsStillCalledUtf8) {
  std::string text = "氏名,生年月日,住所,資格取得日";
  text += '\x80';
  EXPECT_EQ(RecogniseText(text), Recognition::kUtf8);
}

RC_GTEST_PROP(CharsetProperty, DecodedTextIsAlwaysUtf8, (const std::string& bytes)) {
  for (const Encoding encoding : {Encoding::kUtf8, Encoding::kCp932}) {
    std::string text;
    const bool is_well_formed = Decoder::Make(encoding)->Decode(bytes, text);
    RC_ASSERT(IsUtf8(text));
    RC_ASSERT(is_well_formed || text.empty());
  }
}

RC_GTEST_PROP(Utf8Property, CodePointsSurviveTheRoundTrip, ()) {
  const auto code_point =
      *rc::gen::suchThat(rc::gen::inRange<std::uint32_t>(0, 0x110000), [](std::uint32_t value) {
        return value < 0xd800 || value > 0xdfff;
      });
  std::string text;
  AppendUtf8(code_point, text);
  RC_ASSERT(IsUtf8(text));
  std::string_view left = text;
  RC_ASSERT(TakeCodePoint(left) == code_point);
  RC_ASSERT(left.empty());
}

}  // namespace
}  // namespace musubi::text
