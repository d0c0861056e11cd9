#include "national/network/service.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/io.h"
#include "http/fault_file.h"
#include "http/server.h"
#include "national/network/inquiry/inquiry_office.h"
#include "national/network/master_key.h"
#include "national/network/registrar_pool.h"
#include "national/network/routes.h"
#include "ops/log.h"
#include "ops/node.h"

namespace musubi::national::network {

namespace {

constexpr std::chrono::minutes kSweepEvery{1};
constexpr std::int64_t kValidityMinutesMax = 24 * 60;
// Those who pass inquiries on wait for providers meanwhile.
constexpr unsigned kHandlerThreads = 8;

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

struct OpenStore {
  std::unique_ptr<store::Database> database;
  SecretBytes master_key;
};

Result<OpenStore> OpenStoreOf(const ops::NodeConfig& node) {
  MUSUBI_CHECK_OK(MakeFolder(node.folder));
  OpenStore open;
  MUSUBI_TRY(open.database, store::Database::Open(node.store, node.config_folder.string()));
  MUSUBI_CHECK_OK(BlockTable::Migrate(*open.database));
  MUSUBI_TRY(const auto connection, open.database->Connect());
  MUSUBI_TRY(open.master_key, OpenMasterKey(*connection, node.folder));
  return open;
}

Result<ops::NodeConfig> ReadNode(const ops::Config& config) {
  MUSUBI_TRY(ops::NodeConfig node, ops::NodeConfig::Read(config));
  if (node.listen.host.empty()) {
    return Error{ErrorCode::kInvalid, "missing", "node.listen"};
  }
  if (node.store.empty()) {
    return Error{ErrorCode::kInvalid, "missing", "node.store"};
  }
  return node;
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

// Members go in reverse: the server stops before the work behind it, the work before the stores.
struct Service::State {
  std::unique_ptr<RegistrarPool> pool;
  std::unique_ptr<InquiryOffice> office;
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
  MUSUBI_TRY(const ops::NodeConfig node, ReadNode(config));
  MUSUBI_TRY(
      const std::int64_t minutes,
      config.Int("network.processing_number_minutes", 60, 1, kValidityMinutesMax)
  );
  MUSUBI_TRY(InquirySettings inquiries, InquirySettings::Read(config));
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  MUSUBI_TRY(auto trust, crypto::Trust::Load(node.authority, node.crl));
  MUSUBI_TRY(const auto identity, crypto::Identity::Load(node.certificate, node.key));
  auto state = std::make_unique<State>();
  MUSUBI_TRY(OpenStore open, OpenStoreOf(node));
  MUSUBI_TRY(
      state->office,
      InquiryOffice::Open(node, std::move(inquiries), open.master_key, clock, identity, trust)
  );
  state->pool = std::make_unique<RegistrarPool>(
      std::move(open.database), std::move(open.master_key), clock, std::chrono::minutes(minutes)
  );
  http::Router router = MakeRouter(*state->pool);
  state->office->AddRoutes(router);
  http::ServerOptions options;
  options.handler_threads = kHandlerThreads;
  options.address = node.listen.host;
  options.port = node.listen.port;
  options.openapi = OpenApiDocument();
  options.faults = http::WatchFaultFile(node.folder / "faults.toml");
  options.ready = [pool = state->pool.get(), office = state->office.get()]() -> Result<void> {
    MUSUBI_CHECK_OK(pool->With([](Registrar& registrar) { return registrar.CheckStore(); }));
    return office->CheckStore();
  };
  MUSUBI_TRY(
      state->server, http::Server::Start(std::move(options), identity, trust, std::move(router))
  );
  state->office->StartWork();
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
  if (state_->office) {
    state_->office->Stop();
  }
}

std::uint16_t Service::port() const {
  return state_->server->port();
}

}  // namespace musubi::national::network
