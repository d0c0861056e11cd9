// Surnames and given names for sample people, with readings: common ones, written down by hand.
// Everything is within CP932 and in full-width katakana.
#pragma once

#include <span>
#include <string_view>

#include "text/roster.h"

namespace musubi::sample {

struct Name {
  std::string_view text;
  std::string_view kana;
};

[[nodiscard]] std::span<const Name> Surnames();
[[nodiscard]] std::span<const Name> GivenNames(text::Sex sex);

}  // namespace musubi::sample
