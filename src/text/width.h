// 全角・半角 (full and half width): one spelling for comparing and for numbers and dates. What is
// stored of a name or an address is never passed through here.
//
// Input is UTF-8; bytes that are not are dropped.
#pragma once

#include <string>
#include <string_view>

namespace musubi::text {

// Full-width ASCII (digits, letters, signs: U+FF01-U+FF5E) and the ideographic space become ASCII.
[[nodiscard]] char32_t NarrowCodePoint(char32_t code_point);
[[nodiscard]] std::string NarrowAscii(std::string_view text);

// Half-width katakana and its punctuation become full width, voiced marks joined: ｶﾞ becomes ガ. A
// mark with nothing to join stays alone as ゛ or ゜.
[[nodiscard]] std::string WidenKana(std::string_view text);

// Hyphens, dashes, minus signs and the long vowel marks people type for them. `code_point` is
// narrow already.
[[nodiscard]] bool IsHyphen(char32_t code_point);

}  // namespace musubi::text
