// Which key hashes some row asks for. May say yes wrongly, never no.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace musubi::matching {

class KeyFilter {
 public:
  explicit KeyFilter(std::size_t key_count) {
    constexpr std::size_t kBitsPerKey = 32;
    bits_.assign(std::bit_ceil(std::max<std::size_t>(64, key_count * kBitsPerKey)) / 64, 0);
    mask_ = bits_.size() * 64 - 1;
  }

  void Add(std::uint64_t hash) {
    if (hash != 0) {
      bits_[(hash & mask_) / 64] |= std::uint64_t{1} << hash % 64;
    }
  }

  void Prefetch(std::uint64_t hash) const { __builtin_prefetch(&bits_[(hash & mask_) / 64]); }

  [[nodiscard]] bool Has(std::uint64_t hash) const {
    return hash != 0 && (bits_[(hash & mask_) / 64] >> hash % 64 & 1U) != 0;
  }

 private:
  std::vector<std::uint64_t> bits_;
  std::uint64_t mask_ = 0;
};

}  // namespace musubi::matching
