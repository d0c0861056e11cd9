#include <algorithm>
#include <map>
#include <utility>

#include "base/io.h"
#include "ledger/log_state.h"

namespace musubi::ledger {

namespace {

Error BeyondTheEnd() {
  return {ErrorCode::kNotFound, "the log has no such entry or tile"};
}

Bytes ToBytes(std::string_view text) {
  const BytesView bytes = AsBytes(text);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

Result<Bytes> Log::State::ReadTile(const Tile& tile) const {
  {
    const std::shared_lock reading(mutex);
    if (tile.width > TileWidth(edge.size(), tile.level, tile.index)) {
      return BeyondTheEnd();
    }
    std::optional<Bytes> bytes = edge.Read(tile);
    if (bytes) {
      return std::move(*bytes);
    }
  }
  return ReadTileFile(folder, tile);  // it never changes: no lock
}

Result<ReadNode> Log::State::Nodes(std::uint64_t size) const {
  std::uint64_t present = 0;
  {
    const std::shared_lock reading(mutex);
    present = edge.size();
  }
  if (size > present) {
    return Error{ErrorCode::kInvalid, "the log is not yet so large"};
  }
  return NodesFromTiles(present, [this](const std::string& path) -> Result<Bytes> {
    MUSUBI_TRY(const Tile tile, Tile::Parse(path));
    return ReadTile(tile);
  });
}

Result<Bytes> Log::ReadResource(std::string_view path) const {
  if (path == kCheckpointName) {
    return ToBytes(Checkpoint());
  }
  if (path == kVkeyName) {
    return ToBytes(state_->options.key.verifier().Text() + "\n");
  }
  if (path == kWitnessedName) {
    MUSUBI_TRY(const std::string note, ReadFile(state_->folder / kWitnessedName, kNoteSizeMax));
    return ToBytes(note);
  }
  MUSUBI_TRY(const Tile tile, Tile::Parse(path));
  return state_->ReadTile(tile);
}

Result<Bytes> Log::ReadEntry(std::uint64_t index) const {
  const auto place = static_cast<unsigned>(index % kTileWidth);
  const std::uint64_t bundle = index / kTileWidth;
  const unsigned width = TileWidth(size(), 0, bundle);
  if (place >= width) {
    return BeyondTheEnd();
  }
  MUSUBI_TRY(const Bytes bytes, state_->ReadTile(Tile{true, 0, bundle, width}));
  MUSUBI_TRY(const std::vector<BytesView> entries, ParseBundle(bytes, width));
  return Bytes(entries[place].begin(), entries[place].end());
}

Result<Proof> Log::InclusionProof(std::uint64_t index, std::uint64_t size) const {
  MUSUBI_TRY(const ReadNode nodes, state_->Nodes(size));
  return MakeInclusionProof(index, size, nodes);
}

// Neighbours share nearly all of their paths, and a node within a tile is hashed from its leaves.
Result<std::vector<Proof>> Log::InclusionProofs(
    std::span<const std::uint64_t> indices, std::uint64_t size
) const {
  MUSUBI_TRY(const ReadNode nodes, state_->Nodes(size));
  std::map<std::pair<unsigned, std::uint64_t>, Digest> known;
  const ReadNode remembering = [&](const Node& node) -> Result<Digest> {
    const auto [place, is_new] = known.try_emplace({node.height, node.index});
    if (is_new) {
      auto hash = nodes(node);
      if (!hash.ok()) {
        known.erase(place);
        return hash;
      }
      place->second = *hash;
    }
    return place->second;
  };
  std::vector<Proof> proofs;
  proofs.reserve(indices.size());
  for (const std::uint64_t index : indices) {
    MUSUBI_TRY(Proof proof, MakeInclusionProof(index, size, remembering));
    proofs.push_back(std::move(proof));
  }
  return proofs;
}

Result<Proof> Log::ConsistencyProof(std::uint64_t first, std::uint64_t second) const {
  MUSUBI_TRY(const ReadNode nodes, state_->Nodes(second));
  return MakeConsistencyProof(first, second, nodes);
}

Result<Digest> Log::RootAt(std::uint64_t size) const {
  MUSUBI_TRY(const ReadNode nodes, state_->Nodes(size));
  return ledger::RootAt(size, nodes);
}

Result<void> Log::AddCosignature(
    std::string_view checkpoint_note, const NoteSignature& cosignature, const VerifierKey& witness
) {
  const VerifierKey& own = state_->options.key.verifier();
  MUSUBI_TRY(SignedCheckpoint theirs, OpenCheckpoint(checkpoint_note, own));
  // Somebody could make a key whose short id is ours.
  if (witness.kind() != KeyKind::kWitness || witness.name() == own.name()) {
    return Error{ErrorCode::kRefused, "not the key of a witness"};
  }
  MUSUBI_CHECK_OK(witness.VerifySignature(theirs.note.text, cosignature));
  MUSUBI_TRY(const Digest root, RootAt(theirs.checkpoint.size));
  if (root != theirs.checkpoint.root) {
    return Error{ErrorCode::kRefused, "the checkpoint is not of this log"};
  }
  return state_->KeepCosignature(std::move(theirs), cosignature);
}

Result<void> Log::State::KeepCosignature(
    SignedCheckpoint theirs, const NoteSignature& cosignature
) {
  const std::lock_guard keeping(witnessed_mutex);
  const std::filesystem::path path = folder / kWitnessedName;
  const auto kept_text = ReadFile(path, kNoteSizeMax);
  const auto kept = kept_text ? Note::Parse(*kept_text) : Result<Note>(kept_text.error());
  const auto kept_checkpoint =
      kept ? ledger::Checkpoint::Parse(kept->text) : Result<ledger::Checkpoint>(kept.error());
  if (kept_checkpoint && kept_checkpoint->size > theirs.checkpoint.size) {
    return Ok();  // a later one is kept already
  }
  Note& note = theirs.note;
  if (kept && kept->text == note.text) {
    note.signatures = kept->signatures;
  }
  std::erase_if(note.signatures, [&](const NoteSignature& signature) {
    return signature.key_name == cosignature.key_name && signature.key_id == cosignature.key_id;
  });
  if (note.signatures.size() >= kSignaturesMax) {
    return Error{ErrorCode::kExhausted, "the checkpoint has cosignatures enough"};
  }
  note.signatures.push_back(cosignature);
  return WriteFile(path, note.Text(), 0644);
}

}  // namespace musubi::ledger
