// The ways existing systems and clerks spell one and the same thing: dates, kana, addresses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/date.h"
#include "sample/towns.h"

namespace musubi::sample {

inline constexpr std::uint64_t kDateSpellingCount = 9;

// By `spelling`: 昭和54年3月12日 (元年 for an era's first year), S54.3.12, S54/03/12, 1979/3/12,
// 1979/03/12, 19790312, S54.03.12, the first in full-width digits, 1979-03-12.
[[nodiscard]] std::string SpellDate(Date date, std::uint64_t spelling);

// Katakana and the ideographic space in half width: ガ becomes ｶﾞ. Everything else stays.
[[nodiscard]] std::string NarrowKana(std::string_view text);
// ショウ becomes シヨウ, as systems without small kana write.
[[nodiscard]] std::string WithoutSmallKana(std::string_view text);
// 1979 becomes １９７９.
[[nodiscard]] std::string WidenDigits(std::string_view text);

struct Address {
  const Town* town = nullptr;
  unsigned block = 0;  // 丁目; 0: none
  unsigned lot = 0;
  unsigned house = 0;  // 0: none
  std::string building;
};

enum class AddressStyle { kFull, kHyphens, kMixed };

// kFull: 東京都立川市曙町二丁目3番4号　建物; kHyphens: ...2-3-4; kMixed: ...2丁目3番地の4.
[[nodiscard]] std::string SpellAddress(const Address& address, AddressStyle style);

}  // namespace musubi::sample
