#include "text/normal_form_characters.h"

#include <array>

#include "text/utf8.h"
#include "text/width.h"

namespace musubi::text {

namespace {

constexpr char32_t kReplacement = 0xfffd;

struct Expansion {
  char32_t character;
  std::u32string_view text;
};

// Compatibility forms of one sign that stand for several, as typed in names and addresses.
constexpr std::array<Expansion, 15> kExpansions = {{
    {U'㈱', U"(株)"},
    {U'㈲', U"(有)"},
    {U'㈳', U"(社)"},
    {U'㈶', U"(財)"},
    {U'㌀', U"アパート"},
    {U'㌱', U"ビル"},
    {U'㍇', U"マンション"},
    {U'㌁', U"アルファ"},
    {U'№', U"No"},
    {U'ﬁ', U"fi"},
    {U'ﬂ', U"fl"},
    {U'ﬀ', U"ff"},
    {U'ﬃ', U"ffi"},
    {U'ﬄ', U"ffl"},
    {U'ゟ', U"より"},
}};

constexpr std::array<std::u32string_view, 12> kRoman = {
    U"I", U"II", U"III", U"IV", U"V", U"VI", U"VII", U"VIII", U"IX", U"X", U"XI", U"XII"
};

struct Accented {
  char32_t accent;
  std::u32string_view plain;
  std::u32string_view composed;
};

// Letters and accents as separate characters (file names of some systems, copies from them).
constexpr std::array<Accented, 10> kAccented = {{
    {0x300, U"AEIOUaeiou", U"ÀÈÌÒÙàèìòù"},
    {0x301, U"AEIOUYaeiouyCcNnSsZzLlRr", U"ÁÉÍÓÚÝáéíóúýĆćŃńŚśŹźĹĺŔŕ"},
    {0x302, U"AEIOUaeiouCcGgHhJjSsWwYy", U"ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷ"},
    {0x303, U"ANOanoIiUu", U"ÃÑÕãñõĨĩŨũ"},
    {0x304, U"AaEeIiOoUu", U"ĀāĒēĪīŌōŪū"},
    {0x306, U"AaEeGgIiOoUu", U"ĂăĔĕĞğĬĭŎŏŬŭ"},
    {0x308, U"AEIOUaeiouyY", U"ÄËÏÖÜäëïöüÿŸ"},
    {0x30a, U"AaUu", U"ÅåŮů"},
    {0x30c, U"CcDdEeNnRrSsTtZz", U"ČčĎďĚěŇňŘřŠšŤťŽž"},
    {0x327, U"CcSsTtGKkLlNnRr", U"ÇçŞşŢţĢĶķĻļŅņŖŗ"},
}};

bool IsSpace(char32_t c) {
  return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0xad || c == 0x3000 ||
         (c >= 0x2000 && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) ||
         (c >= 0x205f && c <= 0x2064) || c == 0xfeff || c == 0x3164 || c == 0xffa0 || c == 0x1680;
}

bool IsSelector(char32_t c) {
  return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef) ||
         (c >= 0x180b && c <= 0x180d);
}

// Dashes that are never a long vowel mark.
bool IsDash(char32_t c) {
  if (c == 0x30fc || c == 0xff70) {
    return false;
  }
  return IsHyphen(c) || c == 0xff0d || c == 0x2043 || c == 0x2501 || c == 0xfe58 || c == 0xfe63 ||
         c == 0x2d7;
}

// The half-width kana block in order, and what the sound marks make of a kana.
char32_t FullKana(char32_t c) {
  constexpr std::u32string_view kFull =
      U"。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘ"
      U"ホ"
      U"マミムメモヤユヨラリルレロワン";
  return kFull[c - 0xff61];
}

char32_t WithMark(char32_t kana, bool is_voiced) {
  constexpr std::u32string_view kPlain =
      U"カキクケコサシスセソタチツテトハヒフヘホかきくけこさしすせそたちつてとはひふへほヽゝ";
  constexpr std::u32string_view kH = U"ハヒフヘホはひふへほ";
  if (!is_voiced) {
    return kH.find(kana) != std::u32string_view::npos ? kana + 2 : 0;
  }
  if (kPlain.find(kana) != std::u32string_view::npos) {
    return kana + 1;
  }
  switch (kana) {
    case U'ウ':
      return U'ヴ';
    case U'う':
      return U'ゔ';
    case U'ワ':
      return U'ヷ';
    case U'ヲ':
      return U'ヺ';
    default:
      return 0;
  }
}

char32_t WithAccent(char32_t letter, char32_t accent) {
  for (const Accented& row : kAccented) {
    const std::size_t at = row.accent == accent ? row.plain.find(letter) : row.plain.npos;
    if (at != row.plain.npos) {
      return row.composed[at];
    }
  }
  return 0;
}

// A number in a circle or in brackets: 1 to 50, else 0.
char32_t CircledNumber(char32_t c) {
  if (c >= 0x2460 && c <= 0x2473) {
    return c - 0x2460 + 1;
  }
  if (c >= 0x3251 && c <= 0x325f) {
    return c - 0x3251 + 21;
  }
  return c >= 0x32b1 && c <= 0x32bf ? c - 0x32b1 + 36 : 0;
}

template <typename Text>
char32_t Take(Text& text) {
  if constexpr (std::is_same_v<Text, std::string_view>) {
    return TakeCodePoint(text);
  } else {
    const char32_t character = text.front();
    text.remove_prefix(1);
    return character;
  }
}

// Characters that stay themselves in every field: kanji, katakana, ASCII signs and letters.
bool IsItself(char32_t c) {
  return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x30a1 && c <= 0x30fc) ||
         (c > 0x20 && c < 0x7f && c != U'-');
}

// The character of a three-byte sequence or of ASCII at the beginning of `text`; 0 where there is
// anything else.
char32_t PeekPlain(std::string_view text, std::size_t& size) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  size = 1;
  if (byte(0) < 0x80) {
    return byte(0);
  }
  const bool is_triple = text.size() >= 3 && byte(0) > 0xe0 && byte(0) < 0xf0 &&
                         (byte(1) & 0xc0U) == 0x80U && (byte(2) & 0xc0U) == 0x80U;
  size = 3;
  return is_triple ? (byte(0) & 0xfU) << 12U | (byte(1) & 0x3fU) << 6U | (byte(2) & 0x3fU) : 0;
}

char32_t PeekPlain(std::u32string_view text, std::size_t& size) {
  size = 1;
  return text.front();
}

// The beginning of `text` that needs no rule, in pieces: nearly all there is.
template <typename Text>
void ReadItselves(Text& text, std::u32string& out) {
  std::array<char32_t, 64> piece;
  std::size_t count = 0;
  do {
    count = 0;
    while (!text.empty() && count < piece.size()) {
      std::size_t size = 0;
      const char32_t character = PeekPlain(text, size);
      if (!IsItself(character)) {
        break;
      }
      piece[count++] = character;
      text.remove_prefix(size);
    }
    out.append(piece.data(), count);
  } while (count == piece.size());
}

template <typename Text>
void Read(Text text, Field field, std::u32string& out, Rules& rules) {
  out.clear();
  NotationWriter writer(field, out, rules);
  while (true) {
    ReadItselves(text, out);
    if (text.empty()) {
      break;
    }
    const char32_t character = Take(text);
    if (character == kNotACodePoint) {
      out.push_back(kReplacement);
      rules |= RuleBit(Rule::kCompatibility);
    } else {
      writer.Write(character);
    }
  }
}

}  // namespace

bool IsKanji(char32_t c) {
  return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) ||
         (c >= 0x3005 && c <= 0x3007) || (c >= 0xf900 && c <= 0xfaff) ||
         (c >= 0x20000 && c <= 0x323af);
}

bool IsKatakana(char32_t c) {
  return (c >= 0x30a1 && c <= 0x30fa) || (c >= 0x30fc && c <= 0x30fe) ||
         (c >= 0x31f0 && c <= 0x31ff);
}

bool IsHiragana(char32_t c) {
  return (c >= 0x3041 && c <= 0x3096) || c == 0x309d || c == 0x309e;
}

bool IsKana(char32_t c) {
  return IsKatakana(c) || IsHiragana(c);
}

bool IsLatinOrDigit(char32_t c) {
  return IsDigit(c) || (c >= U'A' && c <= U'Z') || (c >= U'a' && c <= U'z');
}

char32_t LargeKana(char32_t c) {
  constexpr std::u32string_view kSmall = U"ァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎゕゖ";
  constexpr std::u32string_view kLarge = U"アイウエオツヤユヨワカケあいうえおつやゆよわかけ";
  if (!IsKana(c)) {
    return c;
  }
  const std::size_t at = kSmall.find(c);
  return at == kSmall.npos ? c : kLarge[at];
}

void NotationWriter::Push(char32_t written, char32_t form, Rule rule) {
  out_.push_back(form);
  if (written != form) {
    rules_ |= RuleBit(rule);
  }
}

void NotationWriter::Write(char32_t c) {
  if (IsItself(c)) {
    out_.push_back(c);
  } else if (c >= 0x3041 && c <= 0x3096) {
    const bool to_katakana = field_ == Field::kKana;
    Push(c, to_katakana ? c + 0x60 : c, Rule::kWidth);
  } else {
    WriteOther(c);
  }
}

void NotationWriter::WriteOther(char32_t c) {
  if (IsSpace(c)) {
    WriteSpace(c);
  } else if (IsSelector(c)) {
    rules_ |= RuleBit(Rule::kVariationSelector);
  } else if (IsDash(c)) {
    WriteDash(c);
  } else if (c >= 0xff01 && c <= 0xff5e) {
    out_.push_back(NarrowCodePoint(c));
    rules_ |= RuleBit(Rule::kWidth);
  } else if (c == 0xff9e || c == 0x3099 || c == 0x309b) {
    WriteMark(true, c);
  } else if (c == 0xff9f || c == 0x309a || c == 0x309c) {
    WriteMark(false, c);
  } else if (c >= 0xff61 && c < 0xff9e) {
    out_.push_back(FullKana(c));
    rules_ |= RuleBit(Rule::kWidth);
  } else if (c >= 0x300 && c <= 0x36f) {
    WriteAccent(c);
  } else if (!WriteExpanded(c)) {
    out_.push_back(c);
  }
}

void NotationWriter::WriteSpace(char32_t written) {
  if (field_ == Field::kAddress) {
    Push(written, U' ', Rule::kSpace);
  } else {
    rules_ |= RuleBit(Rule::kSpace);
  }
}

void NotationWriter::WriteDash(char32_t written) {
  // After ン and ッ no vowel is long: a hyphen there joins two names.
  const char32_t last = out_.empty() ? 0 : out_.back();
  const bool is_vowel_before =
      IsKana(last) && (field_ == Field::kKana || (last != U'ン' && last != U'ッ'));
  const bool is_long_vowel = field_ != Field::kAddress && is_vowel_before;
  Push(written, is_long_vowel ? U'ー' : U'-', Rule::kHyphen);
}

void NotationWriter::WriteMark(bool is_voiced, char32_t written) {
  const char32_t joined = out_.empty() ? 0 : WithMark(out_.back(), is_voiced);
  const Rule rule = written >= 0xff00 ? Rule::kWidth : Rule::kCompatibility;
  if (joined == 0) {
    Push(written, is_voiced ? 0x309b : 0x309c, rule);
    return;
  }
  out_.back() = joined;
  rules_ |= RuleBit(rule);
}

void NotationWriter::WriteAccent(char32_t accent) {
  const char32_t joined = out_.empty() ? 0 : WithAccent(out_.back(), accent);
  if (joined == 0) {
    out_.push_back(accent);
    return;
  }
  out_.back() = joined;
  rules_ |= RuleBit(Rule::kCompatibility);
}

bool NotationWriter::WriteExpanded(char32_t c) {
  if (c < 0x2100 || (c > 0x33ff && c < 0xfb00)) {
    return false;
  }
  const char32_t number = CircledNumber(c);
  if (number != 0) {
    if (number >= 10) {
      out_.push_back(U'0' + number / 10);
    }
    out_.push_back(U'0' + number % 10);
    rules_ |= RuleBit(Rule::kCompatibility);
    return true;
  }
  std::u32string_view text;
  const bool is_roman = (c >= 0x2160 && c <= 0x216b) || (c >= 0x2170 && c <= 0x217b);
  if (is_roman) {
    text = kRoman[(c - 0x2160) % 16];
  }
  for (const Expansion& row : kExpansions) {
    text = row.character == c ? row.text : text;
  }
  const char32_t to_small = is_roman && c >= 0x2170 ? U'a' - U'A' : 0;
  for (const char32_t letter : text) {
    Write(letter + to_small);
  }
  rules_ |= text.empty() ? 0 : RuleBit(Rule::kCompatibility);
  return !text.empty();
}

void ReadNotation(std::string_view text, Field field, std::u32string& out, Rules& rules) {
  Read(text, field, out, rules);
}

void ReadNotation(std::u32string_view text, Field field, std::u32string& out, Rules& rules) {
  Read(text, field, out, rules);
}

void WriteForm(std::u32string_view form, std::string& out) {
  out.resize(form.size() * 4);
  std::size_t size = 0;
  for (const char32_t character : form) {
    size += WriteUtf8(character, out.data() + size);
  }
  out.resize(size);
}

FormScratch& FormScratch::OfThread() {
  thread_local FormScratch scratch;
  return scratch;
}

std::uint64_t HashForm(std::u32string_view form) {
  std::uint64_t hash = 0x243f6a8885a308d3;
  for (const char32_t character : form) {
    hash = (hash ^ character) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29U;
  }
  hash *= 0xbf58476d1ce4e5b9;
  hash ^= hash >> 32U;
  return hash == 0 ? 1 : hash;
}

}  // namespace musubi::text
