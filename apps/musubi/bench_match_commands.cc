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

template <typename Value>
boost::json::object ObjectOf(const std::vector<std::pair<std::string, Value>>& values) {
  boost::json::object object;
  for (const auto& [name, value] : values) {
    object[name] = value;
  }
  return object;
}

// Null: not asked for.
boost::json::value DuckdbJsonOf(const bench::MatchBenchReport& report) {
  if (!report.duckdb.figures.has_value() && report.duckdb.missing.empty()) {
    return nullptr;
  }
  if (!report.duckdb.figures.has_value()) {
    return boost::json::object{{"missing", report.duckdb.missing}};
  }
  const bench::DuckdbFigures& figures = *report.duckdb.figures;
  return boost::json::object{
      {"version", figures.version},
      {"seconds", figures.seconds},
      {"cpu_seconds", figures.cpu_seconds},
      {"rows_per_second", RateOf(figures.rows, figures.seconds)},
      {"stages", ObjectOf(figures.stages)},
      {"outcomes", ObjectOf(figures.outcomes)},
      {"memory_peak_kb", figures.memory_peak_kb},
      {"exact", figures.exact},
      {"exact_shared", figures.exact_shared},
      {"same_outcome", figures.same_outcome},
      {"wrong_links", report.duckdb_wrong_links},
      {"times_ours", figures.seconds / report.match_s},
      {"cpu_times_ours", figures.cpu_seconds / report.match_cpu_s}
  };
}

boost::json::object JsonOf(const bench::MatchBenchReport& report) {
  return {
      {"residents", report.residents},
      {"people", report.people},
      {"threads", report.threads},
      {"seconds",
       {{"generate", report.generate_s},
        {"match", report.match_s},
        {"match_cpu", report.match_cpu_s},
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
      {"outcomes", ObjectOf(report.outcomes)},
      {"duckdb", DuckdbJsonOf(report)}
  };
}

void PrintDuckdb(const bench::MatchBenchReport& report) {
  if (!report.duckdb.figures.has_value()) {
    if (!report.duckdb.missing.empty()) {
      fmt::print("DuckDB: not measured: {}\n", report.duckdb.missing);
    }
    return;
  }
  const bench::DuckdbFigures& figures = *report.duckdb.figures;
  fmt::print(
      "DuckDB {}, the same job in SQL: {:.3f} s, {:.0f} rows/s, peak memory {} MB\n",
      figures.version,
      figures.seconds,
      RateOf(figures.rows, figures.seconds),
      figures.memory_peak_kb / 1024
  );
  for (const auto& [name, seconds] : figures.stages) {
    fmt::print("  {:<34} {:>9.3f} s\n", name, seconds);
  }
  for (const auto& [name, count] : figures.outcomes) {
    fmt::print("  {:<20} {:>12}\n", name, FormatCount(count));
  }
  fmt::print(
      "  agree with ours: {} of {} exact ones, {} of all {}; wrong links: {}\n"
      "ours is {:.1f} times as fast; processor time {:.1f} s against {:.1f} s, {:.1f} times\n",
      FormatCount(figures.exact_shared),
      FormatCount(figures.exact),
      FormatCount(figures.same_outcome),
      FormatCount(figures.rows),
      report.duckdb_wrong_links,
      figures.seconds / report.match_s,
      report.match_cpu_s,
      figures.cpu_seconds,
      figures.cpu_seconds / report.match_cpu_s
  );
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
  PrintDuckdb(report);
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
  asked.no_yardsticks = options.no_yardsticks;
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
