// From two files to a result file: what `musubi match` and `musubi verify` do, and what the bench
// measures. Layouts: docs/formats/match-result.md.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "matching/roster_match.h"
#include "text/own_tables.h"

namespace musubi::matching {

struct MatchFiles {
  std::filesystem::path residents;
  std::filesystem::path roster;
  std::optional<std::filesystem::path> mapping;
  std::filesystem::path out;
  text::TableFiles tables;
  text::Rules allowed = kLenientRules;
  Explain explain = Explain::kNo;
  unsigned threads = 1;
  OnProgress on_progress;
};

struct FileReport {
  std::uint64_t rows = 0;       // written
  std::uint64_t residents = 0;  // 0: not counted
  std::vector<std::pair<std::string, std::uint64_t>> outcomes;
  double seconds = 0;
};

[[nodiscard]] Result<FileReport> MatchRosterFile(const MatchFiles& files);
// Rows without a number are not in the result. Stopped and run again with the same files, it goes
// on where it was (OUT.part, roster_verify_part.h).
[[nodiscard]] Result<FileReport> VerifyRosterFile(const MatchFiles& files);

}  // namespace musubi::matching
