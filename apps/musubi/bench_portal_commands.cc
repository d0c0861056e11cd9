#include "bench_portal_commands.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "bench/portal.h"
#include "output.h"

namespace musubi::apps {

namespace {

boost::json::object JsonOf(const bench::AnswerFigures& figures) {
  return {{"p50_ms", figures.p50_ms}, {"worst_ms", figures.worst_ms}, {"bytes", figures.bytes}};
}

void PrintFigures(const char* name, const bench::AnswerFigures& figures) {
  fmt::print(
      "  {:<20} p50 {:>7.1f} ms   worst {:>7.1f} ms   {:>9} bytes\n",
      name,
      figures.p50_ms,
      figures.worst_ms,
      FormatCount(figures.bytes)
  );
}

}  // namespace

int BenchPortal(const BenchPortalOptions& options) {
  const auto report = bench::BenchPortal(
      {.records = options.records, .rounds = options.rounds, .keep = options.keep}
  );
  if (!report.ok()) {
    return Fail(report.error());
  }
  if (options.json) {
    PrintJson(boost::json::object{
        {"records", report->records},
        {"whole", JsonOf(report->whole)},
        {"page", JsonOf(report->page)},
        {"proven", JsonOf(report->proven)},
    });
    return kExitDone;
  }
  fmt::print("one person with {} records, asked at the portal\n", FormatCount(report->records));
  PrintFigures("the newest 1,000", report->page);
  PrintFigures("all", report->whole);
  PrintFigures("all, with the proof", report->proven);
  return kExitDone;
}

}  // namespace musubi::apps
