// What matching is measured against: the same two files through DuckDB, by SQL in bench/duckdb.
//
// A child process (Node.js with the package @duckdb/node-api) does the job with as many threads as
// ours and a memory limit of its own, from CSV to a result CSV in `folder`. The package is
// installed once, with `npm ci`, into build/duckdb of the repository we were built in. Where there
// is no repository, Node.js or package, nothing is measured and `missing` says so.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace musubi::bench {

struct DuckdbFigures {
  std::string version;
  double seconds = 0;      // without the start of Node.js
  double cpu_seconds = 0;  // of all threads: tells less about a busy machine
  std::uint64_t memory_peak_kb = 0;
  std::uint64_t rows = 0;
  std::vector<std::pair<std::string, double>> stages;
  std::vector<std::pair<std::string, std::uint64_t>> outcomes;
  std::uint64_t exact = 0;         // its outcome is `agree`
  std::uint64_t exact_shared = 0;  // of them: ours is `agree` with the same resident
  std::uint64_t same_outcome = 0;  // whatever the outcome: rows where both say the same
};

struct DuckdbYardstick {
  std::optional<DuckdbFigures> figures;
  std::string missing;  // why there are no figures
};

// `folder` holds residents.csv, roster.csv and our result.csv; duckdb.csv is written there.
// Fails when the job was started and went wrong, or its result has other rows than ours.
[[nodiscard]] Result<DuckdbYardstick> MeasureDuckdb(
    const std::filesystem::path& folder, unsigned threads
);

}  // namespace musubi::bench
