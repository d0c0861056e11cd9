#include "apps/musubi/bench_commands.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/musubi/output.h"
#include "bench/acquire.h"

namespace musubi::apps {

namespace {

double RateOf(std::uint64_t people, double seconds) {
  return seconds > 0 ? static_cast<double>(people) / seconds : 0;
}

boost::json::object JsonOf(const bench::AcquireReport& report) {
  boost::json::object json = {
      {"people", report.people},
      {"engine", report.engine},
      {"registry", report.registry},
      {"done", report.done},
      {"seconds",
       {{"checking", report.checking_s},
        {"acquiring", report.acquiring_s},
        {"reading", report.reading_s},
        {"registering", report.registering_s},
        {"writing", report.writing_s},
        {"total", report.TotalSeconds()},
        {"own", report.OwnSeconds()}}},
      {"people_per_second", RateOf(report.people, report.TotalSeconds())},
      {"own_people_per_second", RateOf(report.people, report.OwnSeconds())},
      {"hub_memory_peak_kb", report.hub_memory_peak_kb},
      {"jlis_memory_peak_kb", report.jlis_memory_peak_kb}
  };
  if (report.bare_insert_s.has_value()) {
    json["bare_insert_seconds"] = *report.bare_insert_s;
    json["registering_to_bare_insert"] = report.registering_s / *report.bare_insert_s;
  }
  if (report.all_sql.has_value()) {
    json["all_sql_seconds"] = {
        {"copy_in", report.all_sql->copy_in_s},
        {"code", report.all_sql->code_s},
        {"insert", report.all_sql->insert_s},
        {"copy_out", report.all_sql->copy_out_s},
        {"total", report.all_sql->Total()}
    };
    json["times_all_sql"] = report.all_sql->Total() / report.OwnSeconds();
  }
  return json;
}

void PrintTable(const bench::AcquireReport& report) {
  const auto row = [&report](const char* label, double seconds) {
    fmt::print(
        "  {:<34} {:>9.3f} s {:>12.0f} /s\n", label, seconds, RateOf(report.people, seconds)
    );
  };
  fmt::print(
      "{} people, {}, registry held {} before\n",
      FormatCount(report.people),
      report.engine,
      FormatCount(report.registry)
  );
  row("checking", report.checking_s);
  row("acquiring (all roles)", report.acquiring_s);
  row("  of it the hub reading", report.reading_s);
  row("registering, pairs beside it", report.registering_s);
  row("writing, clearing", report.writing_s);
  row("upload accepted -> pairs ready", report.TotalSeconds());
  row("the hub's own part", report.OwnSeconds());
  if (report.bare_insert_s.has_value()) {
    row("yardstick: bare sorted insert", *report.bare_insert_s);
  }
  if (report.all_sql.has_value()) {
    row("yardstick: all in SQL", report.all_sql->Total());
    fmt::print(
        "  the hub's own part is {:.1f} times as fast as all in SQL\n",
        report.all_sql->Total() / report.OwnSeconds()
    );
  }
  fmt::print(
      "  peak memory: hub {} MB, jlis {} MB\n",
      report.hub_memory_peak_kb / 1024,
      report.jlis_memory_peak_kb / 1024
  );
}

}  // namespace

int BenchAcquire(const BenchAcquireOptions& options) {
  const Result<bench::AcquireReport> report = bench::BenchAcquire(
      {.people = options.people,
       .store = options.store,
       .registry = options.registry,
       .yardsticks = !options.no_yardsticks,
       .keep = options.keep}
  );
  if (!report.ok()) {
    return Fail(report.error());
  }
  if (options.json) {
    PrintJson(JsonOf(*report));
  } else {
    PrintTable(*report);
  }
  return report->done == report->people ? kExitDone : kExitRefused;
}

}  // namespace musubi::apps
