#include "insurer/match_keys.h"

#include <array>
#include <cstdint>

namespace musubi::insurer {

namespace {

constexpr char32_t kVoicedMark = 0xFF9E;
constexpr char32_t kSemiVoicedMark = 0xFF9F;

// U+FF61 to U+FF9F in their ordinary width.
constexpr std::array<char32_t, 63> kHalfWidth = {
    U'。', U'「', U'」', U'、', U'・', U'ヲ', U'ァ', U'ィ', U'ゥ', U'ェ', U'ォ', U'ャ', U'ュ',
    U'ョ', U'ッ', U'ー', U'ア', U'イ', U'ウ', U'エ', U'オ', U'カ', U'キ', U'ク', U'ケ', U'コ',
    U'サ', U'シ', U'ス', U'セ', U'ソ', U'タ', U'チ', U'ツ', U'テ', U'ト', U'ナ', U'ニ', U'ヌ',
    U'ネ', U'ノ', U'ハ', U'ヒ', U'フ', U'ヘ', U'ホ', U'マ', U'ミ', U'ム', U'メ', U'モ', U'ヤ',
    U'ユ', U'ヨ', U'ラ', U'リ', U'ル', U'レ', U'ロ', U'ワ', U'ン', U'゛', U'゜'
};

// One code point; malformed bytes pass through one by one.
char32_t Decode(std::string_view& text) {
  const auto first = static_cast<std::uint8_t>(text[0]);
  const std::size_t size = first < 0xC0 ? 1U : first < 0xE0 ? 2U : first < 0xF0 ? 3U : 4U;
  if (size == 1 || size > text.size()) {
    text.remove_prefix(1);
    return first;
  }
  char32_t point = first & (0xFFU >> (size + 1));
  for (std::size_t at = 1; at < size; ++at) {
    point = (point << 6U) | (static_cast<std::uint8_t>(text[at]) & 0x3FU);
  }
  text.remove_prefix(size);
  return point;
}

void Encode(char32_t point, std::string& out) {
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | (point >> 6U));
    put(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0U | (point >> 12U));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  } else {
    put(0xF0U | (point >> 18U));
    put(0x80U | ((point >> 12U) & 0x3FU));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  }
}

bool IsDropped(char32_t point) {
  return point <= 0x20 || point == 0x7F || point == 0xA0 || point == 0x3000 || point == 0xFEFF ||
         (point >= 0x2000 && point <= 0x200D) || (point >= 0xFE00 && point <= 0xFE0F) ||
         (point >= 0xE0100 && point <= 0xE01EF);
}

bool TakesVoicedMark(char32_t point) {
  return (point >= U'カ' && point <= U'ト') || (point >= U'ハ' && point <= U'ホ');
}

char32_t FoldOne(char32_t point, std::string_view& rest) {
  if (point >= U'a' && point <= U'z') {
    return point - 0x20;
  }
  if (point >= 0xFF01 && point <= 0xFF5E) {
    return FoldOne(point - 0xFEE0, rest);
  }
  if (point < 0xFF61 || point > 0xFF9F) {
    return point;
  }
  const char32_t wide = kHalfWidth[point - 0xFF61];
  std::string_view ahead = rest;
  const char32_t mark = ahead.empty() ? 0 : Decode(ahead);
  if (mark == kVoicedMark && (TakesVoicedMark(wide) || wide == U'ウ')) {
    rest = ahead;
    return wide == U'ウ' ? U'ヴ' : wide + 1;
  }
  if (mark == kSemiVoicedMark && wide >= U'ハ' && wide <= U'ホ') {
    rest = ahead;
    return wide + 2;
  }
  return wide;
}

char32_t FoldKanaOne(char32_t point) {
  if (point >= 0x3041 && point <= 0x3096) {
    point += 0x60;
  }
  switch (point) {
    case U'ァ':
    case U'ィ':
    case U'ゥ':
    case U'ェ':
    case U'ォ':
    case U'ッ':
    case U'ャ':
    case U'ュ':
    case U'ョ':
    case U'ヮ':
      return point + 1;
    case U'ヵ':
      return U'カ';
    case U'ヶ':
      return U'ケ';
    case U'-':
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
      return U'ー';
    default:
      return point;
  }
}

}  // namespace

std::string FoldWidth(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char32_t point = Decode(text);
    if (!IsDropped(point)) {
      Encode(FoldOne(point, text), out);
    }
  }
  return out;
}

std::string FoldKana(std::string_view text) {
  const std::string folded = FoldWidth(text);
  std::string out;
  out.reserve(folded.size());
  std::string_view rest = folded;
  while (!rest.empty()) {
    Encode(FoldKanaOne(Decode(rest)), out);
  }
  return out;
}

}  // namespace musubi::insurer
