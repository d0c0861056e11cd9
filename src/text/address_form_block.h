// 番地 (block numbers): 三丁目1の8, ３－１－８, 3丁目1番8号.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/normal_form.h"

namespace musubi::text {

struct BlockNumber {
  static constexpr std::size_t kPartsMax = 8;

  std::array<std::uint32_t, kPartsMax> parts = {};
  std::size_t part_count = 0;
  std::size_t end = 0;         // first character after it and its 番地 or 号
  bool is_chome_only = false;  // 三丁目 and nothing more
  bool has_kanji_numeral = false;
};

// The block number that begins at `begin` of `text`, if one does: false for a digit of a place name
// (北1条, 第38線), a kanji numeral of one (三条, 一番町, 四谷) and for numbers above 99999.
[[nodiscard]] bool ReadBlockNumber(std::u32string_view text, std::size_t begin, BlockNumber& block);

// Where the next digit or kanji numeral is; the size of `text` if there is none.
[[nodiscard]] std::size_t FindNumeral(std::u32string_view text, std::size_t begin);

// Digits or a kanji numeral at `begin`: where they end; `begin` itself if there are none.
[[nodiscard]] std::size_t NumeralEnd(std::u32string_view text, std::size_t begin);

}  // namespace musubi::text
