#include "national/network/inquiry/inquiry_office.h"

#include <utility>

#include "audit/log_routes.h"
#include "ops/log.h"

namespace musubi::national::network {

namespace {

constexpr std::string_view kOrigin = "musubi/network";
constexpr std::chrono::seconds kWorkEvery{1};
constexpr std::chrono::hours kEraseEvery{24};
constexpr std::int64_t kMinutesMax = std::int64_t{7} * 24 * 60;

// "sqlite:network/network.db" -> "sqlite:network/exchange.db".
std::string StoreBeside(const std::string& store) {
  if (!store.starts_with("sqlite:")) {
    return store;
  }
  const std::size_t slash = store.find_last_of('/');
  const std::size_t end = slash == std::string::npos ? store.find(':') : slash;
  return store.substr(0, end + 1) + "exchange.db";
}

template <typename T>
void Complain(std::string_view what, const Result<T>& done) {
  if (!done.ok()) {
    ops::LogWarning(
        "network.work.failed", {{"what", what}, {"code", ErrorCodeName(done.error().code)}}
    );
  }
}

}  // namespace

Result<InquirySettings> InquirySettings::Read(const ops::Config& config) {
  InquirySettings settings;
  std::filesystem::path path;
  if (config.Has("network.institutions")) {
    MUSUBI_TRY(path, config.Path("network.institutions"));
  }
  MUSUBI_TRY(
      settings.directory, DirectoryFile::Open(std::move(path), rules::Permissions::BuiltIn())
  );
  MUSUBI_TRY(const std::int64_t minutes, config.Int("network.inquiry_minutes", 10, 1, kMinutesMax));
  settings.time_to_answer = std::chrono::minutes(minutes);
  MUSUBI_TRY(settings.witnesses, audit::ReadWitnesses(config));
  for (const std::string& node : settings.directory->Current()->Nodes()) {
    if (config.Has("peers." + node + ".address")) {
      MUSUBI_TRY(const ops::Endpoint endpoint, ops::ReadPeer(config, node));
      settings.peers.emplace_back(node, endpoint);
    } else {
      ops::LogWarning("network.peer.unknown", {{"node", node}});
    }
  }
  return settings;
}

Result<std::unique_ptr<InquiryOffice>> InquiryOffice::Open(
    const ops::NodeConfig& node,
    InquirySettings settings,
    BytesView master_key,
    const Clock& clock,
    const crypto::Identity& identity,
    const std::shared_ptr<const crypto::Trust>& trust
) {
  std::unique_ptr<InquiryOffice> office(new InquiryOffice());
  office->clock_ = &clock;
  office->directory_ = std::move(settings.directory);
  office->witnesses_ = std::move(settings.witnesses);
  for (const auto& [peer, endpoint] : settings.peers) {
    http::ClientOptions options;
    options.host = endpoint.host;
    options.port = endpoint.port;
    options.peer_id = peer;
    options.request_timeout_ms = 30000;
    office->lines_.Add(peer, std::make_unique<http::PeerLine>(options, identity, trust));
  }
  MUSUBI_TRY(
      office->database_, store::Database::Open(StoreBeside(node.store), node.config_folder.string())
  );
  MUSUBI_CHECK_OK(InquiryTable::Migrate(*office->database_));
  MUSUBI_TRY(office->book_, audit::RecordBook::Open(*office->database_, node.folder, kOrigin));
  const auto directory = [file = office->directory_.get()] { return file->Current(); };
  const PostLines post = [lines = &office->lines_](
                             const std::string& to, std::string_view path, std::string_view body
                         ) { return lines->Post(to, path, body); };
  office->exchange_ = std::make_unique<InquiryExchange>(
      master_key,
      ExchangeParts{
          &clock,
          office->book_.get(),
          &rules::Permissions::BuiltIn(),
          directory,
          post,
          settings.time_to_answer
      }
  );
  office->corrections_ = std::make_unique<CorrectionOutbox>(*office->book_, post);
  office->segments_ = std::make_unique<LabelSegments>(*office->book_);
  office->showing_ = std::make_unique<RecordShowing>(
      master_key, clock, *office->database_, *office->book_, *office->segments_, directory
  );
  office->codes_ = std::make_unique<InstitutionCodes>(master_key);
  office->notices_ = std::make_unique<NoticePassage>(master_key, directory, post);
  return office;
}

InquiryOffice::~InquiryOffice() {
  Stop();
}

Result<void> InquiryOffice::CheckStore() {
  MUSUBI_TRY(const auto connection, database_->Connect());
  MUSUBI_TRY(
      const std::optional<std::int64_t> count,
      connection->QueryInt("SELECT COUNT(*) FROM network_correction")
  );
  return count ? Ok() : Result<void>(Error{ErrorCode::kCorrupt, "the store cannot be asked"});
}

void InquiryOffice::AddRoutes(http::Router& router) {
  InquiryDoors doors{exchange_.get(), corrections_.get(), showing_.get(), codes_.get(), {}};
  doors.on_correction = [this] {
    const std::scoped_lock lock(mutex_);
    is_woken_ = true;
    woken_.notify_all();
  };
  AddInquiryRoutes(router, doors);
  AddNoticeRoutes(router, *notices_);
  audit::AddLogRoutes(router, *book_, witnesses_);
}

void InquiryOffice::StartWork() {
  worker_ = std::jthread([this](const std::stop_token& stop) { Work(stop); });
}

void InquiryOffice::Stop() {
  if (worker_.joinable()) {
    worker_.request_stop();
    worker_.join();
  }
}

void InquiryOffice::Work(const std::stop_token& stop) {
  auto erase_at = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    const auto now = std::chrono::steady_clock::now();
    const bool is_daily = now >= erase_at;
    if (is_daily) {
      erase_at = now + kEraseEvery;
    }
    WorkOnce(is_daily);
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, stop, kWorkEvery, [this] { return is_woken_; });
    is_woken_ = false;
  }
}

void InquiryOffice::WorkOnce(bool is_daily) {
  Complain("settle", exchange_->Settle());
  Complain("corrections", corrections_->Deliver());
  Complain("segments", segments_->KeepUp());
  if (is_daily) {
    Complain("erase", exchange_->Erase());
  }
}

}  // namespace musubi::national::network
