#include "text/address_form_block.h"

#include "text/normal_form_characters.h"

namespace musubi::text {

namespace {

constexpr std::u32string_view kNumerals = U"〇一二三四五六七八九";
constexpr std::uint32_t kNumberMax = 99999;

enum class Suffix : std::uint8_t { kNone, kChome, kBanchi, kBan, kGo };

char32_t At(std::u32string_view text, std::size_t at) {
  return at < text.size() ? text[at] : 0;
}

bool IsOneOf(char32_t c, std::u32string_view set) {
  return c != 0 && set.find(c) != set.npos;
}

// Asked of every character of an address.
bool IsKanjiNumeral(char32_t c) {
  switch (c) {
    case U'〇':
    case U'一':
    case U'二':
    case U'三':
    case U'四':
    case U'五':
    case U'六':
    case U'七':
    case U'八':
    case U'九':
    case U'十':
    case U'百':
    case U'千':
      return true;
    default:
      return false;
  }
}

std::size_t SkipSpaces(std::u32string_view text, std::size_t at) {
  while (At(text, at) == U' ') {
    ++at;
  }
  return at;
}

// 二十三, 一二〇: the value, 0 if it is no number.
std::uint32_t KanjiValue(std::u32string_view numeral) {
  std::uint32_t sum = 0;
  std::uint32_t digits = 0;
  std::uint32_t unit_before = 10000;
  bool is_digit_before = false;
  for (const char32_t c : numeral) {
    const std::size_t digit = kNumerals.find(c);
    if (digit != kNumerals.npos) {
      digits = digits * 10 + static_cast<std::uint32_t>(digit);
      is_digit_before = true;
      continue;
    }
    const std::uint32_t unit = c == U'十' ? 10 : c == U'百' ? 100 : 1000;
    if (unit >= unit_before || digits > 9) {
      return 0;
    }
    sum += (is_digit_before ? digits : 1) * unit;
    unit_before = unit;
    digits = 0;
    is_digit_before = false;
  }
  const bool is_mixed = unit_before != 10000 && digits >= unit_before;
  return is_mixed ? 0 : sum + digits;
}

std::uint32_t ValueOf(std::u32string_view numeral) {
  if (numeral.size() > 6) {
    return 0;
  }
  if (!IsDigit(numeral.front())) {
    return KanjiValue(numeral);
  }
  std::uint32_t value = 0;
  for (const char32_t c : numeral) {
    value = value * 10 + (c - U'0');
  }
  return value;
}

// A word that ends a number, and how long it is; kNone where the word goes on into a name (一番町).
struct Word {
  Suffix suffix = Suffix::kNone;
  std::size_t size = 0;
};

bool IsSeparator(char32_t c) {
  return c == U'-' || c == U'の' || c == U'ノ' || c == U'之';
}

bool EndsNumber(char32_t c) {
  return c == 0 || c == U' ' || IsDigit(c) || IsKanjiNumeral(c) || IsSeparator(c);
}

Word WordAt(std::u32string_view text, std::size_t at, bool is_first) {
  const char32_t c = At(text, at);
  const char32_t next = At(text, at + 1);
  if (c == U'丁') {
    const bool is_chome = next == U'目';
    if (is_chome || EndsNumber(next)) {
      return {Suffix::kChome, is_chome ? 2U : 1U};
    }
  } else if (c == U'番') {
    if (next == U'地') {
      return {Suffix::kBanchi, 2};
    }
    if (!IsOneOf(next, U"町丁館街組線目屋棟")) {
      return {Suffix::kBan, 1};
    }
  } else if (c == U'号') {
    const bool is_end = next == 0 || next == U' ';
    if (is_first ? is_end : !IsOneOf(next, U"線棟館地店車")) {
      return {Suffix::kGo, next == U'室' ? 2U : 1U};
    }
  }
  return {};
}

// Is there a number at `at`? A kanji numeral is one only where the text around it says so.
bool IsNumberAt(std::u32string_view text, std::size_t at, bool is_first) {
  if (IsDigit(At(text, at))) {
    return true;
  }
  const std::size_t end = NumeralEnd(text, at);
  if (end == at || IsDigit(At(text, end)) || ValueOf(text.substr(at, end - at)) == 0) {
    return false;
  }
  const char32_t next = At(text, end);
  if (WordAt(text, end, is_first).suffix != Suffix::kNone && (!is_first || next != U'号')) {
    return true;
  }
  if (!is_first && (next == 0 || next == U' ')) {
    return true;
  }
  return IsSeparator(next) && IsNumberAt(text, end + 1, false);
}

// Where the next number begins after a word that ended at `at`; npos if the block ends.
std::size_t NextNumber(std::u32string_view text, std::size_t at, Suffix suffix) {
  constexpr std::size_t kNone = std::u32string_view::npos;
  const std::size_t after_spaces = SkipSpaces(text, at);
  if (IsSeparator(At(text, after_spaces))) {
    std::size_t next = SkipSpaces(text, after_spaces + 1);
    while (At(text, next) == U'-') {
      next = SkipSpaces(text, next + 1);
    }
    return IsNumberAt(text, next, false) ? next : kNone;
  }
  if (after_spaces == at) {
    const bool goes_on = suffix == Suffix::kGo
                             ? IsDigit(At(text, at))
                             : suffix != Suffix::kNone && IsNumberAt(text, at, false);
    return goes_on ? at : kNone;
  }
  if (suffix == Suffix::kNone || suffix == Suffix::kGo || !IsNumberAt(text, after_spaces, false)) {
    return kNone;
  }
  const Word word = WordAt(text, NumeralEnd(text, after_spaces), false);
  const bool is_go = word.suffix == Suffix::kGo && word.size == 1;
  return suffix == Suffix::kChome || is_go ? after_spaces : kNone;
}

// May a lone number before this character be a block number? Not in 北1条, 第38線, 3町.
bool MayEndLoneNumber(char32_t c) {
  constexpr std::u32string_view kPlaceWords =
      U"線条町村区丁番号目組班部社軒戸里坪割東西南北中上下十百千ノのケ日本ッ";
  return !IsOneOf(c, kPlaceWords) && !IsKanjiNumeral(c);
}

}  // namespace

std::size_t FindNumeral(std::u32string_view text, std::size_t begin) {
  while (begin < text.size() && !IsDigit(text[begin]) && !IsKanjiNumeral(text[begin])) {
    ++begin;
  }
  return begin;
}

std::size_t NumeralEnd(std::u32string_view text, std::size_t begin) {
  std::size_t end = begin;
  if (IsDigit(At(text, begin))) {
    while (IsDigit(At(text, end))) {
      ++end;
    }
    return end;
  }
  while (IsKanjiNumeral(At(text, end))) {
    ++end;
  }
  return end;
}

bool ReadBlockNumber(std::u32string_view text, std::size_t begin, BlockNumber& block) {
  block = {};
  if (!IsNumberAt(text, begin, true)) {
    return false;
  }
  Word word;
  std::size_t at = begin;
  while (true) {
    const std::size_t end = NumeralEnd(text, at);
    const std::uint32_t value = ValueOf(text.substr(at, end - at));
    const bool is_too_much = value > kNumberMax || block.part_count == BlockNumber::kPartsMax;
    if (is_too_much || end - at > 6) {
      return false;
    }
    block.has_kanji_numeral |= !IsDigit(text[at]);
    block.parts[block.part_count++] = value;
    word = WordAt(text, end, block.part_count == 1);
    block.end = end + word.size;
    const std::size_t next = NextNumber(text, block.end, word.suffix);
    if (next == std::u32string_view::npos) {
      break;
    }
    at = next;
  }
  block.is_chome_only = block.part_count == 1 && word.suffix == Suffix::kChome;
  const bool is_lone = block.part_count == 1 && word.suffix == Suffix::kNone;
  return !is_lone || MayEndLoneNumber(At(text, block.end));
}

}  // namespace musubi::text
