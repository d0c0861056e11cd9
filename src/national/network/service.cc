#include "national/network/service.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/io.h"
#include "http/fault_file.h"
#include "http/server.h"
#include "national/network/master_key.h"
#include "national/network/registrar_pool.h"
#include "national/network/routes.h"
#include "ops/log.h"
#include "ops/node.h"

namespace musubi::national::network {

namespace {

constexpr std::chrono::minutes kSweepEvery{1};
constexpr std::int64_t kValidityMinutesMax = 24 * 60;

// A missing master key is made only for a store that has never seen one.
Result<SecretBytes> OpenMasterKey(
    store::Connection& connection, const std::filesystem::path& folder
) {
  const std::filesystem::path path = folder / "master.key";
  MUSUBI_TRY(const Bytes fingerprint, BlockTable(connection).KeyFingerprint());
  MUSUBI_TRY(SecretBytes key, fingerprint.empty() ? MakeMasterKey(path) : ReadMasterKey(path));
  MUSUBI_CHECK_OK(CheckMasterKey(connection, key));
  return key;
}

Result<std::unique_ptr<RegistrarPool>> MakePool(
    const ops::NodeConfig& node, const Clock& clock, std::chrono::minutes validity
) {
  MUSUBI_CHECK_OK(MakeFolder(node.folder));
  MUSUBI_TRY(auto database, store::Database::Open(node.store, node.config_folder.string()));
  MUSUBI_CHECK_OK(BlockTable::Migrate(*database));
  MUSUBI_TRY(const auto connection, database->Connect());
  MUSUBI_TRY(SecretBytes master_key, OpenMasterKey(*connection, node.folder));
  return std::make_unique<RegistrarPool>(
      std::move(database), std::move(master_key), clock, validity
  );
}

void SweepUntil(const std::stop_token& stop, RegistrarPool& pool) {
  std::mutex mutex;
  std::condition_variable_any woken;
  while (!stop.stop_requested()) {
    const auto swept = pool.With([](Registrar& registrar) { return registrar.Sweep(); });
    if (!swept.ok()) {
      ops::LogWarning("network.sweep.failed", {{"code", ErrorCodeName(swept.error().code)}});
    }
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, kSweepEvery, [] { return false; });
  }
}

}  // namespace

// Members go in reverse: the server stops before the sweep, the sweep before the store.
struct Service::State {
  std::unique_ptr<RegistrarPool> pool;
  std::jthread sweep;
  std::unique_ptr<http::Server> server;
};

Service::Service(std::unique_ptr<State> state) : state_(std::move(state)) {}

Service::~Service() {
  Stop();
}

Result<std::unique_ptr<Service>> Service::Start(const ops::Config& config) {
  return Start(config, SystemClock());
}

Result<std::unique_ptr<Service>> Service::Start(const ops::Config& config, const Clock& clock) {
  MUSUBI_TRY(const ops::NodeConfig node, ops::NodeConfig::Read(config));
  if (node.listen.host.empty()) {
    return Error{ErrorCode::kInvalid, "missing", "node.listen"};
  }
  if (node.store.empty()) {
    return Error{ErrorCode::kInvalid, "missing", "node.store"};
  }
  MUSUBI_TRY(
      const std::int64_t minutes,
      config.Int("network.processing_number_minutes", 60, 1, kValidityMinutesMax)
  );
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  MUSUBI_TRY(auto trust, crypto::Trust::Load(node.authority, node.crl));
  MUSUBI_TRY(const auto identity, crypto::Identity::Load(node.certificate, node.key));
  auto state = std::make_unique<State>();
  MUSUBI_TRY(state->pool, MakePool(node, clock, std::chrono::minutes(minutes)));
  http::ServerOptions options;
  options.address = node.listen.host;
  options.port = node.listen.port;
  options.openapi = OpenApiDocument();
  options.faults = http::WatchFaultFile(node.folder / "faults.toml");
  options.ready = [pool = state->pool.get()] {
    return pool->With([](Registrar& registrar) { return registrar.CheckStore(); });
  };
  MUSUBI_TRY(
      state->server,
      http::Server::Start(std::move(options), identity, trust, MakeRouter(*state->pool))
  );
  state->sweep = std::jthread([pool = state->pool.get()](const std::stop_token& stop) {
    SweepUntil(stop, *pool);
  });
  return std::unique_ptr<Service>(new Service(std::move(state)));
}

void Service::Stop() {
  if (state_->server) {
    state_->server->Stop();
  }
  if (state_->sweep.joinable()) {
    state_->sweep.request_stop();
    state_->sweep.join();
  }
}

std::uint16_t Service::port() const {
  return state_->server->port();
}

}  // namespace musubi::national::network
