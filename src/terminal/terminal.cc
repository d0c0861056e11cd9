#include "terminal/terminal.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/io.h"
#include "crypto/cipher.h"
#include "crypto/digest.h"
#include "exchange/notice.h"
#include "exchange/number_list.h"
#include "exchange/record_copy.h"
#include "ops/node.h"
#include "terminal/spool.h"

namespace musubi::terminal {

namespace {

using namespace std::chrono_literals;

constexpr int kWaitMs = 20'000;
constexpr auto kPauseLeast = 200ms;  // between two looks at a batch that is still being worked on
constexpr auto kPauseMost = 2s;

http::Request MakeRequest(std::string_view method, std::string path, std::string_view body = {}) {
  http::Request request;
  request.method = method;
  request.path = std::move(path);
  request.body = http::MakeBody(body);
  if (method == "POST") {
    // A fresh key per call: a repeated transmission finds its first answer, a later call does not.
    Code16 key;
    crypto::FillRandom(key);
    request.headers["idempotency-key"] = ToHex(key);
    request.headers["content-type"] = "application/json";
  }
  return request;
}

std::string BatchPath(const std::string& batch_id, std::string_view rest = {}) {
  return fmt::format("/v1/batches/{}{}", batch_id, rest);
}

// An id becomes part of a path: letters, digits and hyphens only.
Result<void> CheckBatchId(std::string_view batch_id) {
  const bool is_plain = std::all_of(batch_id.begin(), batch_id.end(), [](unsigned char character) {
    return std::isalnum(character) != 0 || character == '-' || character == '_';
  });
  if (batch_id.empty() || !is_plain) {
    return Error{ErrorCode::kUsage, "this is not the id of a batch"};
  }
  return Ok();
}

// The kinds of package a hub takes from a terminal.
Result<void> CheckKind(const exchange::PackageHeader& header) {
  if (header.kind != "NL" && header.kind != exchange::kCopiesKind &&
      header.kind != exchange::kNoticesKind) {
    return Error{ErrorCode::kInvalid, "a package of this kind is not for the hub", "line 1: kind"};
  }
  return Ok();
}

}  // namespace

Terminal::Terminal(
    Settings settings,
    crypto::Identity identity,
    std::shared_ptr<const crypto::Trust> trust,
    http::ClientOptions hub,
    const Clock& clock
)
    : settings_(std::move(settings)),
      identity_(std::move(identity)),
      trust_(std::move(trust)),
      client_(std::move(hub), identity_, trust_),
      clock_(&clock) {}

Result<std::unique_ptr<Terminal>> Terminal::Open(const ops::Config& config, const Clock& clock) {
  MUSUBI_TRY(const ops::NodeConfig node, ops::NodeConfig::Read(config));
  MUSUBI_TRY(const ops::Endpoint hub, ops::ReadPeer(config, "hub"));
  MUSUBI_TRY(const std::string insurer, config.String("terminal.insurer"));
  MUSUBI_TRY(
      const std::int64_t patience_s, config.Int("terminal.patience_s", 600, 1, 7 * 24 * 3600)
  );
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  MUSUBI_TRY(crypto::Identity identity, crypto::Identity::Load(node.certificate, node.key));
  MUSUBI_TRY(auto trust, crypto::Trust::Load(node.authority, node.crl));
  Settings settings;
  settings.spool = node.folder / "spool";
  settings.insurer = "insurer-" + insurer;
  settings.mode = node.mode;
  settings.retry.patience_ms = static_cast<int>(patience_s * 1000);
  http::ClientOptions options;
  options.host = hub.host;
  options.port = hub.port;
  options.peer_id = "hub";
  return std::unique_ptr<Terminal>(new Terminal(
      std::move(settings), std::move(identity), std::move(trust), std::move(options), clock
  ));
}

Result<Batch> Terminal::Upload(
    const std::filesystem::path& file, Wait wait, const OnBatch& on_batch
) {
  Transfer transfer;
  transfer.file = file;
  MUSUBI_TRY(transfer.kind, CheckFile(file));
  MUSUBI_TRY(const FileDigest digest, DigestOfFile(file));
  transfer.package_id = digest.hex;
  MUSUBI_TRY(Batch batch, OpenBatch(transfer));
  on_batch(batch);
  while (!batch.is_finished() && !(batch.state == BatchState::kWorking && wait == Wait::kNo)) {
    MUSUBI_TRY(batch, Advance(transfer, batch));
    on_batch(batch);
  }
  if (batch.state != BatchState::kOpen && batch.state != BatchState::kFileNeeded) {
    RemoveSpooled(settings_.spool, transfer.package_id);
  }
  return batch;
}

Result<Batch> Terminal::Show(const std::string& batch_id, Wait wait, const OnBatch& on_batch) {
  MUSUBI_CHECK_OK(CheckBatchId(batch_id));
  MUSUBI_TRY(Batch batch, Fetch(batch_id, Wait::kNo));
  on_batch(batch);
  while (wait == Wait::kYes && batch.state == BatchState::kWorking) {
    MUSUBI_TRY(batch, Fetch(batch_id, Wait::kYes));
    on_batch(batch);
  }
  return batch;
}

Result<Batch> Terminal::Acknowledge(const std::string& batch_id) {
  MUSUBI_CHECK_OK(CheckBatchId(batch_id));
  return CallForBatch(MakeRequest("POST", BatchPath(batch_id, "/acknowledge"), "{}"));
}

Result<void> Terminal::StopLink(const number::InsuredNumber& insured, const std::string& reason) {
  const boost::json::object json = {
      {"insured_number", insured.number()}, {"branch", insured.branch()}, {"reason", reason}
  };
  MUSUBI_TRY(
      [[maybe_unused]] const http::Response done,
      Call(MakeRequest("POST", "/v1/links/stop", boost::json::serialize(json)))
  );
  return Ok();
}

Result<void> Terminal::ResumeLink(const number::InsuredNumber& insured) {
  const boost::json::object json = {
      {"insured_number", insured.number()}, {"branch", insured.branch()}
  };
  MUSUBI_TRY(
      [[maybe_unused]] const http::Response done,
      Call(MakeRequest("POST", "/v1/links/resume", boost::json::serialize(json)))
  );
  return Ok();
}

Result<std::uint64_t> Terminal::Download(
    const std::string& batch_id, const std::filesystem::path& out
) {
  MUSUBI_CHECK_OK(CheckBatchId(batch_id));
  MUSUBI_TRY(auto sink, FileSink::Create(out));
  std::uint64_t offset = 0;
  for (;;) {
    http::Request request = MakeRequest("GET", BatchPath(batch_id, "/pairs"));
    request.query["offset"] = std::to_string(offset);
    MUSUBI_TRY(const http::Response response, Call(std::move(request)));
    const std::uint64_t total =
        std::strtoull(std::string(response.header("x-total-size")).c_str(), nullptr, 10);
    if (total == 0) {
      return Error{ErrorCode::kInternal, "the hub did not say how large the pairing package is"};
    }
    MUSUBI_CHECK_OK(sink->Write(AsBytes(response.body_text())));
    offset += response.body.size();
    if (offset >= total) {
      break;
    }
    if (response.body.empty()) {
      return Error{ErrorCode::kUnavailable, "the hub's pairing package ended too early"};
    }
  }
  MUSUBI_CHECK_OK(sink->Commit());
  return offset;
}

// A pass that throws the content away: signature, seal, header, count and hash are all looked at.
Result<std::string> Terminal::CheckFile(const std::filesystem::path& file) const {
  exchange::Expected expected;  // of any kind: the header says which
  expected.mode = settings_.mode == "live" ? exchange::Mode::kLive : exchange::Mode::kTest;
  expected.recipient = "hub";
  expected.sender = settings_.insurer;
  const auto checked = exchange::ReadPackage(
      file,
      identity_,
      *trust_,
      clock_->Now(),
      expected,
      CheckKind,
      [](std::uint64_t, std::uint64_t, std::span<const std::string_view>) { return Ok(); }
  );
  if (!checked.ok()) {
    Error error = checked.error();
    error.place =
        error.place.empty() ? file.string() : fmt::format("{}: {}", file.string(), error.place);
    error.message = "nothing was sent: " + error.message;
    return error;
  }
  // A package may carry its sender's name in the header and another's signature under it.
  if (checked.value().signer.id() != settings_.insurer) {
    return Error{
        ErrorCode::kRefused,
        fmt::format("nothing was sent: the file is not signed by {}", settings_.insurer),
        file.string()
    };
  }
  return checked.value().header.kind;
}

Result<Batch> Terminal::OpenBatch(const Transfer& transfer) {
  return CallForBatch(MakeRequest(
      "POST",
      "/v1/batches",
      fmt::format(R"({{"package":"{}","kind":"{}"}})", transfer.package_id, transfer.kind)
  ));
}

Result<Batch> Terminal::Advance(Transfer& transfer, const Batch& batch) {
  if (batch.state == BatchState::kWorking) {
    return Fetch(batch.id, Wait::kYes);
  }
  const int start_count_max = std::max(10, settings_.retry.patience_ms / 2000);
  if (++transfer.start_count > start_count_max) {
    return Error{
        ErrorCode::kUnavailable,
        "the transfer had to be started over too often",
        "batch " + batch.id,
        "see why the hub keeps restarting, then upload the file again"
    };
  }
  if (transfer.start_count > 2) {
    std::this_thread::sleep_for(
        std::min<std::chrono::milliseconds>(kPauseMost, kPauseLeast * transfer.start_count)
    );
  }
  if (batch.state == BatchState::kFileNeeded || batch.sealing_certificate.empty()) {
    return OpenBatch(transfer);
  }
  return SendContent(transfer, batch);
}

Result<Batch> Terminal::SendContent(const Transfer& transfer, const Batch& batch) {
  MUSUBI_TRY(const auto certificate, crypto::Certificate::FromPem(batch.sealing_certificate));
  MUSUBI_TRY(
      const std::filesystem::path spooled,
      SpoolResealed(
          {settings_.spool, transfer.file, transfer.package_id},
          identity_,
          *trust_,
          clock_->Now(),
          certificate
      )
  );
  MUSUBI_TRY(const FileDigest digest, DigestOfFile(spooled));
  MUSUBI_TRY(const Batch sent, SendPieces(spooled, digest.size, batch));
  if (sent.state != BatchState::kOpen) {
    return sent;
  }
  return Complete(batch, digest.size, digest.hex);
}

// Returns the batch in state open when every byte has arrived, else whatever it has become.
Result<Batch> Terminal::SendPieces(
    const std::filesystem::path& spooled, std::uint64_t size, const Batch& batch
) {
  MUSUBI_TRY(auto pieces, PieceReader::Open(spooled));
  Batch current = batch;
  int stuck_count = 0;
  while (current.offset < size) {
    MUSUBI_TRY(http::Body piece, pieces.Read(current.offset, kPieceSize));
    http::Request request = MakeRequest("PUT", BatchPath(batch.id, "/content"));
    request.query["offset"] = std::to_string(current.offset);
    request.headers["content-type"] = std::string(http::kOctets);
    request.body = std::move(piece);
    MUSUBI_TRY(
        const http::Response response, http::SendWithRetry(client_, request, settings_.retry)
    );
    const std::uint64_t before = current.offset;
    if (response.status == 409 && !response.header("x-offset").empty()) {
      current.offset = std::strtoull(std::string(response.header("x-offset")).c_str(), nullptr, 10);
    } else if (response.status < 300) {
      MUSUBI_TRY(current.offset, OffsetOf(response.body_text()));
    } else {
      // The batch may have changed under us: the hub restarted, another terminal sent the file.
      MUSUBI_TRY(const Batch now, Fetch(batch.id, Wait::kNo));
      if (now.state != BatchState::kOpen) {
        return now;
      }
      return http::ErrorOfProblem(response);
    }
    stuck_count = current.offset > before ? 0 : stuck_count + 1;
    if (current.offset > size || stuck_count > 10) {
      return Error{ErrorCode::kInvalid, "the hub's count of bytes does not agree with ours"};
    }
  }
  return current;
}

Result<Batch> Terminal::Complete(
    const Batch& batch, std::uint64_t size, const std::string& digest
) {
  MUSUBI_TRY(
      const http::Response response,
      http::SendWithRetry(
          client_,
          MakeRequest(
              "POST",
              BatchPath(batch.id, "/complete"),
              fmt::format(R"({{"size":{},"sha256":"{}"}})", size, digest)
          ),
          settings_.retry
      )
  );
  if (response.status < 300) {
    return Batch::Parse(response.body_text());
  }
  if (response.status == 404 || response.status == 409 || response.status == 412) {
    // The hub dropped what came, or the batch has moved on: its state says how to go on.
    return Fetch(batch.id, Wait::kNo);
  }
  return http::ErrorOfProblem(response);
}

Result<Batch> Terminal::Fetch(const std::string& batch_id, Wait wait) {
  http::Request request = MakeRequest("GET", BatchPath(batch_id));
  if (wait == Wait::kYes) {
    request.query["wait_ms"] = std::to_string(kWaitMs);
  }
  const auto began = std::chrono::steady_clock::now();
  MUSUBI_TRY(Batch batch, CallForBatch(std::move(request)));
  const auto took = std::chrono::steady_clock::now() - began;
  if (wait == Wait::kYes && batch.state == BatchState::kWorking && took < kPauseLeast) {
    std::this_thread::sleep_for(kPauseLeast - took);
  }
  return batch;
}

Result<http::Response> Terminal::Call(http::Request request) {
  MUSUBI_TRY(http::Response response, http::SendWithRetry(client_, request, settings_.retry));
  if (response.status >= 300) {
    return http::ErrorOfProblem(response);
  }
  return response;
}

Result<Batch> Terminal::CallForBatch(http::Request request) {
  MUSUBI_TRY(const http::Response response, Call(std::move(request)));
  return Batch::Parse(response.body_text());
}

}  // namespace musubi::terminal
