#include "serve_commands.h"

#include <fmt/format.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigwait is POSIX

#include "base/secret.h"
#include "hub/service.h"
#include "national/jlis/service.h"
#include "national/network/service.h"
#include "national/support/service.h"
#include "ops/config.h"
#include "ops/log.h"
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

template <typename Service>
Result<void> RunService(const ops::Config& config, const sigset_t& stop_signals) {
  MUSUBI_TRY(auto service, Service::Start(config));
  ops::LogInfo("serve.started", {{"port", service->port()}});
  int signal = 0;
  ::sigwait(&stop_signals, &signal);
  ops::LogInfo("serve.stopping", {{"signal", signal}});
  service->Stop();
  ops::LogInfo("serve.stopped");
  return Ok();
}

Result<void> RunRole(const ServeOptions& options, const sigset_t& stop_signals) {
  MUSUBI_TRY(const auto config, ops::Config::Load(options.config));
  MUSUBI_TRY(const auto node, ops::NodeConfig::Read(config));
  if (node.id != options.role) {
    return Error{
        ErrorCode::kUsage,
        fmt::format("this is the configuration of {}, not of {}", node.id, options.role),
        options.config.string()
    };
  }
  ops::SetLogNode(node.id);
  if (!node.log.empty()) {
    MUSUBI_CHECK_OK(ops::SetLogFile(node.log));
  }
  if (options.role == "hub") {
    return RunService<hub::Service>(config, stop_signals);
  }
  if (options.role == "network") {
    return RunService<national::network::Service>(config, stop_signals);
  }
  if (options.role == "jlis") {
    return RunService<national::jlis::Service>(config, stop_signals);
  }
  if (options.role == "support") {
    return RunService<national::support::Service>(config, stop_signals);
  }
  return Error{ErrorCode::kUsage, "the roles that serve are hub, network, jlis and support"};
}

}  // namespace

int Serve(const ServeOptions& options) {
  const sigset_t stop_signals = BlockStopSignals();
  SetFreedMemoryWiping();
  ForbidCoreDumps();
  return Finish(RunRole(options, stop_signals));
}

}  // namespace musubi::apps
