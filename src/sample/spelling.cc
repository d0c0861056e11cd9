#include "sample/spelling.h"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace musubi::sample {

namespace {

struct Era {
  std::uint32_t from;  // packed
  std::string_view name;
  std::string_view short_name;
  std::string_view letter;
};

constexpr std::array<Era, 4> kEras = {{
    {20190501, "令和", "令", "R"},
    {19890108, "平成", "平", "H"},
    {19261225, "昭和", "昭", "S"},
    {19120730, "大正", "大", "T"},
}};

using Pair = std::pair<std::string_view, std::string_view>;

constexpr auto kHalfWidth = std::to_array<Pair>({
    {"ア", "ｱ"},  {"イ", "ｲ"},  {"ウ", "ｳ"},  {"エ", "ｴ"},  {"オ", "ｵ"},  {"カ", "ｶ"},
    {"キ", "ｷ"},  {"ク", "ｸ"},  {"ケ", "ｹ"},  {"コ", "ｺ"},  {"サ", "ｻ"},  {"シ", "ｼ"},
    {"ス", "ｽ"},  {"セ", "ｾ"},  {"ソ", "ｿ"},  {"タ", "ﾀ"},  {"チ", "ﾁ"},  {"ツ", "ﾂ"},
    {"テ", "ﾃ"},  {"ト", "ﾄ"},  {"ナ", "ﾅ"},  {"ニ", "ﾆ"},  {"ヌ", "ﾇ"},  {"ネ", "ﾈ"},
    {"ノ", "ﾉ"},  {"ハ", "ﾊ"},  {"ヒ", "ﾋ"},  {"フ", "ﾌ"},  {"ヘ", "ﾍ"},  {"ホ", "ﾎ"},
    {"マ", "ﾏ"},  {"ミ", "ﾐ"},  {"ム", "ﾑ"},  {"メ", "ﾒ"},  {"モ", "ﾓ"},  {"ヤ", "ﾔ"},
    {"ユ", "ﾕ"},  {"ヨ", "ﾖ"},  {"ラ", "ﾗ"},  {"リ", "ﾘ"},  {"ル", "ﾙ"},  {"レ", "ﾚ"},
    {"ロ", "ﾛ"},  {"ワ", "ﾜ"},  {"ヲ", "ｦ"},  {"ン", "ﾝ"},  {"ァ", "ｧ"},  {"ィ", "ｨ"},
    {"ゥ", "ｩ"},  {"ェ", "ｪ"},  {"ォ", "ｫ"},  {"ッ", "ｯ"},  {"ャ", "ｬ"},  {"ュ", "ｭ"},
    {"ョ", "ｮ"},  {"ー", "ｰ"},  {"ガ", "ｶﾞ"}, {"ギ", "ｷﾞ"}, {"グ", "ｸﾞ"}, {"ゲ", "ｹﾞ"},
    {"ゴ", "ｺﾞ"}, {"ザ", "ｻﾞ"}, {"ジ", "ｼﾞ"}, {"ズ", "ｽﾞ"}, {"ゼ", "ｾﾞ"}, {"ゾ", "ｿﾞ"},
    {"ダ", "ﾀﾞ"}, {"ヂ", "ﾁﾞ"}, {"ヅ", "ﾂﾞ"}, {"デ", "ﾃﾞ"}, {"ド", "ﾄﾞ"}, {"バ", "ﾊﾞ"},
    {"ビ", "ﾋﾞ"}, {"ブ", "ﾌﾞ"}, {"ベ", "ﾍﾞ"}, {"ボ", "ﾎﾞ"}, {"パ", "ﾊﾟ"}, {"ピ", "ﾋﾟ"},
    {"プ", "ﾌﾟ"}, {"ペ", "ﾍﾟ"}, {"ポ", "ﾎﾟ"}, {"ヴ", "ｳﾞ"}, {"　", " "},
});

constexpr auto kLargeKana = std::to_array<Pair>({
    {"ャ", "ヤ"},
    {"ュ", "ユ"},
    {"ョ", "ヨ"},
    {"ッ", "ツ"},
    {"ァ", "ア"},
    {"ィ", "イ"},
    {"ゥ", "ウ"},
    {"ェ", "エ"},
    {"ォ", "オ"},
});

std::size_t CharacterSize(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

template <std::size_t kSize>
std::string Replace(std::string_view text, const std::array<Pair, kSize>& table) {
  std::string out;
  while (!text.empty()) {
    std::string_view character = text.substr(0, CharacterSize(text[0]));
    text.remove_prefix(character.size());
    for (const auto& [from, to] : table) {
      if (from == character) {
        character = to;
        break;
      }
    }
    out += character;
  }
  return out;
}

const Era& EraOf(Date date) {
  for (const Era& era : kEras) {
    if (date.packed() >= era.from) {
      return era;
    }
  }
  return kEras.back();
}

std::string BlockName(unsigned block) {
  constexpr std::array<std::string_view, 10> kDigits = {
      "", "一", "二", "三", "四", "五", "六", "七", "八", "九"
  };
  std::string name;
  if (block >= 20) {
    name += kDigits[block / 10];
  }
  if (block >= 10) {
    name += "十";
  }
  return name.append(kDigits[block % 10]);
}

std::string SpellFull(const Address& address) {
  std::string text;
  if (address.block != 0) {
    text = BlockName(address.block) + "丁目";
  }
  if (address.house == 0) {
    return text + fmt::format("{}番地", address.lot);
  }
  return text + fmt::format("{}番{}号", address.lot, address.house);
}

std::string SpellHyphens(const Address& address) {
  std::string text;
  if (address.block != 0) {
    text = fmt::format("{}-", address.block);
  }
  text += fmt::format("{}", address.lot);
  return address.house == 0 ? text : text + fmt::format("-{}", address.house);
}

std::string SpellMixed(const Address& address) {
  std::string text;
  if (address.block != 0) {
    text = fmt::format("{}丁目", address.block);
  }
  text += fmt::format("{}", address.lot);
  return address.house == 0 ? text : text + fmt::format("の{}", address.house);
}

}  // namespace

std::string SpellDate(Date date, std::uint64_t spelling) {
  const Era& era = EraOf(date);
  const int year = date.year() - static_cast<int>(era.from / 10000) + 1;
  const unsigned month = date.month();
  const unsigned day = date.day();
  switch (spelling % kDateSpellingCount) {
    case 0:
      return year == 1 ? fmt::format("{}元年{}月{}日", era.name, month, day)
                       : fmt::format("{}{}年{}月{}日", era.name, year, month, day);
    case 1:
      return fmt::format("{}{}.{}.{}", era.letter, year, month, day);
    case 2:
      return fmt::format("{}{:02}/{:02}/{:02}", era.letter, year, month, day);
    case 3:
      return fmt::format("{}/{}/{}", date.year(), month, day);
    case 4:
      return fmt::format("{}/{:02}/{:02}", date.year(), month, day);
    case 5:
      return fmt::format("{}{:02}{:02}", date.year(), month, day);
    case 6:
      return fmt::format("{}{:02}.{:02}.{:02}", era.letter, year, month, day);
    case 7:
      return WidenDigits(fmt::format("{}{}年{}月{}日", era.name, year, month, day));
    default:
      return date.Text();
  }
}

std::string NarrowKana(std::string_view text) {
  return Replace(text, kHalfWidth);
}

std::string WithoutSmallKana(std::string_view text) {
  return Replace(text, kLargeKana);
}

std::string WidenDigits(std::string_view text) {
  constexpr std::array<std::string_view, 10> kWide = {
      "０", "１", "２", "３", "４", "５", "６", "７", "８", "９"
  };
  std::string out;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      out += kWide[static_cast<std::size_t>(c - '0')];
    } else if (c == '-') {
      out += "－";
    } else {
      out += c;
    }
  }
  return out;
}

std::string SpellAddress(const Address& address, AddressStyle style) {
  std::string text = fmt::format(
      "{}{}{}", address.town->prefecture, address.town->municipality, address.town->town
  );
  switch (style) {
    case AddressStyle::kFull:
      text += SpellFull(address);
      break;
    case AddressStyle::kHyphens:
      text += SpellHyphens(address);
      break;
    case AddressStyle::kMixed:
      text += SpellMixed(address);
      break;
  }
  return address.building.empty() ? text : text + "　" + address.building;
}

}  // namespace musubi::sample
