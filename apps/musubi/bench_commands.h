// `musubi bench ...`: measurements with their yardsticks.
#pragma once

#include <cstdint>
#include <string>

namespace musubi::apps {

struct BenchAcquireOptions {
  std::uint64_t people = 100000;
  std::string store;
  std::uint64_t registry = 0;
  bool no_yardsticks = false;
  bool keep = false;
  bool json = false;
};

int BenchAcquire(const BenchAcquireOptions& options);

}  // namespace musubi::apps
