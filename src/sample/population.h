// 標本人口 (a sample population): a residents' register, and of some of these residents the rosters
// of one or more associations, with a truth file beside each. For `scheme init`, tests and benches.
//
// The same options give the same bytes, whenever and wherever. No line is about a real person.
//
//   residents  layout of text/residents.h, gzip when the path ends in .gz
//   roster     layout of text/roster.h; CP932 for the first association, UTF-8 for the others
//   truth      row,resident_record_code,individual_number,tags (roster_row.h), UTF-8
//
// The people are shared out evenly, in whole households where possible. With two or more
// associations, one person and 0.1 % more of all people move from the first to the second: they
// stand in both rosters, in the first with a day of loss, in the second qualified the day after,
// alone and without a slip in number or birth date. They come on top of the second's share.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "sample/resident.h"

namespace musubi::sample {

struct PopulationOptions {
  std::uint64_t residents = 0;
  std::vector<std::string> insurers;  // their numbers, in order
  std::uint64_t people = 0;           // insured in all; at most `residents`
  std::uint64_t seed = 1;
  double number_missing_rate = 0.02;
};

// `rosters` and `truths`: one path per insurer. kUsage: counts do not fit each other.
[[nodiscard]] Result<void> WritePopulation(
    const PopulationOptions& options,
    const std::filesystem::path& residents,
    std::span<const std::filesystem::path> rosters,
    std::span<const std::filesystem::path> truths
);

// Only what acquisition looks at is right: record code, number, birth date and sex of
// ResidentAt(seed, 0..count-1); nobody is dead or away. Fast.
[[nodiscard]] Result<void> WriteResidentsForBench(
    std::uint64_t count, std::uint64_t seed, const std::filesystem::path& path
);

}  // namespace musubi::sample
