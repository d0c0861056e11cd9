#include "national/portal/service.h"

#include <fstream>
#include <sstream>

#include "audit/daily_erasure.h"
#include "audit/log_routes.h"
#include "base/io.h"
#include "http/fault_file.h"
#include "http/server.h"
#include "national/portal/desk.h"
#include "ops/log.h"
#include "ops/node.h"

namespace musubi::national::portal {

namespace {

constexpr unsigned kHandlerThreads = 8;

struct Settings {
  ops::NodeConfig node;
  http::ClientOptions network;
  std::filesystem::path accounts;
  std::filesystem::path log_key;
  std::vector<ledger::VerifierKey> witnesses;
};

Result<Settings> ReadSettings(const ops::Config& config) {
  Settings settings;
  MUSUBI_TRY(settings.node, ops::NodeConfig::Read(config));
  MUSUBI_TRY(const ops::Endpoint network, ops::ReadPeer(config, "network"));
  settings.network.host = network.host;
  settings.network.port = network.port;
  settings.network.peer_id = "network";
  MUSUBI_TRY(settings.accounts, config.Path("portal.accounts"));
  MUSUBI_TRY(settings.log_key, config.Path("portal.network_log_key", ""));
  MUSUBI_TRY(settings.witnesses, audit::ReadWitnesses(config));
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  return settings;
}

// Read at the start: a key that came with the answer it is to check would prove nothing.
std::string ReadLogKey(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  std::string key = text.str();
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) {
    key.pop_back();
  }
  return key;
}

}  // namespace

// Members go in reverse: the server stops before the desks, the desks before book and store.
struct Service::State {
  State(Settings settings_in, crypto::Identity identity_in)
      : settings(std::move(settings_in)), identity(std::move(identity_in)) {}

  Result<void> Open();

  Settings settings;
  crypto::Identity identity;
  std::shared_ptr<const crypto::Trust> trust;  // shared with server and line
  Accounts accounts;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<audit::RecordBook> book;
  std::unique_ptr<http::PeerLine> line;
  std::unique_ptr<inquiry::AskingDesk> asking;
  std::unique_ptr<NoticeDesk> notices;
  std::unique_ptr<Desk> desk;
  std::optional<audit::DailyErasure> erasure;
  std::unique_ptr<http::Server> server;
};

Result<void> Service::State::Open() {
  const ops::NodeConfig& node = settings.node;
  MUSUBI_CHECK_OK(MakeFolder(node.folder));
  MUSUBI_TRY(trust, crypto::Trust::Load(node.authority, node.crl));
  MUSUBI_TRY(accounts, Accounts::Load(settings.accounts));
  MUSUBI_TRY(database, store::Database::Open(node.store, node.config_folder.string()));
  MUSUBI_TRY(book, audit::RecordBook::Open(*database, node.folder, "musubi/" + node.id));
  line = std::make_unique<http::PeerLine>(settings.network, identity, trust);
  MUSUBI_TRY(asking, inquiry::AskingDesk::Open(*database, *book, *line, SystemClock()));
  const auto mode = node.mode == "live" ? exchange::Mode::kLive : exchange::Mode::kTest;
  MUSUBI_TRY(
      notices, NoticeDesk::Open(*database, {book.get(), &identity, trust, &SystemClock(), mode})
  );
  Desk::Parts parts;
  parts.accounts = &accounts;
  parts.network = line.get();
  parts.asking = asking.get();
  parts.book = book.get();
  parts.notices = notices.get();
  parts.clock = &SystemClock();
  parts.recipient = AsText(identity.certificate.Der());
  parts.log_key = ReadLogKey(settings.log_key);
  parts.witnesses = settings.witnesses;
  desk = std::make_unique<Desk>(std::move(parts));
  erasure.emplace(*book, SystemClock(), [desk = notices.get()](Instant now) {
    desk->EraseExpired(now);
  });
  http::ServerOptions options;
  options.address = node.listen.host;
  options.port = node.listen.port;
  options.handler_threads = kHandlerThreads;
  options.faults = http::WatchFaultFile(node.folder / "faults.toml");
  MUSUBI_TRY(server, http::Server::Start(std::move(options), identity, trust, desk->MakeRouter()));
  return Ok();
}

Service::Service(std::unique_ptr<State> state) : state_(std::move(state)) {}

Service::~Service() {
  Stop();
}

Result<std::unique_ptr<Service>> Service::Start(const ops::Config& config) {
  MUSUBI_TRY(Settings settings, ReadSettings(config));
  MUSUBI_TRY(
      crypto::Identity identity,
      crypto::Identity::Load(settings.node.certificate, settings.node.key)
  );
  auto state = std::make_unique<State>(std::move(settings), std::move(identity));
  MUSUBI_CHECK_OK(state->Open());
  ops::LogInfo(
      "portal.started", {{"port", state->server->port()}, {"accounts", state->accounts.size()}}
  );
  return std::unique_ptr<Service>(new Service(std::move(state)));
}

void Service::Stop() {
  state_->asking->Stop();
  state_->server->Stop();
}

std::uint16_t Service::port() const {
  return state_->server->port();
}

}  // namespace musubi::national::portal
