// One record of an association (a benefit paid, an eligibility) on its way to the hub, and what is
// remembered of it. No clock, no store.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "base/bytes.h"
#include "base/date.h"
#include "exchange/record_copy.h"

namespace musubi::insurer {

// Which record of a person it is.
struct RecordKey {
  std::string kind;
  std::string key;
  std::uint32_t valid_from = 0;  // Date::packed

  friend auto operator<=>(const RecordKey&, const RecordKey&) = default;
};

// How it is.
struct RecordValue {
  std::uint32_t valid_to = 0;  // 0: open
  int layout_version = 0;
  std::string items;  // exchange::AppendItems
};

using RecordDigest = std::array<std::uint8_t, 16>;

[[nodiscard]] RecordDigest DigestOf(const RecordValue& value);

// The kind that is made from the roster, never imported.
inline constexpr std::string_view kEligibilityKind = "eligibility";

}  // namespace musubi::insurer
