// `musubi bench acquire`: the main job with all roles as processes on this machine, timed by stage.
//
// A scheme in a temporary folder, `people` bench residents, one number list of all of them. What is
// timed: from the moment the hub has accepted the upload until the pairing file is ready; and of it
// the hub's own part (package opened -> registry durable -> pairs sealed). Beside it, in the same
// run and on the same machine: a bare sorted insert of the registry's rows (SQLite) or COPY of them
// (PostgreSQL), and what a database administrator would write in SQL alone on PostgreSQL.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "bench/yardstick.h"

namespace musubi::bench {

struct AcquireOptions {
  std::uint64_t people = 100000;
  // "sqlite" (default), "postgresql" (a server of our own is started) or a postgresql:// URL.
  std::string store;
  std::uint64_t registry = 0;  // people the registry holds before
  bool yardsticks = true;
  bool keep = false;  // leaves the scheme's folder
};

struct AcquireReport {
  std::uint64_t people = 0;
  std::string engine;
  std::uint64_t registry = 0;
  double checking_s = 0;
  double acquiring_s = 0;
  double reading_s = 0;
  double registering_s = 0;
  double writing_s = 0;
  std::uint64_t done = 0;
  std::uint64_t hub_memory_peak_kb = 0;
  std::uint64_t jlis_memory_peak_kb = 0;
  std::optional<double> bare_insert_s;
  std::optional<AllSqlTimes> all_sql;

  [[nodiscard]] double TotalSeconds() const {
    return checking_s + acquiring_s + registering_s + writing_s;
  }

  [[nodiscard]] double OwnSeconds() const {
    return checking_s + reading_s + registering_s + writing_s;
  }
};

[[nodiscard]] Result<AcquireReport> BenchAcquire(const AcquireOptions& options);

}  // namespace musubi::bench
