#include "text/gazetteer.h"

#include <array>
#include <map>
#include <set>
#include <utility>

#include "text/normal_form_characters.h"
#include "text/utf8.h"

namespace musubi::text {

namespace {

constexpr std::uint64_t kNoPrefecture = 0x452821e638d01377;
constexpr std::uint64_t kPrefectureSalt = 0xbe5466cf34e90c6c;
constexpr std::size_t kColumnCount = 10;
constexpr std::size_t kNameSizeMax = 24;
constexpr std::size_t kPrefectureSizeMax = 4;

std::uint64_t Step(std::uint64_t hash, char32_t c) {
  hash = (hash ^ c) * 0x9e3779b97f4a7c15;
  return hash ^ hash >> 29U;
}

std::uint64_t HashOf(std::uint64_t hash, std::u32string_view text) {
  for (const char32_t c : text) {
    hash = Step(hash, c);
  }
  return hash;
}

std::uint64_t PrefectureSeed(std::uint64_t prefecture_hash) {
  return prefecture_hash ^ kPrefectureSalt;
}

std::u32string Folded(std::string_view text) {
  std::u32string characters;
  std::u32string out;
  Rules rules = 0;
  ReadNotation(text, Field::kAddress, characters, rules);
  FoldPlaceName(characters, out, rules);
  return out;
}

std::u32string WithoutVariants(std::u32string text, const KanjiVariants& variants) {
  for (char32_t& c : text) {
    c = variants.Fold(c);
  }
  return text;
}

bool EndsPrefecture(char32_t c) {
  return c == U'県' || c == U'府' || c == U'都' || c == U'道';
}

bool EndsMunicipality(char32_t c) {
  return c == U'市' || c == U'区' || c == U'町' || c == U'村';
}

bool IsNumeralOrDigit(char32_t c) {
  constexpr std::u32string_view kNumerals = U"〇一二三四五六七八九十百千";
  return IsDigit(c) || kNumerals.find(c) != kNumerals.npos;
}

// Is の, ノ or 之 between these part of a name, and not of a block number (三の八, 番地の1)?
bool IsNameParticle(char32_t before, char32_t written, char32_t after) {
  if (!IsKanji(before)) {
    return false;
  }
  if (IsNumeralOrDigit(after)) {
    constexpr std::u32string_view kBlockWords = U"目番地号丁";
    const bool is_block = IsNumeralOrDigit(before) || kBlockWords.find(before) != kBlockWords.npos;
    return !is_block && (written != U'の' || !IsDigit(after));
  }
  return IsKanji(after);
}

char32_t FoldedPlaceCharacter(char32_t before, char32_t c, char32_t after) {
  switch (c) {
    case U'ヶ':
    case U'ヵ':
      return U'ケ';
    case U'が':
    case U'ガ':
      return (IsKanji(before) || IsKana(before)) && IsKanji(after) ? U'ケ' : c;
    case U'カ':
      return IsKanji(before) && IsKanji(after) ? U'ケ' : c;
    case U'の':
    case U'之':
    case U'乃':
      return IsNameParticle(before, c, after) ? U'ノ' : c;
    default:
      return c;
  }
}

bool IsFoldedSomewhere(char32_t c) {
  constexpr std::u32string_view kKana = U"ヶヵがガカの";
  const bool is_kana = c >= 0x3041 && c <= 0x30fc && kKana.find(c) != kKana.npos;
  return is_kana || c == U'之' || c == U'乃';
}

using Columns = std::array<std::string_view, kColumnCount>;

bool SplitColumns(std::string_view line, Columns& columns) {
  for (std::size_t i = 0; i < kColumnCount; ++i) {
    const std::size_t tab = line.find('\t');
    if ((tab == std::string_view::npos) != (i + 1 == kColumnCount)) {
      return false;
    }
    columns[i] = line.substr(0, tab);
    line.remove_prefix(tab == std::string_view::npos ? line.size() : tab + 1);
  }
  return true;
}

bool IsFlag(std::string_view text) {
  return text == "0" || text == "1";
}

// What is wrong with a line, or null.
const char* FaultOf(const Columns& columns) {
  if (columns[0].empty() || columns[1].empty() || columns[3].empty()) {
    return "a line without code, prefecture or municipality";
  }
  return IsFlag(columns[6]) && IsFlag(columns[7]) ? nullptr : "unique is neither 0 nor 1";
}

Error BadLine(std::string_view name, std::size_t line, const char* what) {
  return Error{
      ErrorCode::kInvalid,
      what,
      std::string(name) + ":" + std::to_string(line),
      "ten columns divided by tabs, see docs/formats/rules.md"
  };
}

}  // namespace

struct Gazetteer::Row {
  std::u32string prefecture;
  std::u32string county;
  std::u32string name;  // municipality and ward
  bool is_unique;
  bool is_unique_short;
};

void FoldPlaceName(std::u32string_view text, std::u32string& out, Rules& rules) {
  const std::size_t begin = out.size();
  out += text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i];
    if (!IsFoldedSomewhere(c)) {
      continue;
    }
    const char32_t before = i == 0 ? 0 : text[i - 1];
    const char32_t after = i + 1 < text.size() ? text[i + 1] : 0;
    const char32_t folded = FoldedPlaceCharacter(before, c, after);
    if (folded != c) {
      rules |= RuleBit(folded == U'ノ' ? Rule::kParticleNo : Rule::kSmallKe);
      out[begin + i] = folded;
    }
  }
}

void Gazetteer::Index::Reserve(std::size_t count) {
  std::size_t size = 64;
  while (size < count * 2) {
    size *= 2;
  }
  entries_.resize(size);
}

void Gazetteer::Index::Add(std::uint64_t key, std::uint32_t place, bool is_whole, bool is_unique) {
  const std::size_t mask = entries_.size() - 1;
  std::size_t at = key & mask;
  while (entries_[at].key != 0 && entries_[at].key != key) {
    at = (at + 1) & mask;
  }
  const bool is_taken = entries_[at].key == key && entries_[at].place != place;
  entries_[at] = {key, is_taken || !is_unique ? kAmbiguous : place, is_whole};
}

const Gazetteer::Entry* Gazetteer::Index::Find(std::uint64_t key) const {
  const std::size_t mask = entries_.size() - 1;
  for (std::size_t at = key & mask; entries_[at].key != 0; at = (at + 1) & mask) {
    if (entries_[at].key == key) {
      return &entries_[at];
    }
  }
  return nullptr;
}

void Gazetteer::AddRow(const Row& row, std::uint32_t place, const KanjiVariants& variants) {
  const auto add = [&](Index& index, const Row& names) {
    const std::uint64_t prefecture = HashOf(kNoPrefecture, names.prefecture);
    index.Add(prefecture, kAmbiguous, true, false);
    const std::uint64_t seed = PrefectureSeed(prefecture);
    const std::u32string whole = names.county + names.name;
    index.Add(HashOf(seed, whole), place, true, true);
    index.Add(HashOf(kNoPrefecture, whole), place, true, names.is_unique);
    if (!names.county.empty()) {
      index.Add(HashOf(seed, names.name), place, false, true);
      index.Add(HashOf(kNoPrefecture, names.name), place, false, names.is_unique_short);
    }
  };
  add(written_, row);
  Row folded = row;
  folded.prefecture = WithoutVariants(row.prefecture, variants);
  folded.county = WithoutVariants(row.county, variants);
  folded.name = WithoutVariants(row.name, variants);
  add(folded_, folded);
}

Result<Gazetteer> Gazetteer::Make(
    std::string_view tsv, const KanjiVariants& variants, std::string_view table_name
) {
  Gazetteer table;
  std::vector<std::pair<std::string_view, std::size_t>> successors;  // with their lines
  std::map<std::string_view, std::uint32_t> in_force;
  std::vector<Row> rows;
  for (std::size_t line = 1; !tsv.empty(); ++line) {
    std::string_view text = tsv.substr(0, tsv.find('\n'));
    tsv.remove_prefix(text.size() == tsv.size() ? text.size() : text.size() + 1);
    if (!text.empty() && text.back() == '\r') {
      text.remove_suffix(1);
    }
    Columns columns;
    if (text.empty() || (line == 1 && text.starts_with("code\t"))) {
      continue;
    }
    if (!SplitColumns(text, columns)) {
      return BadLine(table_name, line, "a line that has not ten columns");
    }
    if (const char* fault = FaultOf(columns); fault != nullptr) {
      return BadLine(table_name, line, fault);
    }
    const auto place = static_cast<std::uint32_t>(rows.size());
    std::u32string name = Folded(std::string(columns[3]) + std::string(columns[4]));
    rows.push_back(
        {Folded(columns[1]),
         Folded(columns[2]),
         std::move(name),
         columns[6] == "1",
         columns[7] == "1"}
    );
    const Row& row = rows.back();
    Place entry{
        row.prefecture + row.county + row.name, {}, row.prefecture.size(), row.county.size(), place
    };
    entry.folded = WithoutVariants(entry.written, variants);
    table.places_.push_back(std::move(entry));
    successors.emplace_back(columns[9], line);
    if (columns[8].empty()) {
      in_force[columns[0]] = place;
    }
  }
  table.written_.Reserve(rows.size() * 5);
  table.folded_.Reserve(rows.size() * 5);
  for (std::uint32_t place = 0; place < rows.size(); ++place) {
    table.AddRow(rows[place], place, variants);
    const auto& [code, line] = successors[place];
    if (code.empty()) {
      continue;
    }
    const auto successor = in_force.find(code);
    if (successor == in_force.end()) {
      return BadLine(table_name, line, "a successor that is not in force");
    }
    table.places_[place].successor = successor->second;
  }
  return table;
}

Gazetteer::Head Gazetteer::FindIn(
    const Index& index, std::u32string_view address, const KanjiVariants* variants
) const {
  const auto at = [&](std::size_t i) {
    return variants == nullptr ? address[i] : variants->Fold(address[i]);
  };
  Head head;
  std::uint64_t hash = kNoPrefecture;
  for (std::size_t i = 0, size = 0; i < address.size() && size < kPrefectureSizeMax; ++i) {
    const char32_t c = at(i);
    if (c == U' ') {
      continue;
    }
    ++size;
    hash = Step(hash, c);
    if (size >= 3 && EndsPrefecture(c) && index.Find(hash) != nullptr) {
      head.prefecture_size = i + 1;
      break;
    }
  }
  const std::size_t begin = head.prefecture_size;
  head.size = begin;
  hash = begin == 0 ? kNoPrefecture : PrefectureSeed(hash);
  for (std::size_t i = begin, size = 0; i < address.size() && size < kNameSizeMax; ++i) {
    const char32_t c = at(i);
    if (c == U' ') {
      continue;
    }
    ++size;
    hash = Step(hash, c);
    const Entry* entry = EndsMunicipality(c) ? index.Find(hash) : nullptr;
    if (entry != nullptr) {
      const bool is_known = entry->place != kAmbiguous;
      head.size = is_known ? i + 1 : begin;
      head.place = is_known ? &places_[entry->place] : nullptr;
      head.lacks_county = is_known && !entry->is_whole;
    }
  }
  return head;
}

Gazetteer::Head Gazetteer::Find(std::u32string_view address, const KanjiVariants& variants) const {
  const Head head = FindIn(written_, address, nullptr);
  return head.place != nullptr ? head : FindIn(folded_, address, &variants);
}

}  // namespace musubi::text
