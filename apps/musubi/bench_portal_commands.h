// `musubi bench portal`: how long a person waits for their list.
#pragma once

#include <cstdint>

namespace musubi::apps {

struct BenchPortalOptions {
  std::uint64_t records = 10'000;
  unsigned rounds = 50;
  bool keep = false;
  bool json = false;
};

[[nodiscard]] int BenchPortal(const BenchPortalOptions& options);

}  // namespace musubi::apps
