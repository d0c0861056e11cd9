// `musubi bench copies`: record copies 副本 of 400 bytes, from the uploaded package to durable.
//
// The hub's own code in this process: one sealed package with a record of each of `people` people
// lies in the spool; timed is what the hub's worker does with it (open, check, judge, write, result
// sealed, commit). Then the same rows once more as the next package, without and with one in a
// hundred changed (every record is compared with the one before). Beside it, in the same run: on
// SQLite a bare sorted insert of the same rows into the same table, on PostgreSQL COPY of them
// into a table without a key and then the key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace musubi::bench {

struct CopiesOptions {
  std::uint64_t people = 100000;
  std::string store;  // "sqlite" (default), "postgresql" (a server of our own) or a URL
  bool yardsticks = true;
};

struct CopiesReport {
  std::uint64_t people = 0;
  std::string engine;
  double row_bytes = 0;  // of a D record, mean
  double first_s = 0;    // first package: package to durable
  double again_s = 0;    // the next one, every record there before
  std::uint64_t applied = 0;
  std::uint64_t changed = 0;         // of the next one, found by comparing
  double question_us = 0;            // a point question, mean of some thousand
  std::uint64_t memory_peak_kb = 0;  // of the whole process
  std::optional<double> bare_s;
  std::optional<double> bare_copy_s;  // PostgreSQL: of it COPY, the rest is the key

  [[nodiscard]] double RateOf(double seconds) const {
    return seconds <= 0 ? 0 : static_cast<double>(people) / seconds;
  }
};

[[nodiscard]] Result<CopiesReport> BenchCopies(const CopiesOptions& options);

}  // namespace musubi::bench
