// `musubi bench match`: one roster against a register, both from CSV to the result file, by the
// code of `musubi match`; then verification of every number; then the same job in DuckDB; then with
// the index resident.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "bench/match_duckdb.h"

namespace musubi::bench {

struct MatchBenchOptions {
  std::uint64_t residents = 1'000'000;
  std::uint64_t people = 100'000;
  std::uint64_t seed = 20261122;
  unsigned threads = 0;        // 0: as many as the machine has
  std::string folder;          // empty: a temporary one; a folder with files is used again
  bool without_index = false;  // the resident index of a whole register needs memory of its own
  bool no_yardsticks = false;  // DuckDB is left out
};

struct MatchBenchReport {
  std::uint64_t residents = 0;
  std::uint64_t people = 0;
  unsigned threads = 0;
  double generate_s = 0;
  double match_s = 0;
  double match_cpu_s = 0;  // of all threads
  std::uint64_t match_memory_peak_kb = 0;
  std::uint64_t wrong_links = 0;  // a code told that is not the truth's
  std::vector<std::pair<std::string, std::uint64_t>> outcomes;
  double verify_s = 0;
  std::uint64_t verify_rows = 0;
  double index_load_s = 0;
  double index_match_s = 0;
  std::uint64_t index_memory_peak_kb = 0;
  DuckdbYardstick duckdb;
  std::uint64_t duckdb_wrong_links = 0;
};

[[nodiscard]] Result<MatchBenchReport> BenchMatch(const MatchBenchOptions& options);

}  // namespace musubi::bench
