#include "national/support/service.h"

#include <utility>

#include "exchange/resident_query_package.h"
#include "http/fault_file.h"
#include "http/peer_line.h"
#include "http/server.h"
#include "national/support/gateway.h"
#include "national/support/openapi.h"
#include "ops/log.h"
#include "ops/node.h"

namespace musubi::national::support {

namespace {

// Longer than jlis itself waits for the network.
constexpr int kRequestTimeoutMs = 60000;

http::ClientOptions JlisOptions(const ops::Endpoint& peer) {
  http::ClientOptions options;
  options.host = peer.host;
  options.port = peer.port;
  options.peer_id = "jlis";
  options.request_timeout_ms = kRequestTimeoutMs;
  return options;
}

http::Router MakeRouter(http::PeerLine& line) {
  http::Router router;
  router.Handle("POST", "/v1/acquisitions", {"hub"}, [&line](const http::Request& request) {
    return Forward(request, [&line](const http::Request& forwarded) {
      return line.Send(forwarded);
    });
  });
  const auto send = [&line](const http::Request& forwarded) { return line.Send(forwarded); };
  for (const std::string path : {"/v1/resident-queries", "/v1/verifications"}) {
    router.Handle("POST", path, {"insurer", "hub"}, [send, path](const http::Request& request) {
      return ForwardTo(path, &CheckAttributeAnswer, request, send);
    });
  }
  router.Handle("POST", "/v1/address-look-ups", {"insurer"}, [send](const http::Request& request) {
    ops::LogInfo("support.address.look_up", {{"insurer", request.peer.id}});
    return ForwardTo("/v1/address-look-ups", &CheckAttributeAnswer, request, send);
  });
  for (const std::string path : {"/v1/resident-query-packages", "/v1/verification-packages"}) {
    router.Handle("POST", path, {"insurer"}, [send, path](const http::Request& request) {
      return ForwardPackage(path, request, send);
    });
  }
  return router;
}

}  // namespace

// Members go in reverse: the server stops before what its handlers use.
struct Service::State {
  std::unique_ptr<http::PeerLine> line;
  std::unique_ptr<http::Server> server;
};

Service::Service(std::unique_ptr<State> state) : state_(std::move(state)) {}

Service::~Service() {
  Stop();
}

Result<std::unique_ptr<Service>> Service::Start(const ops::Config& config) {
  MUSUBI_TRY(const ops::NodeConfig node, ops::NodeConfig::Read(config));
  if (node.listen.host.empty()) {
    return Error{ErrorCode::kInvalid, "missing", "node.listen"};
  }
  MUSUBI_TRY(const ops::Endpoint peer, ops::ReadPeer(config, "jlis"));
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  MUSUBI_TRY(auto trust, crypto::Trust::Load(node.authority, node.crl));
  MUSUBI_TRY(const auto identity, crypto::Identity::Load(node.certificate, node.key));
  auto state = std::make_unique<State>();
  state->line = std::make_unique<http::PeerLine>(JlisOptions(peer), identity, trust);
  http::ServerOptions options;
  options.address = node.listen.host;
  options.port = node.listen.port;
  options.body_size_max = exchange::kQueryPackageSizeMax;
  options.openapi = OpenApiDocument();
  options.faults = http::WatchFaultFile(node.folder / "faults.toml");
  MUSUBI_TRY(
      state->server,
      http::Server::Start(std::move(options), identity, trust, MakeRouter(*state->line))
  );
  return std::unique_ptr<Service>(new Service(std::move(state)));
}

void Service::Stop() {
  if (state_->server) {
    state_->server->Stop();
  }
}

std::uint16_t Service::port() const {
  return state_->server->port();
}

}  // namespace musubi::national::support
