#include "insurer/match_keys.h"

#include "text/utf8.h"
#include "text/width.h"

namespace musubi::insurer {

namespace {

bool IsDropped(char32_t point) {
  return point <= U' ' || point == 0x7F || point == 0xA0 || point == 0xFEFF ||
         (point >= 0x2000 && point <= 0x200D) ||  // spaces and joiners
         (point >= 0xFE00 && point <= 0xFE0F) ||  // variation selectors
         (point >= 0xE0100 && point <= 0xE01EF);
}

char32_t UpperCase(char32_t point) {
  return point >= U'a' && point <= U'z' ? point - 0x20 : point;
}

char32_t FoldKanaOne(char32_t point) {
  if (point >= 0x3041 && point <= 0x3096) {
    point += 0x60;  // hiragana
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
    default:
      return text::IsHyphen(point) ? U'ー' : point;
  }
}

template <typename Fold>
std::string Folded(std::string_view text, const Fold& fold) {
  const std::string wide = text::WidenKana(text::NarrowAscii(text));
  std::string out;
  out.reserve(wide.size());
  std::string_view rest = wide;
  while (!rest.empty()) {
    const char32_t point = text::TakeCodePoint(rest);
    if (point != text::kNotACodePoint && !IsDropped(point)) {
      text::AppendUtf8(fold(point), out);
    }
  }
  return out;
}

}  // namespace

std::string FoldWidth(std::string_view text) {
  return Folded(text, UpperCase);
}

std::string FoldKana(std::string_view text) {
  return Folded(text, [](char32_t point) { return FoldKanaOne(UpperCase(point)); });
}

}  // namespace musubi::insurer
