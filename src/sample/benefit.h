// Records of benefits 給付 and contributions 保険料 for sample people, as an existing system would
// export them: the CSV of docs/formats/record-copy.md for `insurer import-records`.
//
// What a person has follows from (seed, row of the roster) alone. No line is about a real person.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace musubi::sample {

// The first line, with CRLF: the fixed columns and the items of every kind used here.
[[nodiscard]] std::string BenefitHeading();

// The records of the person on row `row` (from 1) of a roster, each a line with CRLF; none for most
// people. `reference`: the association's own for that row. Returns how many.
std::uint64_t AppendBenefits(
    std::uint64_t seed, std::uint64_t row, std::string_view reference, std::string& out
);

}  // namespace musubi::sample
