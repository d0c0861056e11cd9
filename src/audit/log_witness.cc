#include "audit/log_witness.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/io.h"
#include "crypto/digest.h"
#include "ledger/disk.h"
#include "ledger/tile.h"

namespace musubi::audit {

namespace {

constexpr std::ptrdiff_t kEvidenceMax = 1000;  // files: an ill log must not fill our disk
constexpr std::size_t kNameHashSize = 16;

}  // namespace

bool LogSighting::is_cosigned() const {
  return verdict == ledger::VerdictName(ledger::Verdict::kCosigned);
}

struct LogWitness::State {
  [[nodiscard]] Result<Bytes> Fetch(const std::string& node, const std::string& resource) const;
  [[nodiscard]] Result<ledger::Proof> Prove(
      const WatchedLog& log, std::uint64_t known, std::uint64_t size
  ) const;
  [[nodiscard]] Result<void> HandIn(
      const WatchedLog& log, std::string_view note, const ledger::NoteSignature& cosignature
  ) const;
  // Keeps what a log must not have shown.
  [[nodiscard]] Result<LogSighting> Refuse(LogSighting sighting, std::string_view note) const;

  std::filesystem::path folder;
  ledger::FolderLock lock;
  std::vector<WatchedLog> logs;
  SendToNode send;
  const Clock* clock;
  std::unique_ptr<ledger::Witness> witness;
};

Result<Bytes> LogWitness::State::Fetch(const std::string& node, const std::string& resource) const {
  http::Request request;
  request.method = "GET";
  request.path = "/log/" + resource;
  MUSUBI_TRY(const http::Response response, send(node, request));
  if (response.status != 200) {
    return http::ErrorOfProblem(response);
  }
  const BytesView bytes = AsBytes(response.body_text());
  return Bytes(bytes.begin(), bytes.end());
}

// Empty where there is nothing to prove, and where nothing could be: the witness says which.
Result<ledger::Proof> LogWitness::State::Prove(
    const WatchedLog& log, std::uint64_t known, std::uint64_t size
) const {
  if (known == 0 || known >= size) {
    return ledger::Proof();
  }
  const ledger::ReadNode nodes =
      ledger::NodesFromTiles(size, [&](const std::string& path) { return Fetch(log.node, path); });
  return ledger::MakeConsistencyProof(known, size, nodes);
}

Result<void> LogWitness::State::HandIn(
    const WatchedLog& log, std::string_view note, const ledger::NoteSignature& cosignature
) const {
  http::Request request;
  request.method = "POST";
  request.path = "/log/cosignatures";
  request.headers["content-type"] = "application/json";
  const std::string body = boost::json::serialize(
      boost::json::object{{"checkpoint", note}, {"cosignature", cosignature.Line()}}
  );
  request.body = http::MakeBody(body);
  // The same again is the same: it may be sent again.
  request.headers["idempotency-key"] =
      ToHex(crypto::Sha256Of(AsBytes(body))).substr(0, kNameHashSize);
  MUSUBI_TRY(const http::Response response, send(log.node, request));
  return response.status == 200 ? Ok() : Result<void>(http::ErrorOfProblem(response));
}

Result<LogSighting> LogWitness::State::Refuse(LogSighting sighting, std::string_view note) const {
  const std::filesystem::path place = folder / "refused";
  MUSUBI_CHECK_OK(MakeFolder(place));
  // Named by what it holds: a log that shows the same again and again is kept once.
  const std::string hash = ToHex(crypto::Sha256Of(AsBytes(note))).substr(0, kNameHashSize);
  const std::string name = sighting.node + "-" + std::string(sighting.verdict) + "-" + hash;
  const std::filesystem::path file = place / (name + ".note");
  std::error_code code;
  const bool is_kept = std::filesystem::exists(file, code);
  const auto count = std::distance(std::filesystem::directory_iterator(place, code), {});
  if (!is_kept && count < kEvidenceMax) {
    if (const auto known = witness->KnownNote(sighting.origin)) {
      MUSUBI_CHECK_OK(WriteFile(place / (name + "-known.note"), *known));
    }
    MUSUBI_CHECK_OK(WriteFile(file, note.substr(0, ledger::kNoteSizeMax)));
  }
  if (is_kept || count < kEvidenceMax) {
    sighting.evidence = file;
  }
  return sighting;
}

LogWitness::LogWitness(std::unique_ptr<State> state) : state_(std::move(state)) {}

LogWitness::~LogWitness() = default;

const std::vector<WatchedLog>& LogWitness::logs() const {
  return state_->logs;
}

Result<std::unique_ptr<LogWitness>> LogWitness::Open(
    const std::filesystem::path& folder,
    ledger::SigningKey key,
    std::vector<WatchedLog> logs,
    SendToNode send,
    const Clock& clock
) {
  MUSUBI_CHECK_OK(MakeFolder(folder));
  MUSUBI_TRY(ledger::FolderLock lock, ledger::FolderLock::Take(folder));
  std::vector<ledger::VerifierKey> keys;
  keys.reserve(logs.size());
  for (const WatchedLog& log : logs) {
    keys.push_back(log.key);
  }
  MUSUBI_TRY(auto witness, ledger::Witness::Open(folder / "seen", std::move(key), std::move(keys)));
  auto state = std::make_unique<State>(
      State{folder, std::move(lock), std::move(logs), std::move(send), &clock, std::move(witness)}
  );
  return std::unique_ptr<LogWitness>(new LogWitness(std::move(state)));
}

Result<LogSighting> LogWitness::Look(const WatchedLog& log) {
  LogSighting sighting{log.node, log.key.name(), {}};
  sighting.known_size = state_->witness->KnownSize(sighting.origin);
  MUSUBI_TRY(const Bytes bytes, state_->Fetch(log.node, "checkpoint"));
  const std::string_view note = AsText(bytes);
  const auto shown = ledger::OpenCheckpoint(note, log.key);
  if (!shown.ok()) {
    sighting.verdict = ledger::VerdictName(ledger::Verdict::kBadNote);
    sighting.reason = shown.error().message;
    return state_->Refuse(std::move(sighting), note);
  }
  sighting.size = shown->checkpoint.size;
  const auto proof = state_->Prove(log, sighting.known_size, sighting.size);
  if (!proof.ok()) {
    const ErrorCode why = proof.error().code;
    if (why != ErrorCode::kNotFound && why != ErrorCode::kCorrupt && why != ErrorCode::kInvalid) {
      return proof.error();
    }
    sighting.verdict = kUnproven;
    sighting.reason = proof.error().message;
    return state_->Refuse(std::move(sighting), note);
  }
  MUSUBI_TRY(
      const ledger::WitnessAnswer answer,
      state_->witness->Cosign(note, sighting.known_size, *proof, state_->clock->Now())
  );
  sighting.verdict = ledger::VerdictName(answer.verdict);
  sighting.reason = answer.reason;
  if (!sighting.is_cosigned()) {
    return state_->Refuse(std::move(sighting), note);
  }
  MUSUBI_CHECK_OK(state_->HandIn(log, note, answer.cosignature));
  return sighting;
}

}  // namespace musubi::audit
