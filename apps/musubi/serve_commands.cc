#include "serve_commands.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>
#include <malloc.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigwait is POSIX

#include "base/io.h"
#include "base/secret.h"
#include "crypto/certificate.h"
#include "crypto/wiping.h"
#include "hub/service.h"
#include "national/institution/service.h"
#include "national/jlis/service.h"
#include "national/network/service.h"
#include "national/portal/service.h"
#include "national/support/service.h"
#include "ops/config.h"
#include "ops/log.h"
#include "ops/metrics.h"
#include "ops/node.h"
#include "output.h"

namespace musubi::apps {

namespace {

// Blocked before any thread exists, so that every thread inherits it and only sigwait takes them.
sigset_t BlockStopSignals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Sixty days ahead an operator should know; a metric says the days at any time.
Result<void> WatchCertificate(const ops::NodeConfig& node) {
  MUSUBI_TRY(const std::string pem, ReadFile(node.certificate));
  MUSUBI_TRY(const auto certificate, crypto::Certificate::FromPem(pem));
  const auto left = certificate.expires_at() - SystemClock().Now();
  const auto days = std::chrono::duration_cast<std::chrono::days>(left).count();
  ops::GetGauge("musubi_node_certificate_days", "Days until the node's certificate runs out")
      .Set(static_cast<std::uint64_t>(std::max<std::int64_t>(days, 0)));
  if (left < crypto::kExpiryWarning) {
    ops::LogWarning("node.certificate.runs_out", {{"days", days}});
  }
  return Ok();
}

// Waits for a stop signal, looking at the certificate once a day.
int WaitForStop(const ops::NodeConfig& node, const sigset_t& stop_signals) {
  const timespec day{86400, 0};
  for (;;) {
    const Result<void> watched = WatchCertificate(node);
    if (!watched.ok()) {
      ops::LogWarning("node.certificate.unreadable");
    }
    const int signal = ::sigtimedwait(&stop_signals, nullptr, &day);
    if (signal > 0) {
      return signal;
    }
  }
}

template <typename Service>
Result<void> RunService(
    const ops::Config& config, const ops::NodeConfig& node, const sigset_t& stop_signals
) {
  MUSUBI_TRY(auto service, Service::Start(config));
  ops::LogInfo("serve.started", {{"port", service->port()}});
  const int signal = WaitForStop(node, stop_signals);
  ops::LogInfo("serve.stopping", {{"signal", signal}});
  service->Stop();
  ops::LogInfo("serve.stopped");
  return Ok();
}

using Run = Result<void> (*)(const ops::Config&, const ops::NodeConfig&, const sigset_t&);

struct Role {
  std::string_view name;
  Run run;
};

constexpr std::array kRoles = {
    Role{"hub", &RunService<hub::Service>},
    Role{"network", &RunService<national::network::Service>},
    Role{"jlis", &RunService<national::jlis::Service>},
    Role{"support", &RunService<national::support::Service>},
    Role{"institution", &RunService<national::institution::Service>},
    Role{"portal", &RunService<national::portal::Service>},
};

std::string_view RoleOf(std::string_view node) {
  return node.substr(0, node.find('-'));
}

Result<Run> FindRole(std::string_view name) {
  std::string names;
  for (const Role& role : kRoles) {
    if (role.name == name) {
      return role.run;
    }
    names += (names.empty() ? "" : ", ") + std::string(role.name);
  }
  return Error{ErrorCode::kUsage, "the roles that serve are " + names};
}

// The lists these two show are megabytes that come and go: what was freed (and wiped) is kept for
// the next one, 64 MB of an arena at most, instead of being faulted in again page by page, which is
// a sixth of the time somebody waits. Not for the hub, whose memory is promised.
void KeepFreedMemoryOf(std::string_view role) {
  constexpr int kMegabyte = 1 << 20;
  if (role == "portal" || role == "network") {
    mallopt(M_MMAP_THRESHOLD, 32 * kMegabyte);
    mallopt(M_TRIM_THRESHOLD, 64 * kMegabyte);
  }
}

// `options.role` is a role or, where there are several nodes of it, the node's id.
Result<void> RunRole(const ServeOptions& options, const sigset_t& stop_signals) {
  MUSUBI_TRY(const Run run, FindRole(RoleOf(options.role)));
  MUSUBI_TRY(const auto config, ops::Config::Load(options.config));
  MUSUBI_TRY(const auto node, ops::NodeConfig::Read(config));
  if (node.id != options.role && RoleOf(node.id) != options.role) {
    return Error{
        ErrorCode::kUsage,
        fmt::format("this is the configuration of {}, not of {}", node.id, options.role),
        options.config.string()
    };
  }
  KeepFreedMemoryOf(RoleOf(node.id));
  ops::SetLogNode(node.id);
  if (!node.log.empty()) {
    MUSUBI_CHECK_OK(ops::SetLogFile(node.log));
  }
  return run(config, node, stop_signals);
}

}  // namespace

int Serve(const ServeOptions& options) {
  const sigset_t stop_signals = BlockStopSignals();
  crypto::WipeWhatOpenSslFrees();
  SetFreedMemoryWiping();
  ForbidCoreDumps();
  return Finish(RunRole(options, stop_signals));
}

}  // namespace musubi::apps
