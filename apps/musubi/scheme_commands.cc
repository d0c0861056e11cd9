#include "scheme_commands.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/clock.h"
#include "output.h"
#include "scheme/demonstration.h"
#include "scheme/faults.h"
#include "scheme/init.h"
#include "scheme/layout.h"
#include "scheme/rehearsal.h"
#include "scheme/status.h"
#include "scheme/supervisor.h"

namespace musubi::apps {

namespace {

using scheme::Layout;

std::string DescribeReadiness(const scheme::RoleStatus& status) {
  if (status.is_ready) {
    return "ready";
  }
  return status.pid == 0 ? "not running" : "not ready: " + status.reason;
}

}  // namespace

int SchemeInit(const SchemeInitOptions& options) {
  scheme::InitOptions init;
  init.folder = options.folder;
  init.residents = options.residents;
  if (!options.insurers.empty()) {
    init.insurers = options.insurers;
  }
  init.people = options.people;
  init.seed = options.seed;
  init.store = options.store;
  if (options.base_port != 0) {
    init.base_port = options.base_port;
  }
  const auto report = scheme::InitScheme(init, SystemClock().Now());
  if (!report.ok()) {
    return Fail(report.error());
  }
  PrintLine(fmt::format(
      "{}: {} nodes, {} residents, {} people",
      options.folder.string(),
      report.value().nodes.size(),
      report.value().residents == 0 ? "given" : FormatCount(report.value().residents),
      FormatCount(report.value().people)
  ));
  PrintLine(fmt::format("start it with: musubi scheme up {}", options.folder.string()));
  return kExitDone;
}

int SchemeUp(const SchemeUpOptions& options) {
  scheme::SupervisorCallbacks callbacks;
  callbacks.on_ready = [] { PrintLine("ready"); };
  callbacks.on_event = [](std::string_view event) { Warn(event); };
  return Finish(scheme::RunScheme(Layout(options.folder), callbacks));
}

int SchemeStatus(const SchemeStatusOptions& options) {
  const auto all = scheme::ReadStatus(Layout(options.folder), SystemClock().Now());
  if (!all.ok()) {
    return Fail(all.error());
  }
  bool is_ready = true;
  boost::json::array roles;
  for (const scheme::RoleStatus& status : all.value()) {
    is_ready = is_ready && status.is_ready;
    if (options.json) {
      roles.push_back(boost::json::object{
          {"role", status.role},
          {"pid", status.pid},
          {"address", status.address},
          {"ready", status.is_ready},
          {"reason", status.reason},
          {"certificate_days", status.certificate_days},
      });
      continue;
    }
    PrintLine(fmt::format(
        "{:<20} {:>7}  {:<21} certificate {:>4} days  {}",
        status.role,
        status.pid == 0 ? std::string("-") : std::to_string(status.pid),
        status.address,
        status.certificate_days,
        DescribeReadiness(status)
    ));
  }
  if (options.json) {
    PrintJson(boost::json::object{{"ready", is_ready}, {"roles", std::move(roles)}});
  }
  return is_ready ? kExitDone : kExitRefused;
}

int SchemeFault(const SchemeFaultOptions& options) {
  const Layout layout(options.folder);
  if (options.off) {
    return Finish(scheme::RemoveFaults(layout, options.role));
  }
  scheme::FaultOptions faults;
  faults.busy = options.busy;
  faults.slow_ms = options.slow_ms;
  faults.closed = options.closed;
  faults.drop = options.drop;
  faults.lose_answer = options.lose_answer;
  faults.wrong_records = options.wrong_records;
  faults.is_silent = options.silent;
  return Finish(scheme::WriteFaults(layout, options.role, faults));
}

int SchemeRehearse(const SchemeRehearseOptions& options) {
  const auto report = scheme::Rehearse(
      Layout(options.folder),
      {.once = options.once, .on_line = [](std::string_view line) { PrintLine(line); }}
  );
  if (!report.ok()) {
    return Fail(report.error());
  }
  return report.value().is_good ? kExitDone : kExitRefused;
}

int SchemeDemonstrate(const SchemeDemonstrateOptions& options) {
  scheme::DemonstrationOptions demonstration;
  demonstration.folder = options.folder;
  demonstration.once = options.once;
  demonstration.remove_folder = options.remove;
  demonstration.on_line = PrintLine;
  const auto is_good = scheme::Demonstrate(demonstration, SystemClock().Now());
  if (!is_good.ok()) {
    return Fail(is_good.error());
  }
  return is_good.value() ? kExitDone : kExitRefused;
}

}  // namespace musubi::apps
