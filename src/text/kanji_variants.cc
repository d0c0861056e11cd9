#include "text/kanji_variants.h"

#include <string>
#include <utility>

#include "text/utf8.h"

namespace musubi::text {

namespace {

constexpr char32_t kBeyondUnicode = 0x110000;

// The one character of `field`, or kNotACodePoint.
char32_t OnlyCharacter(std::string_view field) {
  if (field.empty()) {
    return kNotACodePoint;
  }
  const char32_t character = TakeCodePoint(field);
  return field.empty() ? character : kNotACodePoint;
}

Error BadLine(std::string_view name, std::size_t line, const char* what) {
  return Error{
      ErrorCode::kInvalid,
      what,
      std::string(name) + ":" + std::to_string(line),
      "each line is: character, tab, canonical character, tab, relation"
  };
}

}  // namespace

void KanjiVariants::Add(char32_t character, char32_t canonical) {
  std::uint16_t& page = pages_[character / kPageSize];
  if (page == 0) {
    page = static_cast<std::uint16_t>(cells_.size() / kPageSize);
    cells_.resize(cells_.size() + kPageSize);
  }
  cells_[page * kPageSize + character % kPageSize] = canonical;
}

Result<KanjiVariants> KanjiVariants::Make(std::string_view tsv, std::string_view name) {
  KanjiVariants table;
  table.pages_.resize(kBeyondUnicode / kPageSize);
  table.cells_.resize(kPageSize);
  std::vector<std::pair<char32_t, std::size_t>> canonicals;  // with their lines
  for (std::size_t line = 1; !tsv.empty(); ++line) {
    std::string_view row = tsv.substr(0, tsv.find('\n'));
    tsv.remove_prefix(row.size() == tsv.size() ? row.size() : row.size() + 1);
    if (!row.empty() && row.back() == '\r') {
      row.remove_suffix(1);
    }
    if (row.empty()) {
      continue;
    }
    const std::size_t first = row.find('\t');
    if (first == std::string_view::npos) {
      return BadLine(name, line, "a line without a tab");
    }
    const std::string_view rest = row.substr(first + 1);
    const char32_t character = OnlyCharacter(row.substr(0, first));
    const char32_t canonical = OnlyCharacter(rest.substr(0, rest.find('\t')));
    if (character == kNotACodePoint || canonical == kNotACodePoint) {
      return BadLine(name, line, "a field that is not one character");
    }
    const char32_t known = table.Fold(character);
    if (known != character && known != canonical) {
      return BadLine(name, line, "a character that has another canonical further up");
    }
    table.Add(character, canonical);
    canonicals.emplace_back(canonical, line);
  }
  for (const auto& [canonical, line] : canonicals) {
    if (table.Fold(canonical) != canonical) {
      return BadLine(name, line, "a canonical character that has a canonical of its own");
    }
  }
  return table;
}

}  // namespace musubi::text
