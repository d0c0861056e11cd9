#include "hub/service.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "audit/log_routes.h"
#include "http/client.h"
#include "http/server.h"
#include "hub/batch_book.h"
#include "hub/batch_work.h"
#include "hub/copy_freshness.h"
#include "hub/copy_work.h"
#include "hub/inquiry_office.h"
#include "hub/notice_courier.h"
#include "hub/notice_work.h"
#include "hub/routes.h"
#include "hub/schema.h"
#include "ops/log.h"
#include "ops/node.h"

namespace musubi::hub {

namespace {

constexpr std::size_t kPieceSizeMax = (std::size_t{8} << 20U) + 4096;

// 29 bytes a row: beyond it the hub would need more than 512 MB.
constexpr std::int64_t kRowsWall = 15'000'000;

// Most of them wait for an answer from another institution.
constexpr std::int64_t kHandlerThreads = 80;
constexpr std::int64_t kHandlersLeast = 8;

struct Settings {
  ops::NodeConfig node;
  BatchWorkOptions work;
  ops::Endpoint network;
  unsigned handler_threads = 0;
  std::vector<ledger::VerifierKey> witnesses;
};

http::ClientOptions PeerOptions(const ops::Endpoint& endpoint, std::string_view id) {
  http::ClientOptions options;
  options.host = endpoint.host;
  options.port = endpoint.port;
  options.peer_id = id;
  return options;
}

Result<Settings> ReadSettings(const ops::Config& config) {
  Settings settings;
  MUSUBI_TRY(settings.node, ops::NodeConfig::Read(config));
  MUSUBI_TRY(const ops::Endpoint network, ops::ReadPeer(config, "network"));
  MUSUBI_TRY(const ops::Endpoint support, ops::ReadPeer(config, "support"));
  MUSUBI_TRY(const auto chunk_rows, config.Int("hub.chunk_rows", 20000, 1, 100000));
  MUSUBI_TRY(const auto threads, config.Int("hub.acquisition_threads", 2, 1, 16));
  MUSUBI_TRY(const auto patience_s, config.Int("hub.patience_s", 600, 1, 86400));
  MUSUBI_TRY(const auto rows_max, config.Int("hub.rows_max", 10'000'000, 1, kRowsWall));
  MUSUBI_TRY(
      const auto handlers, config.Int("hub.handler_threads", kHandlerThreads, kHandlersLeast, 512)
  );
  MUSUBI_TRY(settings.witnesses, audit::ReadWitnesses(config));
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  settings.network = network;
  settings.handler_threads = static_cast<unsigned>(handlers);
  settings.work.mode = settings.node.mode;
  settings.work.chunk_rows = static_cast<std::size_t>(chunk_rows);
  settings.work.rows_max = static_cast<std::uint64_t>(rows_max);
  settings.work.acquisition.network = PeerOptions(network, "network");
  settings.work.acquisition.support = PeerOptions(support, "support");
  settings.work.acquisition.threads = static_cast<unsigned>(threads);
  settings.work.acquisition.patience_ms = static_cast<int>(patience_s) * 1000;
  return settings;
}

}  // namespace

struct Service::State {
  State(Settings settings_in, crypto::Identity identity_in)
      : settings(std::move(settings_in)), identity(std::move(identity_in)) {}

  void Enqueue(BatchId id) {
    {
      const std::scoped_lock lock(mutex);
      waiting.push_back(id);
    }
    changed.notify_all();
  }

  void WorkUntilStopped() {
    for (;;) {
      BatchId id = 0;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return !waiting.empty() || is_stopping; });
        if (is_stopping) {
          return;
        }
        id = waiting.front();
        waiting.pop_front();
      }
      const Result<void> done = RunOne(id);
      if (!done.ok()) {
        ops::LogError(
            "hub.batch.store_failed",
            {{"batch", BatchName(id)}, {"code", ErrorCodeName(done.error().code)}}
        );
      }
    }
  }

  // Whatever happens to one batch, the hub goes on to the next. A connection of its own per batch:
  // the store may have been away meanwhile.
  Result<void> RunOne(BatchId id) {
    try {
      MUSUBI_TRY(const auto connection, database->Connect());
      MUSUBI_TRY(const Batch batch, book->Load(id));
      const auto stop = [this] { return is_stopping.load(); };
      if (batch.kind == kCopiesBatch) {
        const CopyWorkOptions options{settings.work.mode, settings.work.rows_max};
        CopyWork work(*book, *connection, identity, trust, SystemClock(), options);
        const Result<void> applied = work.Run(id, stop);
        if (!PublishFreshness(*connection, rules::RecordLayouts::BuiltIn(), SystemClock().Now())
                 .ok()) {
          ops::LogWarning("hub.copies.freshness_unknown");
        }
        office->NoteCopies();
        return applied;
      }
      if (batch.kind == kNoticesBatch) {
        NoticeWork work(*book, *connection, identity, trust, SystemClock(), {settings.work.mode});
        const Result<void> taken = work.Run(id, stop);
        courier->Wake();
        return taken;
      }
      BatchWork work(*book, *connection, identity, trust, SystemClock(), settings.work);
      return work.Run(id, stop);
    } catch (const std::exception&) {
      ops::LogError("hub.batch.exception", {{"batch", BatchName(id)}});
      return book->AskForFile(id, "the hub failed at this batch");
    }
  }

  Settings settings;
  crypto::Identity identity;
  std::shared_ptr<const crypto::Trust> trust;  // shared with server and clients
  std::unique_ptr<store::Database> database;
  std::unique_ptr<BatchBook> book;
  std::unique_ptr<LinkDesk> links;
  std::unique_ptr<InquiryOffice> office;
  std::unique_ptr<http::Client> notice_client;  // the courier's alone
  std::unique_ptr<NoticeCourier> courier;
  std::mutex mutex;  // guards waiting
  std::condition_variable changed;
  std::deque<BatchId> waiting;
  std::atomic<bool> is_stopping = false;
  std::jthread worker;
  std::unique_ptr<http::Server> server;
};

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
  const ops::NodeConfig& node = state->settings.node;
  MUSUBI_TRY(state->trust, crypto::Trust::Load(node.authority, node.crl));
  MUSUBI_TRY(state->database, store::Database::Open(node.store, node.config_folder.string()));
  MUSUBI_CHECK_OK(state->database->Migrate("hub", HubMigrations()));
  MUSUBI_TRY(const auto connection, state->database->Connect());
  MUSUBI_CHECK_OK(FillInsuredPeople(*connection));
  MUSUBI_CHECK_OK(
      PublishFreshness(*connection, rules::RecordLayouts::BuiltIn(), SystemClock().Now())
  );
  MUSUBI_TRY(state->book, BatchBook::Open(*state->database, node.folder, SystemClock()));
  MUSUBI_TRY(state->links, LinkDesk::Open(*state->database, SystemClock()));
  MUSUBI_TRY(
      state->office,
      InquiryOffice::Open(
          node,
          state->settings.network,
          state->identity,
          state->trust,
          *state->database,
          SystemClock(),
          state->settings.witnesses
      )
  );
  state->notice_client = std::make_unique<http::Client>(
      PeerOptions(state->settings.network, "network"), state->identity, state->trust
  );
  state->courier = std::make_unique<NoticeCourier>(NoticeCourier::Parts{
      state->database.get(),
      &state->identity,
      state->trust,
      &SystemClock(),
      node.mode,
      [client = state->notice_client.get()](const http::Request& request) {
        return client->Send(request);
      }
  });
  http::ServerOptions options;
  options.address = node.listen.host;
  options.port = node.listen.port;
  options.body_size_max = kPieceSizeMax;
  options.handler_threads = state->settings.handler_threads;
  options.openapi = OpenApiDocument();
  options.ready = [raw = state.get()]() -> Result<void> {
    MUSUBI_TRY(const auto connection, raw->database->Connect());
    MUSUBI_TRY(const auto one, connection->QueryInt("SELECT COUNT(*) FROM tally"));
    static_cast<void>(one);
    return Ok();
  };
  http::Router router =
      MakeRouter(*state->book, *state->links, state->identity, [raw = state.get()](BatchId id) {
        raw->Enqueue(id);
      });
  state->office->AddRoutes(router);
  MUSUBI_TRY(
      state->server, http::Server::Start(options, state->identity, state->trust, std::move(router))
  );
  state->worker = std::jthread([raw = state.get()] { raw->WorkUntilStopped(); });
  state->courier->Start();
  ops::LogInfo("hub.started", {{"port", state->server->port()}});
  return std::unique_ptr<Service>(new Service(std::move(state)));
}

void Service::Stop() {
  {
    const std::scoped_lock lock(state_->mutex);
    if (state_->is_stopping.exchange(true)) {
      return;
    }
  }
  state_->changed.notify_all();
  state_->office->Stop();  // first, because handlers wait for its answers
  state_->server->Stop();
  if (state_->worker.joinable()) {
    state_->worker.join();
  }
  state_->courier->Stop();
}

std::uint16_t Service::port() const {
  return state_->server->port();
}

}  // namespace musubi::hub
