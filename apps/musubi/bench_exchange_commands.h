// `musubi bench exchange`: inquiries per second.
#pragma once

#include <cstdint>

namespace musubi::apps {

struct BenchExchangeOptions {
  std::uint64_t people = 1000;
  unsigned connections = 64;
  unsigned seconds = 10;
  std::uint64_t inquiries = 0;
  unsigned kill_every_ms = 0;
  unsigned cut_every_ms = 0;
  bool no_yardsticks = false;
  bool keep = false;
  bool json = false;
};

// 1: the parties' books do not agree.
[[nodiscard]] int BenchExchange(const BenchExchangeOptions& options);

}  // namespace musubi::apps
