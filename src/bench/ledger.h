// `musubi bench ledger`: how many entries a second a log takes in durably, how soon each has its
// proof, and what it costs in memory; beside it the same rows into SQLite.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace musubi::bench {

struct LedgerBenchOptions {
  std::uint64_t entries = 1'000'000;
  std::uint64_t group = 512;
  std::string folder;  // empty: a temporary one, removed afterwards
  bool yardsticks = true;
};

struct LedgerBenchReport {
  std::uint64_t entries = 0;
  std::uint64_t group = 0;
  double append_s = 0;
  double hashed_per_second = 0;  // leaf and its share of nodes, one thread, no disk
  double group_median_ms = 0;
  double group_p99_ms = 0;
  double group_worst_ms = 0;
  double proof_median_ms = 0;  // from handing an entry in to its verified inclusion proof
  double proof_worst_ms = 0;
  double old_proof_ms = 0;  // an inclusion proof anywhere in the finished log
  double open_s = 0;
  std::uint64_t disk_bytes = 0;
  std::uint64_t memory_peak_kb = 0;  // of the process while it appends, read back and proves
  // The yardstick: SQLite, and a log that took the same rows in turns with it.
  std::optional<double> sqlite_per_second;
  double beside_per_second = 0;

  [[nodiscard]] double EntriesPerSecond() const {
    return append_s > 0 ? static_cast<double>(entries) / append_s : 0;
  }
};

[[nodiscard]] Result<LedgerBenchReport> BenchLedger(const LedgerBenchOptions& options);

}  // namespace musubi::bench
