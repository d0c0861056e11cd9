// 住所 (addresses) in two layers; see normal_form.h.
//
//   愛知県名古屋市北区水切町3-1-8 メゾン青葉418
//   ^ head: from the gazetteer  ^ town  ^ block number  ^ building
//
// Only the first block number of an address is read as one: what follows it is a building, and a
// building with a number in its name is never a 丁目. Place names keep their kanji numerals.
#pragma once

#include <string>
#include <string_view>

#include "text/gazetteer.h"
#include "text/normal_form.h"

namespace musubi::text {

struct AddressParts {
  const Gazetteer::Place* place = nullptr;
  std::size_t town_begin = 0;
  std::size_t block_begin = 0;  // the size of the form where there is no block number
  std::size_t block_end = 0;
};

// One lossless step; `text` comes from ReadNotation, `out` is replaced.
void CanonicalAddress(
    std::u32string_view text,
    const Gazetteer& gazetteer,
    const KanjiVariants& variants,
    std::u32string& out,
    AddressParts& parts,
    Rules& rules
);

// One lenient step on a lossless form with its parts; `out` is replaced.
void LoosenAddress(
    std::u32string_view form,
    const AddressParts& parts,
    const Gazetteer& gazetteer,
    const KanjiVariants& variants,
    std::u32string& out,
    Rules& rules
);

}  // namespace musubi::text
