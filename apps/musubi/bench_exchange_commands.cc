#include "bench_exchange_commands.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "bench/exchange.h"
#include "output.h"

namespace musubi::apps {

namespace {

boost::json::object JsonOf(const bench::RequestFigures& figures) {
  return {
      {"requests", figures.requests},
      {"failed", figures.failed},
      {"seconds", figures.seconds},
      {"per_second", figures.Rate()},
      {"p50_ms", figures.p50_ms},
      {"p99_ms", figures.p99_ms},
      {"worst_ms", figures.worst_ms},
  };
}

void PrintFigures(const char* name, const bench::RequestFigures& figures) {
  fmt::print(
      "  {:<10} {:>9.0f} /s   p50 {:>7.1f} ms   p99 {:>7.1f} ms   worst {:>7.1f} ms   failed {}\n",
      name,
      figures.Rate(),
      figures.p50_ms,
      figures.p99_ms,
      figures.worst_ms,
      figures.failed
  );
}

void Print(const bench::ExchangeReport& report) {
  fmt::print(
      "{} people, {} connections, three sides durable before an answer counts\n",
      FormatCount(report.people),
      report.connections
  );
  PrintFigures("inquiries", report.inquiries);
  if (report.kills > 0) {
    fmt::print("  processes killed meanwhile: {}\n", report.kills);
  }
  if (report.cuts > 0) {
    fmt::print("  connections reset meanwhile: {}\n", report.cuts);
  }
  if (report.nginx) {
    PrintFigures("nginx", *report.nginx);
    fmt::print("  {:.3f} of nginx\n", report.inquiries.Rate() / report.nginx->Rate());
  } else {
    fmt::print("  nginx: not measured (left out or not installed)\n");
  }
  fmt::print(
      "  books of all parties: {}, {} inquiries in three; hub {} MB, network {} MB\n",
      report.do_books_agree ? "agree" : "DO NOT AGREE",
      FormatCount(report.in_three_books),
      report.hub_memory_peak_kb / 1024,
      report.network_memory_peak_kb / 1024
  );
}

}  // namespace

int BenchExchange(const BenchExchangeOptions& options) {
  const auto report = bench::BenchExchange(
      {.people = options.people,
       .connections = options.connections,
       .seconds = options.seconds,
       .inquiries = options.inquiries,
       .kill_every_ms = options.kill_every_ms,
       .cut_every_ms = options.cut_every_ms,
       .yardsticks = !options.no_yardsticks,
       .keep = options.keep}
  );
  if (!report.ok()) {
    return Fail(report.error());
  }
  if (options.json) {
    boost::json::object json = {
        {"people", report->people},
        {"connections", report->connections},
        {"inquiries", JsonOf(report->inquiries)},
        {"answered", report->answered},
        {"kills", report->kills},
        {"cuts", report->cuts},
        {"books_agree", report->do_books_agree},
        {"in_three_books", report->in_three_books},
        {"hub_memory_peak_kb", report->hub_memory_peak_kb},
        {"network_memory_peak_kb", report->network_memory_peak_kb},
    };
    if (report->nginx) {
      json["nginx"] = JsonOf(*report->nginx);
      json["of_nginx"] = report->inquiries.Rate() / report->nginx->Rate();
    }
    PrintJson(json);
  } else {
    Print(*report);
  }
  return report->do_books_agree ? kExitDone : kExitRefused;
}

}  // namespace musubi::apps
