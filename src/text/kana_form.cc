#include "text/kana_form.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace musubi::text {

namespace {

// By code point from U+30A0.
constexpr char32_t kFirst = 0x30a0;
constexpr std::size_t kCount = 0x60;

struct KanaRow {
  char16_t plain = 0;  // without voice, large
  bool is_small = false;
  bool is_voiced = false;
  bool is_row_o = false;
  bool is_row_u = false;
};

constexpr std::array<KanaRow, kCount> MakeRows() {
  constexpr std::u16string_view kVoiced =
      u"ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴヷヺ";
  constexpr std::u16string_view kPlain =
      u"カキクケコサシスセソタチツテトハヒフヘホハヒフヘホウワヲ";
  constexpr std::u16string_view kSmall = u"ァィゥェォッャュョヮヵヶ";
  constexpr std::u16string_view kLarge = u"アイウエオツヤユヨワカケ";
  std::array<KanaRow, kCount> rows{};
  for (std::size_t i = 0; i < kCount; ++i) {
    rows[i].plain = static_cast<char16_t>(kFirst + i);
  }
  for (std::size_t i = 0; i < kVoiced.size(); ++i) {
    rows[kVoiced[i] - kFirst].plain = kPlain[i];
    rows[kVoiced[i] - kFirst].is_voiced = true;
  }
  for (std::size_t i = 0; i < kSmall.size(); ++i) {
    rows[kSmall[i] - kFirst].plain = kLarge[i];
    rows[kSmall[i] - kFirst].is_small = true;
  }
  for (const char16_t kana : std::u16string_view(u"オコソトノホモヨロヲ")) {
    rows[kana - kFirst].is_row_o = true;
  }
  for (const char16_t kana : std::u16string_view(u"ウクスツヌフムユル")) {
    rows[kana - kFirst].is_row_u = true;
  }
  return rows;
}

constexpr std::array<KanaRow, kCount> kRows = MakeRows();

bool IsInRows(char32_t c) {
  return c - kFirst < kCount;
}

// ショウ, ショオ and ショー; ユウ and ユー. `last` is a large unvoiced kana.
bool IsLengthening(char32_t last, char32_t c) {
  if ((c != U'ウ' && c != U'オ') || !IsInRows(last)) {
    return false;
  }
  const KanaRow& row = kRows[last - kFirst];
  return row.is_row_o || (c == U'ウ' && row.is_row_u);
}

}  // namespace

void LoosenKana(std::u32string_view form, std::u32string& out, Rules& rules) {
  out.clear();
  for (const char32_t c : form) {
    if (!IsInRows(c) || c == U'・') {
      const bool is_joiner = c == U'・' || c == U'-';
      rules |= is_joiner ? RuleBit(Rule::kMiddleDot) : 0;
      if (!is_joiner) {
        out.push_back(c);
      }
      continue;
    }
    const KanaRow& row = kRows[c - kFirst];
    const char32_t plain = row.plain;
    rules |= row.is_small ? RuleBit(Rule::kSmallKana) : 0;
    rules |= row.is_voiced ? RuleBit(Rule::kVoicing) : 0;
    if (c == U'ー' || (!out.empty() && IsLengthening(out.back(), plain))) {
      rules |= RuleBit(Rule::kLongVowel);
    } else {
      out.push_back(plain);
    }
  }
}

void MergeForKey(std::u32string& lenient) {
  for (char32_t& c : lenient) {
    if (c == U'ツ') {
      c = U'ス';
    } else if (c == U'チ') {
      c = U'シ';
    }
  }
}

}  // namespace musubi::text
