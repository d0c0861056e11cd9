#include "text/name_form.h"

#include "text/normal_form_characters.h"

namespace musubi::text {

namespace {

// What systems print where they had no glyph, and private use characters, which mean something
// only in the system they come from.
bool IsLostGaiji(char32_t c) {
  switch (c) {
    case U'?':
    case U'_':
    case U'●':
    case U'■':
    case U'□':
    case U'◆':
    case U'〓':
    case 0xfffd:
      return true;
    default:
      return (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000;
  }
}

// Signs between the parts of Latin and katakana names.
bool IsJoiner(char32_t c) {
  switch (c) {
    case U'・':
    case U'-':
    case U'\'':
    case U'.':
    case U',':
    case U'=':
    case 0xb7:
    case 0x2019:
    case 0x2022:
    case 0x30a0:
      return true;
    default:
      return false;
  }
}

char32_t UpperLatin(char32_t c) {
  if ((c >= U'a' && c <= U'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7)) {
    return c - 0x20;
  }
  if (c == 0xff) {
    return 0x178;
  }
  const bool is_odd_small = (c >= 0x100 && c <= 0x137 && c != 0x131) || (c >= 0x14a && c <= 0x177);
  const bool is_even_small = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);
  if ((is_odd_small && c % 2 == 1) || (is_even_small && c % 2 == 0)) {
    return c - 1;
  }
  return c;
}

struct Change {
  char32_t character;
  Rule rule;
};

Change Loosen(char32_t c, const KanjiVariants& variants) {
  if (c < 0x180 && c != U'?' && c != U'_') {
    return {UpperLatin(c), Rule::kLatinCase};
  }
  if (IsKana(c)) {
    return {LargeKana(c), Rule::kSmallKana};
  }
  if (IsLostGaiji(c)) {
    return {kUnknownCharacter, Rule::kLostGaiji};
  }
  return {variants.Fold(c), Rule::kKanjiVariant};
}

}  // namespace

void LoosenName(
    std::u32string_view form, const KanjiVariants& variants, std::u32string& out, Rules& rules
) {
  out.clear();
  for (const char32_t c : form) {
    if (IsJoiner(c)) {
      rules |= RuleBit(Rule::kMiddleDot);
      continue;
    }
    const Change change = Loosen(c, variants);
    out.push_back(change.character);
    rules |= change.character == c ? 0 : RuleBit(change.rule);
  }
}

}  // namespace musubi::text
