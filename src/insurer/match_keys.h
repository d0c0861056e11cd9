// How two spellings of one name, kana or household number become one key.
//
// For finding a person again inside one household only: the keys forgive what export programs do
// (half width, spaces, small kana), never what distinguishes people. What is stored is always the
// text as written.
#pragma once

#include <string>
#include <string_view>

namespace musubi::insurer {

// Full-width ASCII and half-width kana in their ordinary width, letters upper case; spaces, control
// characters and variation selectors dropped.
[[nodiscard]] std::string FoldWidth(std::string_view text);

// FoldWidth, then hiragana as katakana, small kana as large, every dash as the long vowel mark.
[[nodiscard]] std::string FoldKana(std::string_view text);

}  // namespace musubi::insurer
