#include "national/institution/service.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "audit/daily_erasure.h"
#include "audit/log_routes.h"
#include "base/io.h"
#include "http/fault_file.h"
#include "http/peer_line.h"
#include "http/server.h"
#include "national/institution/answer_faults.h"
#include "national/institution/holdings.h"
#include "national/institution/routes.h"
#include "ops/log.h"
#include "ops/node.h"
#include "rules/permission.h"

namespace musubi::national::institution {

namespace {

constexpr unsigned kHandlerThreads = 8;  // up to four of them wait for answers
constexpr int kNetworkTimeoutMs = 30000;
constexpr std::int64_t kLookEveryMs = 1000;
constexpr std::int64_t kLookEveryMostMs = 3600000;

struct Settings {
  ops::NodeConfig node;
  http::ClientOptions network;
  std::string institution;
  RegisterOptions records;
  std::vector<ledger::VerifierKey> witnesses;
};

Result<void> CheckKinds(const std::vector<std::string>& kinds) {
  const auto& codes = rules::Permissions::BuiltIn().Codes();
  for (const std::string& kind : kinds) {
    const bool is_known = std::ranges::any_of(codes, [&kind](const rules::Code& code) {
      return code.kind == rules::CodeKind::kInstitution && code.code == kind;
    });
    if (!is_known) {
      return Error{
          ErrorCode::kInvalid,
          "no kind of institution of the tables of the law: " + kind,
          "institution.kinds"
      };
    }
  }
  if (kinds.empty()) {
    return Error{ErrorCode::kInvalid, "missing", "institution.kinds"};
  }
  return Ok();
}

Result<Settings> ReadSettings(const ops::Config& config) {
  Settings settings;
  MUSUBI_TRY(settings.node, ops::NodeConfig::Read(config));
  if (settings.node.listen.host.empty()) {
    return Error{ErrorCode::kInvalid, "missing", "node.listen"};
  }
  if (settings.node.store.empty()) {
    return Error{ErrorCode::kInvalid, "missing", "node.store"};
  }
  MUSUBI_TRY(const ops::Endpoint network, ops::ReadPeer(config, "network"));
  settings.network.host = network.host;
  settings.network.port = network.port;
  settings.network.peer_id = "network";
  settings.network.request_timeout_ms = kNetworkTimeoutMs;
  MUSUBI_TRY(settings.institution, config.String("institution.id", settings.node.id));
  MUSUBI_TRY(const std::vector<std::string> kinds, config.Strings("institution.kinds"));
  MUSUBI_TRY(const std::string name, config.String("institution.name"));
  MUSUBI_CHECK_OK(CheckKinds(kinds));
  MUSUBI_TRY(settings.records.file, config.Path("institution.records"));
  MUSUBI_TRY(
      const std::int64_t look_every_ms,
      config.Int("institution.look_every_ms", kLookEveryMs, 1, kLookEveryMostMs)
  );
  settings.records.look_every = std::chrono::milliseconds(look_every_ms);
  settings.records.served = settings.node.folder / "records.served";
  MUSUBI_TRY(settings.witnesses, audit::ReadWitnesses(config));
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  return settings;
}

}  // namespace

// Members go in reverse: the server stops before the desks, the desks before book and store.
struct Service::State {
  State(Settings settings_in, crypto::Identity identity_in)
      : settings(std::move(settings_in)),
        identity(std::move(identity_in)),
        faults(settings.node.folder / "answer-faults.toml"),
        holdings(settings.institution) {}

  Result<void> OpenDesks(const Clock& clock);
  Result<void> OpenRecords();
  Result<void> Serve(const Clock& clock);

  Result<std::vector<inquiry::Holding>> Find(std::span<const exchange::InquiryOrder> orders) {
    MUSUBI_TRY(const auto index, records->Now());
    std::vector<inquiry::Holding> found;
    found.reserve(orders.size());
    for (const exchange::InquiryOrder& order : orders) {
      const Version version = faults.IsWrong(order.id) ? Version::kOldest : Version::kRight;
      found.push_back(holdings.Find(*index, order, version));
    }
    return found;
  }

  Settings settings;
  crypto::Identity identity;
  AnswerFaults faults;
  Holdings holdings;
  std::shared_ptr<const crypto::Trust> trust;  // shared with server, line and desks
  std::unique_ptr<store::Database> database;
  std::unique_ptr<audit::RecordBook> book;
  std::unique_ptr<http::PeerLine> line;
  std::unique_ptr<inquiry::AskingDesk> asking;
  std::unique_ptr<inquiry::ProvidingDesk> providing;
  std::unique_ptr<RecordRegister> records;
  std::optional<audit::DailyErasure> erasure;
  std::unique_ptr<http::Server> server;
};

Result<void> Service::State::OpenDesks(const Clock& clock) {
  const ops::NodeConfig& node = settings.node;
  MUSUBI_CHECK_OK(MakeFolder(node.folder));
  MUSUBI_TRY(trust, crypto::Trust::Load(node.authority, node.crl));
  MUSUBI_TRY(database, store::Database::Open(node.store, node.config_folder.string()));
  MUSUBI_TRY(book, audit::RecordBook::Open(*database, node.folder, "musubi/" + node.id));
  line = std::make_unique<http::PeerLine>(settings.network, identity, trust);
  MUSUBI_TRY(asking, inquiry::AskingDesk::Open(*database, *book, *line, clock));
  MUSUBI_TRY(
      providing,
      inquiry::ProvidingDesk::Open(
          *database,
          *book,
          identity,
          trust,
          clock,
          [this](std::span<const exchange::InquiryOrder> orders) { return Find(orders); }
      )
  );
  return Ok();
}

Result<void> Service::State::OpenRecords() {
  MUSUBI_TRY(
      records,
      RecordRegister::Open(
          settings.records,
          [this](const http::Request& request) { return line->Send(request); },
          [this](const std::vector<std::string>& words) -> Result<void> {
            MUSUBI_TRY(const std::uint64_t count, providing->Correct(words));
            ops::LogInfo(
                "institution.records.corrected", {{"records", words.size()}, {"inquiries", count}}
            );
            return Ok();
          }
      )
  );
  return Ok();
}

Result<void> Service::State::Serve(const Clock& clock) {
  http::ServerOptions options;
  options.address = settings.node.listen.host;
  options.port = settings.node.listen.port;
  options.handler_threads = kHandlerThreads;
  options.openapi = OpenApiDocument();
  options.faults = faults.Around(http::WatchFaultFile(settings.node.folder / "faults.toml"));
  options.ready = [this]() -> Result<void> {
    MUSUBI_TRY([[maybe_unused]] const auto now, records->Now());
    return Ok();
  };
  const Bytes certificate = identity.certificate.Der();
  const Desk desk = {
      .node = settings.node.id,
      .institution = settings.institution,
      .recipient = std::string(AsText(certificate)),
      .records = records.get(),
      .asking = asking.get(),
      .providing = providing.get(),
      .book = book.get(),
      .clock = &clock,
      .witnesses = settings.witnesses,
  };
  MUSUBI_TRY(server, http::Server::Start(std::move(options), identity, trust, MakeRouter(desk)));
  return Ok();
}

Service::Service(std::unique_ptr<State> state) : state_(std::move(state)) {}

Service::~Service() {
  Stop();
}

Result<std::unique_ptr<Service>> Service::Start(const ops::Config& config) {
  return Start(config, SystemClock());
}

Result<std::unique_ptr<Service>> Service::Start(const ops::Config& config, const Clock& clock) {
  MUSUBI_TRY(Settings settings, ReadSettings(config));
  MUSUBI_TRY(
      crypto::Identity identity,
      crypto::Identity::Load(settings.node.certificate, settings.node.key)
  );
  auto state = std::make_unique<State>(std::move(settings), std::move(identity));
  MUSUBI_CHECK_OK(state->OpenDesks(clock));
  MUSUBI_CHECK_OK(state->OpenRecords());
  MUSUBI_CHECK_OK(state->Serve(clock));
  state->records->Run();
  state->providing->SendCorrectionsTo(*state->line);
  state->erasure.emplace(*state->book, clock);
  return std::unique_ptr<Service>(new Service(std::move(state)));
}

void Service::Stop() {
  if (state_->server) {
    state_->server->Stop();
  }
  state_->erasure.reset();
  state_->records->Stop();
  state_->providing->Stop();
  state_->asking->Stop();
}

std::uint16_t Service::port() const {
  return state_->server->port();
}

}  // namespace musubi::national::institution
