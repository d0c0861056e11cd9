// Who is who: rows of a roster against people of the register.
//
// A roster has no key of a person, only of a household (記号・番号). Inside a household a row takes
// the person that agrees most, stage by stage:
//
//   1. every attribute and the number column
//   2. number and name           3. number and birth date
//   4. name and birth date       5. name, where both sides have it once
//   6. kana and birth date
//   7. number, once on both sides
//   8. birth date and sex, once on both sides
//
// In each stage people of the roster before come first, released ones after them. A number alone
// comes late because it is what is most often written on the wrong line of a family's form.
//
// Pure: sorts hashes, touches no store. 400,000 against 400,000 in well under a second.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "insurer/person.h"

namespace musubi::insurer {

inline constexpr std::uint32_t kNobody = 0xFFFFFFFF;

// For each row the index of its person, or kNobody.
[[nodiscard]] std::vector<std::uint32_t> MatchRoster(
    std::span<const Incoming> rows, std::span<const Known> people
);

}  // namespace musubi::insurer
