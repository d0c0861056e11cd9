#include "text/width.h"

#include <gtest/gtest.h>

namespace musubi::text {
namespace {

TEST(Width, FullWidthAsciiBecomesAscii) {
  EXPECT_EQ(NarrowAscii("１２３ＡＢｚ　－／．！～"), "123ABz -/.!~");
  EXPECT_EQ(NarrowAscii("漢字カナｶﾅ"), "漢字カナｶﾅ");
}

TEST(Width, HalfWidthKanaBecomesFullWidth) {
  EXPECT_EQ(WidenKana("ｱｲｳｴｵｧｨｩｪｫﾔﾕﾖｬｭｮｯｰ｡｢｣､･"), "アイウエオァィゥェォヤユヨャュョッー。「」、・");
  EXPECT_EQ(
      WidenKana("ｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎ"), "カキクケコサシスセソタチツテトナニヌネノハヒフヘホ"
  );
  EXPECT_EQ(WidenKana("ﾏﾐﾑﾒﾓﾗﾘﾙﾚﾛﾜｦﾝ"), "マミムメモラリルレロワヲン");
}

TEST(Width, VoicedMarksAreJoined) {
  EXPECT_EQ(WidenKana("ｶﾞｷﾞｸﾞｹﾞｺﾞｻﾞｼﾞｽﾞｾﾞｿﾞ"), "ガギグゲゴザジズゼゾ");
  EXPECT_EQ(WidenKana("ﾀﾞﾁﾞﾂﾞﾃﾞﾄﾞﾊﾞﾋﾞﾌﾞﾍﾞﾎﾞ"), "ダヂヅデドバビブベボ");
  EXPECT_EQ(WidenKana("ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟｳﾞﾜﾞｦﾞ"), "パピプペポヴヷヺ");
}

TEST(Width, MarksWithNothingToJoinStayAlone) {
  EXPECT_EQ(WidenKana("ﾞﾟｱﾞｶﾟﾅﾞ"), "゛゜ア゛カ゜ナ゛");
  EXPECT_EQ(WidenKana("カﾞ"), "カ゛");
}

TEST(Width, BytesThatAreNotUtf8AreDropped) {
  EXPECT_EQ(
      NarrowAscii("a\xff"
                  "b\xe3\x81"),
      "ab"
  );
  EXPECT_EQ(WidenKana("\xe3\x82"), "");
}

TEST(Width, DashesOfAllKindsAreHyphens) {
  for (const char32_t dash : {U'-', U'‐', U'–', U'—', U'―', U'−', U'ー', U'ｰ', U'─'}) {
    EXPECT_TRUE(IsHyphen(dash));
  }
  EXPECT_TRUE(IsHyphen(NarrowCodePoint(U'－')));
  EXPECT_FALSE(IsHyphen(U'一'));
  EXPECT_FALSE(IsHyphen(U'/'));
}

}  // namespace
}  // namespace musubi::text
