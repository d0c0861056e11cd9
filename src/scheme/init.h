// Makes the folder of a scheme: all of it, or nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "scheme/layout.h"

namespace musubi::scheme {

inline constexpr std::uint64_t kPeopleDefault = 5000;
inline constexpr std::uint64_t kResidentsPerPerson = 4;

struct InitOptions {
  std::filesystem::path folder;
  std::filesystem::path residents;  // empty: synthetic residents
  std::vector<std::string> insurers = {"133033", "133264"};
  // Insured people of all associations together. Not given: 5000, or nobody with `residents`.
  std::optional<std::uint64_t> people;
  std::uint64_t seed = 1;
  std::string store;  // empty: a SQLite file a node; or postgresql://...
  std::uint16_t base_port = kBasePortDefault;
};

struct InitReport {
  std::vector<std::string> nodes;
  std::uint64_t people = 0;
  std::uint64_t residents = 0;  // 0: given, not counted
};

// kConflict: the folder exists and is not empty. kUsage: an insurer number with a wrong digit, a
// port or store that cannot be.
[[nodiscard]] Result<InitReport> InitScheme(const InitOptions& options, Instant now);

}  // namespace musubi::scheme
