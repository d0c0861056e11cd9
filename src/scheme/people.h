// The people of a scheme: made up (sample), or a residents' register that is already there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace musubi::scheme {

struct PeopleOrder {
  struct Insurer {
    std::string number;
    std::filesystem::path folder;  // roster.csv, truth.csv and records.csv are written here
  };

  std::filesystem::path residents_given;  // empty: made up
  std::filesystem::path residents_out;
  std::uint64_t people = 0;  // of all associations together
  std::uint64_t seed = 1;
  std::vector<Insurer> insurers;
};

struct PeopleReport {
  std::uint64_t people = 0;
  std::uint64_t residents = 0;  // 0: not counted
};

// "residents.csv" or "residents.csv.gz", as the given file has it.
[[nodiscard]] std::filesystem::path ResidentsFileName(const std::filesystem::path& given);

[[nodiscard]] Result<PeopleReport> MakePeople(const PeopleOrder& order);

}  // namespace musubi::scheme
