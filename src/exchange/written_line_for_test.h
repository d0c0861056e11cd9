// For fuzz targets of lines: what was written must be read as the fields it was written from.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string_view>

#include "exchange/resident_query.h"

namespace musubi::exchange {

inline void CheckWritten(std::span<const std::string_view> fields, SecretVector<char>& line) {
  AppendLineEnd(line);
  bool is_same = false;
  const auto count = EachLine(
      {line.data(), line.size()},
      [&](std::uint64_t, std::span<const std::string_view> read) {
        is_same = std::equal(read.begin(), read.end(), fields.begin(), fields.end());
        return Ok();
      }
  );
  if (!count.ok() || *count != 1 || !is_same) {
    std::abort();
  }
}

}  // namespace musubi::exchange
