#include "hub/notice_courier.h"

#include <algorithm>

#include "base/io.h"
#include "crypto/cipher.h"
#include "crypto/sealed_package.h"
#include "hub/copy_holdings.h"
#include "ops/log.h"
#include "ops/metrics.h"

namespace musubi::hub {

namespace {

constexpr std::string_view kPortal = "portal";
constexpr std::size_t kBlock = 200;  // at most 0.9 MB of titles and bodies
constexpr std::chrono::milliseconds kLookEvery{5000};
constexpr std::chrono::milliseconds kFirstRest{250};  // after a failure; doubled
constexpr std::chrono::milliseconds kLongestRest{30000};

Result<void> PublishWaiting(store::Connection& connection) {
  MUSUBI_TRY(const std::int64_t waiting, NoticeOutbox(connection).Count());
  ops::GetGauge("musubi_hub_notices_waiting", "Notices the portal does not have yet")
      .Set(static_cast<std::uint64_t>(waiting));
  return Ok();
}

http::Request ToNetwork(std::string method, std::string path) {
  http::Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  if (request.method == "POST") {
    Code16 key{};
    crypto::FillRandom(key);
    request.headers["idempotency-key"] = ToHex(key);
    request.headers["content-type"] = http::kCsv;
  }
  return request;
}

}  // namespace

NoticeCourier::~NoticeCourier() {
  Stop();
}

void NoticeCourier::Start() {
  worker_ = std::jthread([this](const std::stop_token& stop) { Work(stop); });
}

void NoticeCourier::Stop() {
  if (worker_.joinable()) {
    worker_.request_stop();
    worker_.join();
  }
}

void NoticeCourier::Wake() {
  const std::scoped_lock lock(mutex_);
  is_woken_ = true;
  woken_.notify_all();
}

void NoticeCourier::Work(const std::stop_token& stop) {
  auto rest = kFirstRest;
  while (!stop.stop_requested()) {
    const auto delivered = Deliver();
    auto pause = kLookEvery;
    if (!delivered.ok()) {
      ops::LogWarning("hub.notices.wait", {{"code", ErrorCodeName(delivered.error().code)}});
      pause = rest;
      rest = std::min(2 * rest, kLongestRest);
    } else {
      rest = kFirstRest;
    }
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, stop, pause, [this] { return is_woken_; });
    is_woken_ = false;
  }
}

Result<void> NoticeCourier::FindPortal() {
  const Instant now = parts_.clock->Now();
  if (portal_ && parts_.trust->Verify(*portal_, now).ok()) {
    return Ok();
  }
  portal_.reset();
  MUSUBI_TRY(
      const http::Response response, parts_.send(ToNetwork("GET", "/v1/certificates/portal"))
  );
  if (response.status != 200) {
    return http::ErrorOfProblem(response);
  }
  MUSUBI_TRY(crypto::Certificate certificate, crypto::Certificate::FromPem(response.body_text()));
  MUSUBI_CHECK_OK(parts_.trust->Verify(certificate, now));
  if (certificate.id() != kPortal) {
    return Error{ErrorCode::kRefused, "the network gave a certificate that is not the portal's"};
  }
  portal_ = std::move(certificate);
  return Ok();
}

Result<Bytes> NoticeCourier::Seal(const std::vector<WaitingNotice>& notices) {
  const Instant now = parts_.clock->Now();
  MemorySink sealed;
  MUSUBI_TRY(
      const auto sealing, crypto::SealingWriter::Create(sealed, *parts_.node, *portal_, now)
  );
  exchange::PackageHeader header;
  header.kind = exchange::kNoticeDeliveryKind;
  header.mode = parts_.mode == "live" ? exchange::Mode::kLive : exchange::Mode::kTest;
  header.sender = parts_.node->certificate.id();
  header.recipient = kPortal;
  header.created = now;
  header.sequence = ++sequence_;
  MUSUBI_TRY(auto content, exchange::ContentWriter::Create(*sealing, header));
  for (const WaitingNotice& notice : notices) {
    const std::string association = InstitutionOfInsurer(notice.insurer);
    MUSUBI_CHECK_OK(exchange::WriteDeliveredNotice(
        content, {notice.id, association, {notice.title, notice.body, notice.valid_until}}
    ));
  }
  MUSUBI_CHECK_OK(content.Finish());
  MUSUBI_CHECK_OK(sealing->Finish());
  return sealed.Take();
}

Result<void> NoticeCourier::Bring(const std::vector<WaitingNotice>& notices) {
  MUSUBI_CHECK_OK(FindPortal());
  exchange::NoticeBlock block;
  MUSUBI_TRY(block.sealed, Seal(notices));
  for (const WaitingNotice& notice : notices) {
    block.people.push_back({notice.id, notice.code});
  }
  http::Request request = ToNetwork("POST", "/v1/notices");
  exchange::AppendNoticeBlock(block, request.body);
  MUSUBI_TRY(const http::Response response, parts_.send(request));
  if (response.status != 200) {
    portal_.reset();  // it may have a new one
    return http::ErrorOfProblem(response);
  }
  return Ok();
}

Result<std::uint64_t> NoticeCourier::BringAll(store::Connection& connection) {
  NoticeOutbox outbox(connection);
  std::uint64_t delivered = 0;
  for (;;) {
    MUSUBI_TRY(
        const std::uint64_t expired, outbox.EraseExpired(Date::Of(JapanDay(parts_.clock->Now())))
    );
    if (expired > 0) {
      is_flushed_ = false;
      ops::LogWarning("hub.notices.expired", {{"count", expired}});
    }
    MUSUBI_TRY(const auto notices, outbox.Next(kBlock));
    if (notices.empty()) {
      return delivered;
    }
    MUSUBI_CHECK_OK(Bring(notices));
    MUSUBI_TRY(auto transaction, store::Transaction::Begin(connection, store::Access::kWrite));
    MUSUBI_CHECK_OK(outbox.Remove(notices));
    MUSUBI_CHECK_OK(transaction.Commit());
    is_flushed_ = false;
    delivered += notices.size();
    ops::LogInfo("hub.notices.delivered", {{"count", notices.size()}});
  }
}

Result<std::uint64_t> NoticeCourier::Deliver() {
  const std::scoped_lock lock(deliver_mutex_);
  MUSUBI_TRY(const auto connection, parts_.database->Connect());
  const auto delivered = BringAll(*connection);
  MUSUBI_CHECK_OK(PublishWaiting(*connection));
  MUSUBI_CHECK_OK(delivered);
  if (!is_flushed_) {
    is_flushed_ = NoticeOutbox(*connection).FlushErased().ok();  // else with the next look
  }
  return delivered;
}

}  // namespace musubi::hub
