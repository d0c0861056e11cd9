// 異体字の縮退表 (kanji variants): each character to the representative of its group.
//
// Two array reads for a look-up, made for a million names a second. Immutable after Make.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace musubi::text {

class KanjiVariants {
 public:
  // `tsv`: lines "character TAB canonical TAB relation", the layout of data/kanji_variants.tsv. A
  // canonical that is itself a character is refused: folding once must be folding for good. So is a
  // character with two canonicals. `name`: of the table, for messages ("name:LINE").
  [[nodiscard]] static Result<KanjiVariants> Make(
      std::string_view tsv, std::string_view name = "kanji variants"
  );

  // The representative of `character`, itself if it is in no group.
  [[nodiscard]] char32_t Fold(char32_t character) const {
    const char32_t page = character / kPageSize;
    if (page >= pages_.size() || pages_[page] == 0) {
      return character;
    }
    const char32_t folded = cells_[pages_[page] * kPageSize + character % kPageSize];
    return folded == 0 ? character : folded;
  }

 private:
  static constexpr char32_t kPageSize = 256;

  void Add(char32_t character, char32_t canonical);

  std::vector<std::uint16_t> pages_;  // index of the page in cells_, 0 where nothing is listed
  std::vector<char32_t> cells_;       // page 0 stays empty
};

}  // namespace musubi::text
