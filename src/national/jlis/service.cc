#include "national/jlis/service.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "http/fault_file.h"
#include "http/peer_line.h"
#include "http/server.h"
#include "national/jlis/resident_index.h"
#include "national/jlis/routes.h"
#include "ops/log.h"
#include "ops/node.h"

namespace musubi::national::jlis {

namespace {

constexpr int kRequestTimeoutMs = 30000;

http::ClientOptions NetworkOptions(const ops::Endpoint& peer) {
  http::ClientOptions options;
  options.host = peer.host;
  options.port = peer.port;
  options.peer_id = "network";
  options.request_timeout_ms = kRequestTimeoutMs;
  return options;
}

}  // namespace

// Members go in reverse: the server stops before what its handlers use.
struct Service::State {
  ResidentIndex index;
  std::optional<AttributeIndex> attributes;
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
  MUSUBI_TRY(const ops::Endpoint peer, ops::ReadPeer(config, "network"));
  MUSUBI_TRY(const std::filesystem::path residents, config.Path("jlis.residents"));
  MUSUBI_TRY(const bool has_match_index, config.Bool("jlis.match_index", true));
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  MUSUBI_TRY(auto trust, crypto::Trust::Load(node.authority, node.crl));
  MUSUBI_TRY(const auto identity, crypto::Identity::Load(node.certificate, node.key));
  auto state = std::make_unique<State>();
  MUSUBI_TRY(state->index, ResidentIndex::Load(residents));
  ops::LogInfo("jlis.residents.loaded", {{"residents", state->index.resident_count()}});
  if (has_match_index) {
    const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    MUSUBI_TRY(state->attributes, AttributeIndex::Load(residents, state->index, threads));
    ops::LogInfo("jlis.match_index.loaded");
  }
  state->line = std::make_unique<http::PeerLine>(NetworkOptions(peer), identity, trust);
  http::ServerOptions options;
  options.address = node.listen.host;
  options.port = node.listen.port;
  options.openapi = OpenApiDocument();
  options.faults = http::WatchFaultFile(node.folder / "faults.toml");
  auto send = [line = state->line.get()](const http::Request& request) {
    return line->Send(request);
  };
  MUSUBI_TRY(
      state->server,
      http::Server::Start(
          std::move(options),
          identity,
          trust,
          MakeRouter(
              state->index, state->attributes ? &*state->attributes : nullptr, std::move(send)
          )
      )
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

}  // namespace musubi::national::jlis
