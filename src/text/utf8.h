// UTF-8, one code point at a time. Strict: no overlong forms, no surrogates, nothing above
// U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace musubi::text {

inline constexpr char32_t kNotACodePoint = 0xffffffff;

// Takes the first code point off `text`, which is not empty. Where the bytes are not UTF-8, takes
// one byte off and returns kNotACodePoint.
[[nodiscard]] char32_t TakeCodePoint(std::string_view& text);

// Writes up to four bytes at `out`; returns how many.
std::size_t WriteUtf8(char32_t code_point, char* out);

void AppendUtf8(char32_t code_point, std::string& out);

// Size of the longest valid beginning: text.size() if all of it is UTF-8. Fast on long text.
[[nodiscard]] std::size_t ValidUtf8Size(std::string_view text);

[[nodiscard]] inline bool IsUtf8(std::string_view text) {
  return ValidUtf8Size(text) == text.size();
}

}  // namespace musubi::text
