#include "text/width.h"

#include <array>

#include "text/utf8.h"

namespace musubi::text {

namespace {

constexpr char32_t kHalfKanaFirst = 0xff61;
constexpr char32_t kHalfKanaLast = 0xff9f;
constexpr char32_t kHalfVoiced = 0xff9e;
constexpr char32_t kHalfSemiVoiced = 0xff9f;

// U+FF61 to U+FF9F in order.
constexpr std::array<char16_t, kHalfKanaLast - kHalfKanaFirst + 1> kFullKana = {
    u'。', u'「', u'」', u'、', u'・', u'ヲ', u'ァ', u'ィ', u'ゥ', u'ェ', u'ォ', u'ャ', u'ュ',
    u'ョ', u'ッ', u'ー', u'ア', u'イ', u'ウ', u'エ', u'オ', u'カ', u'キ', u'ク', u'ケ', u'コ',
    u'サ', u'シ', u'ス', u'セ', u'ソ', u'タ', u'チ', u'ツ', u'テ', u'ト', u'ナ', u'ニ', u'ヌ',
    u'ネ', u'ノ', u'ハ', u'ヒ', u'フ', u'ヘ', u'ホ', u'マ', u'ミ', u'ム', u'メ', u'モ', u'ヤ',
    u'ユ', u'ヨ', u'ラ', u'リ', u'ル', u'レ', u'ロ', u'ワ', u'ン', u'゛', u'゜'
};

// In Unicode the voiced kana follows its plain one, the semi-voiced follows that.
char32_t Voiced(char32_t kana) {
  const bool is_k_to_t = kana >= U'カ' && kana <= U'ト';
  const bool is_h =
      kana == U'ハ' || kana == U'ヒ' || kana == U'フ' || kana == U'ヘ' || kana == U'ホ';
  if (is_k_to_t || is_h) {
    return kana + 1;
  }
  switch (kana) {
    case U'ウ':
      return U'ヴ';
    case U'ワ':
      return U'ヷ';
    case U'ヲ':
      return U'ヺ';
    default:
      return 0;
  }
}

char32_t SemiVoiced(char32_t kana) {
  const bool is_h =
      kana == U'ハ' || kana == U'ヒ' || kana == U'フ' || kana == U'ヘ' || kana == U'ホ';
  return is_h ? kana + 2 : 0;
}

// The joined kana if `rest` goes on with a mark that fits, which is then taken off; else 0.
char32_t TakeMark(char32_t kana, std::string_view& rest) {
  if (rest.empty()) {
    return 0;
  }
  std::string_view after = rest;
  const char32_t mark = TakeCodePoint(after);
  char32_t joined = 0;
  if (mark == kHalfVoiced) {
    joined = Voiced(kana);
  } else if (mark == kHalfSemiVoiced) {
    joined = SemiVoiced(kana);
  }
  if (joined != 0) {
    rest = after;
  }
  return joined;
}

}  // namespace

char32_t NarrowCodePoint(char32_t code_point) {
  if (code_point >= 0xff01 && code_point <= 0xff5e) {
    return code_point - 0xff01 + U'!';
  }
  return code_point == 0x3000 ? U' ' : code_point;
}

std::string NarrowAscii(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char32_t code_point = TakeCodePoint(text);
    if (code_point != kNotACodePoint) {
      AppendUtf8(NarrowCodePoint(code_point), out);
    }
  }
  return out;
}

std::string WidenKana(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char32_t code_point = TakeCodePoint(text);
    if (code_point == kNotACodePoint) {
      continue;
    }
    if (code_point < kHalfKanaFirst || code_point > kHalfKanaLast) {
      AppendUtf8(code_point, out);
      continue;
    }
    const char32_t full = kFullKana[code_point - kHalfKanaFirst];
    const char32_t joined = TakeMark(full, text);
    AppendUtf8(joined != 0 ? joined : full, out);
  }
  return out;
}

bool IsHyphen(char32_t code_point) {
  switch (code_point) {
    case U'-':
    case 0x2010:  // hyphen
    case 0x2011:  // non-breaking hyphen
    case 0x2012:  // figure dash
    case 0x2013:  // en dash
    case 0x2014:  // em dash
    case 0x2015:  // horizontal bar, what CP932 815C gives
    case 0x2212:  // minus sign
    case 0x2500:  // box drawing, looks the same
    case 0x30fc:  // long vowel mark
    case 0xff70:  // the same, half width
      return true;
    default:
      return false;
  }
}

}  // namespace musubi::text
