// 市区町村一覧 (gazetteer): which municipality an address begins with, and what was left out of it.
//
// Says nothing rather than something near: a name that two prefectures have (伊達市, 府中市) is not
// completed, and the longest name wins (東村山市 before 東村). Immutable after Make.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/kanji_variants.h"
#include "text/normal_form.h"

namespace musubi::text {

// ヶ ヵ が as ケ and の 之 乃 as ノ where they join place names; `out` gains the form of `text`,
// which has no spaces at its ends.
void FoldPlaceName(std::u32string_view text, std::u32string& out, Rules& rules);

class Gazetteer {
 public:
  struct Place {
    std::u32string written;  // prefecture, county, municipality, ward; ヶ as ケ, の as ノ
    std::u32string folded;   // the same with kanji variants folded
    std::size_t prefecture_size;
    std::size_t county_size;
    std::uint32_t successor;  // index of the place that took over, or its own
  };

  struct Head {
    std::size_t size = 0;             // how much of the text it is, spaces included
    const Place* place = nullptr;     // null: only a prefecture, or nothing, was recognised
    std::size_t prefecture_size = 0;  // of `size`; 0: left out
    bool lacks_county = false;
  };

  // `tsv`: the layout of data/municipalities.tsv, with its heading. `name`: of the table, for
  // messages ("name:LINE").
  [[nodiscard]] static Result<Gazetteer> Make(
      std::string_view tsv, const KanjiVariants& variants, std::string_view name = "municipalities"
  );

  // `address` is folded by FoldPlaceName. As written first; then both sides with kanji variants
  // folded, since the official 須惠町 is written 須恵町 by everybody, its own prefecture included.
  [[nodiscard]] Head Find(std::u32string_view address, const KanjiVariants& variants) const;

  [[nodiscard]] const Place& SuccessorOf(const Place& place) const {
    return places_[place.successor];
  }

 private:
  static constexpr std::uint32_t kAmbiguous = 0xffffffff;

  struct Entry {
    std::uint64_t key = 0;  // 0: free
    std::uint32_t place = 0;
    bool is_whole = false;  // with the county, if it has one
  };

  struct Row;

  // Names by hash: of 64 bits, over names that are public and few thousand.
  class Index {
   public:
    void Reserve(std::size_t count);
    void Add(std::uint64_t key, std::uint32_t place, bool is_whole, bool is_unique);
    [[nodiscard]] const Entry* Find(std::uint64_t key) const;

   private:
    std::vector<Entry> entries_;
  };

  // `variants` null: as written.
  [[nodiscard]] Head FindIn(
      const Index& index, std::u32string_view address, const KanjiVariants* variants
  ) const;
  void AddRow(const Row& row, std::uint32_t place, const KanjiVariants& variants);

  std::vector<Place> places_;
  Index written_;
  Index folded_;
};

}  // namespace musubi::text
