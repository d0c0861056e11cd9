// 住民の行 (register line): rows out of a piece of a plain register, as fast as may be.
//
// Takes the plain case only. Whatever is unusual (a quote, a NUL byte, a line of more than 64 kB, a
// field without its form) is left to text/residents.h, which reads all that is allowed and says
// what is wrong with the rest.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "text/residents.h"

namespace musubi::matching {

// `rows` is replaced by the rows of whole lines. False: something that the careful reader must look
// at.
[[nodiscard]] bool TakeRows(
    std::string_view text, bool has_heading, std::vector<text::ResidentRow>& rows
);

// The rows at `places` (0-based, rising) of a text that TakeRows has found good. False: it is not
// the same text any more.
[[nodiscard]] bool TakeChosenRows(
    std::string_view text,
    bool has_heading,
    std::span<const std::uint32_t> places,
    std::vector<text::ResidentRow>& rows
);

}  // namespace musubi::matching
