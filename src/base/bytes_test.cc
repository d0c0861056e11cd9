#include "base/bytes.h"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace musubi {
namespace {

TEST(Hex, IsLowerCaseAndReadInEitherCase) {
  EXPECT_EQ(ToHex(Bytes{0x00, 0x9f, 0xff}), "009fff");
  EXPECT_EQ(*FromHex("009fFF"), (Bytes{0x00, 0x9f, 0xff}));
  EXPECT_EQ(*FromHex(""), Bytes{});
}

TEST(Hex, OtherTextIsRefused) {
  for (const char* text : {"0", "0g", "g0", "0x", " 00", "00 "}) {
    EXPECT_FALSE(FromHex(text).ok()) << text;
  }
}

TEST(Hex, LengthMustFitExactly) {
  Code16 code{};
  EXPECT_TRUE(ReadHex(std::string(32, 'a'), code));
  EXPECT_FALSE(ReadHex(std::string(30, 'a'), code));
  EXPECT_FALSE(ReadHex(std::string(34, 'a'), code));
}

// The vectors of RFC 4648, section 10.
TEST(Base64, VectorsOfTheStandardHold) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [text, spelling] : vectors) {
    EXPECT_EQ(ToBase64(AsBytes(text)), spelling);
    EXPECT_EQ(AsText(*FromBase64(spelling)), text);
  }
}

TEST(Base64, EveryValueHasOneSpelling) {
  for (const char* text :
       {"Zg",
        "Zg=",
        "Zg===",
        "Z===",
        "====",
        "Zh==",
        "Zm9=",
        "Zm9v\n",
        "Zg==Zg==",
        "Z g=",
        "Zm-v",
        "=Zg="}) {
    EXPECT_FALSE(FromBase64(text).ok()) << text;
  }
}

RC_GTEST_PROP(BytesProperty, SpellingsReadBack, (const Bytes& bytes)) {
  RC_ASSERT(*FromHex(ToHex(bytes)) == bytes);
  RC_ASSERT(*FromBase64(ToBase64(bytes)) == bytes);
}

RC_GTEST_PROP(BytesProperty, WhatIsReadIsTheOnlySpelling, ()) {
  const auto character = rc::gen::element('A', 'Q', 'g', 'w', '/', '+', '=', '9');
  const auto text = *rc::gen::container<std::string>(character);
  const auto bytes = FromBase64(text);
  if (bytes.ok()) {
    RC_ASSERT(ToBase64(*bytes) == text);
  }
}

}  // namespace
}  // namespace musubi
