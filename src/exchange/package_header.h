// The H record between text and PackageHeader, and the spellings both directions hold to.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "exchange/content.h"

namespace musubi::exchange {

// What a receiver says about an H record; messages name what was expected, never what came.
[[nodiscard]] Result<PackageHeader> ReadHeader(
    std::span<const std::string_view> fields, const Expected& expected
);

// Refuses what ReadHeader of the other side would refuse.
[[nodiscard]] Result<void> CheckHeader(const PackageHeader& header);
[[nodiscard]] std::string HeaderText(const PackageHeader& header);  // with CRLF

// Decimal, no sign, no leading zero. False: not such a number.
[[nodiscard]] bool ReadDecimal(std::string_view text, std::uint64_t& out);

}  // namespace musubi::exchange
