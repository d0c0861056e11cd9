#include "ledger/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace musubi::ledger {

namespace {

// Takes one code point off the front. Nothing: not UTF-8.
std::optional<std::uint32_t> TakeCodePoint(std::string_view& text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<std::uint8_t>(text[i]));
  };
  const std::uint32_t lead = byte(0);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || text.size() < size) {
    return std::nullopt;
  }
  std::uint32_t code = size == 1 ? lead : lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) {
      return std::nullopt;
    }
    code = code << 6U | (byte(i) & 0x3fU);
  }
  text.remove_prefix(size);
  const bool is_surrogate = code >= 0xd800 && code < 0xe000;
  if (code < kLeast[size] || is_surrogate || code > 0x10ffff) {
    return std::nullopt;
  }
  return code;
}

// White_Space of Unicode.
bool IsSpace(std::uint32_t code) {
  constexpr std::array<std::uint32_t, 10> kSingle{
      0x20, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0x0a
  };
  return (code >= 0x09 && code <= 0x0d) || (code >= 0x2000 && code <= 0x200a) ||
         std::find(kSingle.begin(), kSingle.end(), code) != kSingle.end();
}

template <typename Allows>
bool AllOf(std::string_view text, const Allows& allows) {
  while (!text.empty()) {
    const std::optional<std::uint32_t> code = TakeCodePoint(text);
    if (!code || !allows(*code)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool IsNoteText(std::string_view text) {
  return AllOf(text, [](std::uint32_t code) { return code >= 0x20 || code == '\n'; });
}

bool IsKeyName(std::string_view name) {
  return !name.empty() && AllOf(name, [](std::uint32_t code) {
    return code >= 0x20 && code != '+' && !IsSpace(code);
  });
}

}  // namespace musubi::ledger
