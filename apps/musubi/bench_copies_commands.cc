#include "apps/musubi/bench_copies_commands.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/musubi/output.h"

namespace musubi::apps {

namespace {

void PrintTable(const bench::CopiesReport& report) {
  const auto row = [&report](const char* label, double seconds) {
    fmt::print("  {:<44} {:>8.3f} s {:>10.0f} /s\n", label, seconds, report.RateOf(seconds));
  };
  fmt::print(
      "{} record copies of {:.0f} bytes, {}\n",
      FormatCount(report.people),
      report.row_bytes,
      report.engine
  );
  row("first package, to durable", report.first_s);
  row("the next, every record compared", report.again_s);
  if (report.bare_s.has_value()) {
    row(report.bare_copy_s.has_value() ? "yardstick: COPY, then key"
                                       : "yardstick: bare sorted insert",
        *report.bare_s);
    fmt::print(
        "  the first package has {:.2f} times the rate of the yardstick\n",
        *report.bare_s / report.first_s
    );
  }
  fmt::print(
      "  {} of the next were changed; a point question {:.0f} us; peak memory {} MB\n",
      FormatCount(report.changed),
      report.question_us,
      report.memory_peak_kb / 1024
  );
}

}  // namespace

boost::json::object CopiesJson(const bench::CopiesReport& report) {
  boost::json::object json = {
      {"people", report.people},
      {"engine", report.engine},
      {"row_bytes", report.row_bytes},
      {"applied", report.applied},
      {"first_seconds", report.first_s},
      {"first_per_second", report.RateOf(report.first_s)},
      {"again_seconds", report.again_s},
      {"again_per_second", report.RateOf(report.again_s)},
      {"changed", report.changed},
      {"question_us", report.question_us},
      {"memory_peak_kb", report.memory_peak_kb}
  };
  if (report.bare_s.has_value()) {
    json["bare_seconds"] = *report.bare_s;
    json["bare_per_second"] = report.RateOf(*report.bare_s);
    json["ratio"] = *report.bare_s / report.first_s;
  }
  if (report.bare_copy_s.has_value()) {
    json["bare_copy_seconds"] = *report.bare_copy_s;
  }
  return json;
}

int BenchCopies(const BenchCopiesOptions& options) {
  const Result<bench::CopiesReport> report = bench::BenchCopies(
      {.people = options.people, .store = options.store, .yardsticks = !options.no_yardsticks}
  );
  if (!report.ok()) {
    return Fail(report.error());
  }
  if (options.json) {
    PrintJson(CopiesJson(*report));
  } else {
    PrintTable(*report);
  }
  return kExitDone;
}

}  // namespace musubi::apps
