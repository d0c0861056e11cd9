// Residents and a roster of real shape for `musubi bench match`: the people of src/sample, written
// by several threads, with more slips than the sample's own rosters: moved, sex wrong, strangers.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace musubi::bench {

struct MatchPopulation {
  std::uint64_t residents = 0;
  std::uint64_t people = 0;
  std::uint64_t seed = 1;
  unsigned threads = 1;
};

// Writes residents.csv, roster.csv (UTF-8) and truth.csv (row,resident_record_code,
// individual_number,tags; further tags: addr-moved, sex-error, not-a-resident).
[[nodiscard]] Result<void> WriteMatchPopulation(
    const MatchPopulation& population, const std::filesystem::path& folder
);

}  // namespace musubi::bench
