#include "national/jlis/service.h"

#include <chrono>
#include <utility>

#include "http/fault_file.h"
#include "http/peer_line.h"
#include "http/server.h"
#include "national/jlis/routes.h"
#include "ops/node.h"

namespace musubi::national::jlis {

namespace {

constexpr int kRequestTimeoutMs = 30000;
constexpr std::int64_t kLookEveryMs = 1000;
constexpr std::int64_t kLookEveryMostMs = 3600000;
constexpr unsigned kHandlerThreads = 6;  // a package holds one for a while

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
  std::unique_ptr<ResidentRegister> residents;
  std::unique_ptr<QueryPackages> packages;
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
  MUSUBI_TRY(
      const std::int64_t look_every_ms,
      config.Int("jlis.look_every_ms", kLookEveryMs, 1, kLookEveryMostMs)
  );
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  MUSUBI_TRY(auto trust, crypto::Trust::Load(node.authority, node.crl));
  MUSUBI_TRY(const auto identity, crypto::Identity::Load(node.certificate, node.key));
  auto state = std::make_unique<State>();
  MUSUBI_TRY(
      state->residents,
      ResidentRegister::Open(
          residents,
          has_match_index ? ResidentRegister::Attributes::kYes : ResidentRegister::Attributes::kNo,
          std::chrono::milliseconds(look_every_ms)
      )
  );
  const bool is_live = node.mode == exchange::ModeName(exchange::Mode::kLive);
  const exchange::Mode mode = is_live ? exchange::Mode::kLive : exchange::Mode::kTest;
  MUSUBI_TRY(
      state->packages, QueryPackages::Open(node.folder, {identity, trust, mode}, SystemClock())
  );
  state->line = std::make_unique<http::PeerLine>(NetworkOptions(peer), identity, trust);
  http::ServerOptions options;
  options.address = node.listen.host;
  options.port = node.listen.port;
  options.body_size_max = exchange::kQueryPackageSizeMax;
  options.handler_threads = kHandlerThreads;
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
              [residents = state->residents.get()] { return residents->Now(); },
              *state->packages,
              std::move(send)
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
