// `musubi bench match`.
#pragma once

#include <cstdint>
#include <string>

namespace musubi::apps {

struct BenchMatchOptions {
  std::uint64_t residents = 1'000'000;
  std::uint64_t people = 100'000;
  std::uint64_t seed = 20261122;
  unsigned threads = 0;
  std::string folder;  // keeps the population there and uses it again
  bool no_index = false;
  bool no_yardsticks = false;
  bool json = false;
};

int BenchMatch(const BenchMatchOptions& options);

}  // namespace musubi::apps
