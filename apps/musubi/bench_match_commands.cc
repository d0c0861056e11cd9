#include "apps/musubi/bench_match_commands.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/musubi/output.h"
#include "bench/match.h"

namespace musubi::apps {

namespace {

double RateOf(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

boost::json::object JsonOf(const bench::MatchBenchReport& report) {
  boost::json::object outcomes;
  for (const auto& [name, count] : report.outcomes) {
    outcomes[name] = count;
  }
  return {
      {"residents", report.residents},
      {"people", report.people},
      {"threads", report.threads},
      {"seconds",
       {{"generate", report.generate_s},
        {"match", report.match_s},
        {"verify", report.verify_s},
        {"index_load", report.index_load_s},
        {"index_match", report.index_match_s}}},
      {"rows_per_second", RateOf(report.people, report.match_s)},
      {"index_rows_per_second", RateOf(report.people, report.index_match_s)},
      {"verified_rows_per_second", RateOf(report.verify_rows, report.verify_s)},
      {"residents_verified_against_per_second", RateOf(report.residents, report.verify_s)},
      {"match_memory_peak_kb", report.match_memory_peak_kb},
      {"index_memory_peak_kb", report.index_memory_peak_kb},
      {"wrong_links", report.wrong_links},
      {"outcomes", outcomes}
  };
}

void PrintTable(const bench::MatchBenchReport& report) {
  const auto row = [](const char* label, double seconds, std::uint64_t count) {
    fmt::print("  {:<34} {:>9.3f} s {:>12.0f} /s\n", label, seconds, RateOf(count, seconds));
  };
  fmt::print(
      "{} rows against {} residents, {} threads\n",
      FormatCount(report.people),
      FormatCount(report.residents),
      report.threads
  );
  row("match, CSV to result (rows)", report.match_s, report.people);
  row("verify, CSV to result (rows)", report.verify_s, report.verify_rows);
  if (report.index_load_s > 0) {
    row("index load (residents)", report.index_load_s, report.residents);
    row("match, index resident (rows)", report.index_match_s, report.people);
  }
  fmt::print(
      "  peak memory: match {} MB, with the index {} MB\n",
      report.match_memory_peak_kb / 1024,
      report.index_memory_peak_kb / 1024
  );
  for (const auto& [name, count] : report.outcomes) {
    fmt::print("  {:<20} {:>12}\n", name, FormatCount(count));
  }
  fmt::print("  wrong links: {}\n", report.wrong_links);
}

}  // namespace

int BenchMatch(const BenchMatchOptions& options) {
  bench::MatchBenchOptions asked;
  asked.residents = options.residents;
  asked.people = options.people;
  asked.seed = options.seed;
  asked.threads = options.threads;
  asked.folder = options.folder;
  asked.without_index = options.no_index;
  const Result<bench::MatchBenchReport> report = bench::BenchMatch(asked);
  if (!report.ok()) {
    return Fail(report.error());
  }
  if (options.json) {
    PrintJson(JsonOf(*report));
  } else {
    PrintTable(*report);
  }
  return report->wrong_links == 0 ? kExitDone : kExitRefused;
}

}  // namespace musubi::apps
