#include "scheme/status.h"

#include <charconv>

#include <fmt/format.h>

#include "base/io.h"
#include "ops/config.h"
#include "ops/node.h"

namespace musubi::scheme {

Result<ReadinessProbe> ReadinessProbe::Open(const Layout& layout) {
  MUSUBI_TRY(const std::vector<std::string> nodes, layout.StartedNodes());
  MUSUBI_TRY(
      auto identity, crypto::Identity::Load(layout.CertificateOf("hub"), layout.KeyOf("hub"))
  );
  MUSUBI_TRY(
      const std::shared_ptr<const crypto::Trust> trust,
      crypto::Trust::Load(layout.Authority() / "authority.pem", layout.Authority() / "crl.pem")
  );
  ReadinessProbe probe(std::move(identity));
  for (const std::string& id : nodes) {
    MUSUBI_TRY(const auto config, ops::Config::Load(layout.ConfigOf(id)));
    MUSUBI_TRY(const auto node, ops::NodeConfig::Read(config));
    http::ClientOptions options;
    options.host = node.listen.host;
    options.port = node.listen.port;
    options.peer_id = id;
    options.connect_timeout_ms = 1000;
    options.request_timeout_ms = 5000;
    Target target;
    target.address = fmt::format("{}:{}", node.listen.host, node.listen.port);
    target.client = std::make_unique<http::Client>(options, *probe.identity_, trust);
    probe.targets_.emplace(id, std::move(target));
  }
  return probe;
}

Result<void> ReadinessProbe::Ask(std::string_view node) {
  http::Request request;
  request.method = "GET";
  request.path = "/readyz";
  http::Client& client = *targets_.find(node)->second.client;
  const auto response = client.Send(request);
  client.Close();  // the role may be another process at the next time
  if (!response.ok()) {
    return response.error();
  }
  if (response.value().status >= 300) {
    return http::ErrorOfProblem(response.value());
  }
  return Ok();
}

std::string ReadinessProbe::AddressOf(std::string_view node) const {
  return targets_.find(node)->second.address;
}

pid_t RunningPid(const Layout& layout, std::string_view node) {
  const auto text = ReadFile(layout.PidOf(node), 32);
  pid_t pid = 0;
  if (!text.ok()) {
    return 0;
  }
  const char* begin = text.value().data();
  std::from_chars(begin, begin + text.value().size(), pid);
  // A pid is given to others after a while, so the process must also say that it is this node.
  const auto command = ReadFile(fmt::format("/proc/{}/cmdline", pid), 65536);
  const bool is_ours = command.ok() && command.value().find(node) != std::string::npos;
  return pid > 0 && is_ours ? pid : 0;
}

Result<std::vector<RoleStatus>> ReadStatus(const Layout& layout, Instant now) {
  MUSUBI_TRY(const auto nodes, layout.StartedNodes());  // says it when this is no scheme
  MUSUBI_TRY(auto probe, ReadinessProbe::Open(layout));
  std::vector<RoleStatus> all;
  for (const std::string& node : nodes) {
    RoleStatus status;
    status.role = node;
    status.pid = RunningPid(layout, node);
    status.address = probe.AddressOf(node);
    const auto ready = probe.Ask(node);
    status.is_ready = ready.ok();
    status.reason = ready.ok() ? "" : ready.error().Text();
    MUSUBI_TRY(
        const auto identity, crypto::Identity::Load(layout.CertificateOf(node), layout.KeyOf(node))
    );
    status.certificate_days =
        std::chrono::floor<std::chrono::days>(identity.certificate.expires_at() - now).count();
    all.push_back(std::move(status));
  }
  return all;
}

}  // namespace musubi::scheme
