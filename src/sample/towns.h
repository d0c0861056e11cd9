// Real towns for sample addresses, at least one in each prefecture, written down by hand.
#pragma once

#include <span>
#include <string_view>

namespace musubi::sample {

struct Town {
  std::string_view prefecture;
  std::string_view municipality;
  std::string_view town;
  unsigned block_max = 0;  // 丁目 up to this; 0: the town has none
};

[[nodiscard]] std::span<const Town> Towns();

}  // namespace musubi::sample
