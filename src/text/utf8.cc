#include "text/utf8.h"

#include <cstdint>
#include <cstring>

namespace musubi::text {

namespace {

using Byte = unsigned char;

bool IsTrail(Byte byte) {
  return (byte & 0xc0U) == 0x80U;
}

// Size of the sequence at `at`, or 0 if there is none (Unicode 15.0, table 3-7).
std::size_t SequenceSize(const Byte* at, std::size_t left) {
  const Byte lead = at[0];
  if (lead < 0x80) {
    return 1;
  }
  if (lead < 0xc2 || lead > 0xf4 || left < 2) {
    return 0;
  }
  if (lead < 0xe0) {
    return IsTrail(at[1]) ? 2 : 0;
  }
  if (left < 3 || !IsTrail(at[1]) || !IsTrail(at[2])) {
    return 0;
  }
  if (lead < 0xf0) {
    const bool is_overlong = lead == 0xe0 && at[1] < 0xa0;
    const bool is_surrogate = lead == 0xed && at[1] > 0x9f;
    return is_overlong || is_surrogate ? 0 : 3;
  }
  const bool is_overlong = lead == 0xf0 && at[1] < 0x90;
  const bool is_beyond = lead == 0xf4 && at[1] > 0x8f;
  return left < 4 || !IsTrail(at[3]) || is_overlong || is_beyond ? 0 : 4;
}

// Three bytes that are one character, as nearly all of Japanese; leads that need a closer look (E0,
// ED) are left out.
bool IsPlainTriple(const Byte* at) {
  const Byte lead = at[0];
  return (lead & 0xf0U) == 0xe0U && lead != 0xe0 && lead != 0xed && IsTrail(at[1]) &&
         IsTrail(at[2]);
}

}  // namespace

char32_t TakeCodePoint(std::string_view& text) {
  const auto* at = reinterpret_cast<const Byte*>(text.data());
  const std::size_t size = SequenceSize(at, text.size());
  text.remove_prefix(size == 0 ? 1 : size);
  switch (size) {
    case 1:
      return at[0];
    case 2:
      return (at[0] & 0x1fU) << 6U | (at[1] & 0x3fU);
    case 3:
      return (at[0] & 0xfU) << 12U | (at[1] & 0x3fU) << 6U | (at[2] & 0x3fU);
    case 4:
      return (at[0] & 7U) << 18U | (at[1] & 0x3fU) << 12U | (at[2] & 0x3fU) << 6U | (at[3] & 0x3fU);
    default:
      return kNotACodePoint;
  }
}

std::size_t WriteUtf8(char32_t code_point, char* out) {
  const auto trail = [](char32_t bits) { return static_cast<char>(0x80U | (bits & 0x3fU)); };
  if (code_point < 0x80) {
    out[0] = static_cast<char>(code_point);
    return 1;
  }
  if (code_point < 0x800) {
    out[0] = static_cast<char>(0xc0U | code_point >> 6U);
    out[1] = trail(code_point);
    return 2;
  }
  if (code_point < 0x10000) {
    out[0] = static_cast<char>(0xe0U | code_point >> 12U);
    out[1] = trail(code_point >> 6U);
    out[2] = trail(code_point);
    return 3;
  }
  out[0] = static_cast<char>(0xf0U | code_point >> 18U);
  out[1] = trail(code_point >> 12U);
  out[2] = trail(code_point >> 6U);
  out[3] = trail(code_point);
  return 4;
}

void AppendUtf8(char32_t code_point, std::string& out) {
  char bytes[4];
  out.append(bytes, WriteUtf8(code_point, bytes));
}

std::size_t ValidUtf8Size(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  const auto* begin = reinterpret_cast<const Byte*>(text.data());
  std::size_t at = 0;
  while (at < text.size()) {
    if (text.size() - at >= 3 && IsPlainTriple(begin + at)) {
      at += 3;
      continue;
    }
    if (begin[at] < 0x80 && text.size() - at >= sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, begin + at, sizeof word);
      if ((word & kHighBits) == 0) {
        at += sizeof word;
        continue;
      }
    }
    const std::size_t size = SequenceSize(begin + at, text.size() - at);
    if (size == 0) {
      return at;
    }
    at += size;
  }
  return at;
}

}  // namespace musubi::text
