#include "ledger/witness.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

#include "base/check.h"
#include "base/io.h"
#include "crypto/digest.h"
#include "ledger/disk.h"

namespace musubi::ledger {

struct Witness::State {
  State(std::filesystem::path path, SigningKey signing, std::vector<VerifierKey> watched)
      : folder(std::move(path)), key(std::move(signing)), logs(std::move(watched)) {}

  std::filesystem::path folder;
  SigningKey key;
  std::vector<VerifierKey> logs;
  mutable std::mutex mutex;
  std::map<std::string, Checkpoint, std::less<>> seen;

  [[nodiscard]] std::filesystem::path PathOf(std::string_view origin) const {
    // An origin may hold any character, so the file bears its hash.
    return folder / (ToHex(crypto::Sha256Of(AsBytes(origin))) + ".note");
  }

  [[nodiscard]] Result<void> Load(const VerifierKey& log);
  [[nodiscard]] Result<WitnessAnswer> Judge(
      const SignedCheckpoint& shown,
      std::uint64_t old_size,
      std::span<const Digest> proof,
      Instant now
  );
};

namespace {

WitnessAnswer Refuse(Verdict verdict, std::string reason, std::uint64_t known_size = 0) {
  return {verdict, std::move(reason), known_size, {}};
}

// Why the shown tree may not follow the known one; nothing: it may.
std::optional<WitnessAnswer> Contradiction(
    const Checkpoint& known,
    const Checkpoint& shown,
    std::uint64_t old_size,
    std::span<const Digest> proof
) {
  if (shown.size < known.size) {
    return Refuse(Verdict::kShrunk, "the log is smaller than what was seen of it", known.size);
  }
  if (shown.size == known.size && shown.root != known.root) {
    return Refuse(Verdict::kForked, "the same size has another root than before", known.size);
  }
  if (old_size != known.size) {
    return Refuse(Verdict::kBehind, "the proof does not begin at the size seen last", known.size);
  }
  if (known.size == 0) {
    return proof.empty() ? std::nullopt
                         : std::optional(Refuse(
                               Verdict::kForked, "nothing was seen, so nothing is to be proven", 0
                           ));
  }
  const auto is_consistent =
      VerifyConsistency({known.size, shown.size, known.root, shown.root}, proof);
  return is_consistent.ok()
             ? std::nullopt
             : std::optional(Refuse(Verdict::kForked, is_consistent.error().message, known.size));
}

}  // namespace

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kCosigned:
      return "cosigned";
    case Verdict::kUnknownLog:
      return "unknown-log";
    case Verdict::kBadNote:
      return "bad-note";
    case Verdict::kBehind:
      return "behind";
    case Verdict::kShrunk:
      return "shrunk";
    case Verdict::kForked:
      return "forked";
  }
  return "bad-note";
}

Witness::Witness(std::unique_ptr<State> state) : state_(std::move(state)) {}

Witness::~Witness() = default;

Result<std::unique_ptr<Witness>> Witness::Open(
    const std::filesystem::path& folder, SigningKey key, std::vector<VerifierKey> logs
) {
  if (key.verifier().kind() != KeyKind::kWitness) {
    return Error{ErrorCode::kUsage, "a witness does not sign with the key of a log"};
  }
  MUSUBI_CHECK_OK(MakeFolder(folder));
  MUSUBI_CHECK_OK(SyncFolder(folder.has_parent_path() ? folder.parent_path() : "."));
  auto state = std::make_unique<State>(folder, std::move(key), std::move(logs));
  for (const VerifierKey& log : state->logs) {
    MUSUBI_CHECK_OK(state->Load(log));
  }
  return std::unique_ptr<Witness>(new Witness(std::move(state)));
}

Result<void> Witness::State::Load(const VerifierKey& log) {
  const std::filesystem::path path = PathOf(log.name());
  const auto note = ReadFile(path, kNoteSizeMax);
  if (!note) {
    return note.error().code == ErrorCode::kNotFound ? Ok() : Result<void>(note.error());
  }
  const auto opened = OpenCheckpoint(*note, log);
  if (!opened) {
    return Error{
        ErrorCode::kCorrupt,
        "what the witness remembers cannot be trusted: " + opened.error().message,
        path.string(),
        "bring the file back, or give the witness a new key"
    };
  }
  seen.insert_or_assign(log.name(), opened->checkpoint);
  return Ok();
}

Result<WitnessAnswer> Witness::State::Judge(
    const SignedCheckpoint& shown,
    std::uint64_t old_size,
    std::span<const Digest> proof,
    Instant now
) {
  const Checkpoint& checkpoint = shown.checkpoint;
  const auto found = seen.find(checkpoint.origin);
  const Checkpoint known = found == seen.end() ? Checkpoint{checkpoint.origin} : found->second;
  const bool is_first = found == seen.end();
  if (!is_first || old_size != 0) {
    if (auto refused = Contradiction(known, checkpoint, old_size, proof)) {
      return *refused;
    }
  } else if (!proof.empty()) {
    return Refuse(Verdict::kForked, "nothing was seen, so nothing is to be proven");
  }
  // Durable first: after a crash the witness must remember everything it has ever signed.
  if (is_first || !(known == checkpoint)) {
    MUSUBI_CHECK_OK(WriteFile(PathOf(checkpoint.origin), shown.note.Text()));
    seen.insert_or_assign(checkpoint.origin, checkpoint);
  }
  return WitnessAnswer{Verdict::kCosigned, {}, known.size, key.Sign(shown.note.text, now)};
}

Result<WitnessAnswer> Witness::Cosign(
    std::string_view checkpoint_note,
    std::uint64_t old_size,
    std::span<const Digest> proof,
    Instant now
) {
  const auto note = Note::Parse(checkpoint_note);
  if (!note) {
    return Refuse(Verdict::kBadNote, note.error().message);
  }
  const auto checkpoint = Checkpoint::Parse(note->text);
  if (!checkpoint) {
    return Refuse(Verdict::kBadNote, checkpoint.error().message);
  }
  const auto log =
      std::find_if(state_->logs.begin(), state_->logs.end(), [&](const VerifierKey& key) {
        return key.name() == checkpoint->origin;
      });
  if (log == state_->logs.end()) {
    return Refuse(Verdict::kUnknownLog, "not a log this witness watches");
  }
  const auto opened = OpenCheckpoint(checkpoint_note, *log);
  if (!opened) {
    return Refuse(Verdict::kBadNote, opened.error().message);
  }
  const std::lock_guard lock(state_->mutex);
  return state_->Judge(*opened, old_size, proof, now);
}

std::uint64_t Witness::KnownSize(std::string_view origin) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->seen.find(origin);
  return found == state_->seen.end() ? 0 : found->second.size;
}

Result<std::string> Witness::KnownNote(std::string_view origin) const {
  const std::lock_guard lock(state_->mutex);
  return ReadFile(state_->PathOf(origin), kNoteSizeMax);
}

}  // namespace musubi::ledger
