#include "ledger/audit.h"

#include <algorithm>
#include <array>

namespace musubi::ledger {

namespace {

// One pass over a log. A method returns false when the log was found at fault (`report_.finding`).
class Auditor {
 public:
  Auditor(const ReadResource& read, const AuditOptions& options) : read_(read), options_(options) {}

  Result<AuditReport> Run() {
    MUSUBI_TRY(bool is_good, CheckPromises());
    for (std::uint64_t bundle = 0; is_good && range_.size() < size(); ++bundle) {
      MUSUBI_TRY(is_good, CheckBundle(bundle));
    }
    if (is_good) {
      MUSUBI_TRY(is_good, CheckEnd());
    }
    report_.entry_count = range_.size();
    return std::move(report_);
  }

 private:
  [[nodiscard]] std::uint64_t size() const { return report_.checkpoint.size; }

  bool Find(std::string resource, std::optional<std::uint64_t> index, std::string reason) {
    report_.finding = Finding{std::move(resource), index, std::move(reason)};
    return false;
  }

  // A resource the log must serve. Missing or damaged: a finding; anything else is an error.
  Result<std::optional<Bytes>> ReadRequired(const std::string& path) {
    Result<Bytes> bytes = read_(path);
    if (bytes.ok()) {
      return std::optional(std::move(bytes).value());
    }
    const Error& error = bytes.error();
    const bool is_fault = error.code == ErrorCode::kNotFound || error.code == ErrorCode::kCorrupt ||
                          error.code == ErrorCode::kInvalid;
    if (!is_fault) {
      return error;
    }
    const bool is_elsewhere = !error.place.empty() && error.place != path;
    Find(
        path,
        std::nullopt,
        error.code == ErrorCode::kNotFound ? "is missing"
        : is_elsewhere                     ? error.place + ": " + error.message
                                           : error.message
    );
    return std::optional<Bytes>();
  }

  Result<bool> CheckPromises() {
    MUSUBI_TRY(const std::optional<Bytes> note, ReadRequired("checkpoint"));
    if (!note) {
      return false;
    }
    const auto opened = OpenCheckpoint(AsText(*note), options_.log_key);
    if (!opened) {
      return Find("checkpoint", std::nullopt, opened.error().message);
    }
    report_.checkpoint = opened->checkpoint;
    return options_.witnesses.empty() ? Result<bool>(true) : CheckWitnesses(opened->note);
  }

  [[nodiscard]] bool IsCosigned(const Note& note) const {
    return std::all_of(
        options_.witnesses.begin(),
        options_.witnesses.end(),
        [&](const VerifierKey& witness) { return witness.Verify(note).ok(); }
    );
  }

  // The newest checkpoint itself, or an earlier one kept beside it.
  Result<bool> CheckWitnesses(const Note& newest) {
    witnessed_ = report_.checkpoint;
    if (!IsCosigned(newest)) {
      MUSUBI_TRY(const std::optional<Bytes> note, ReadRequired("witnessed"));
      if (!note) {
        return Find("checkpoint", std::nullopt, "has not the cosignature of the witness asked for");
      }
      const auto opened = OpenCheckpoint(AsText(*note), options_.log_key);
      if (!opened || !IsCosigned(opened->note)) {
        return Find("witnessed", std::nullopt, "has not the cosignature of the witness asked for");
      }
      witnessed_ = opened->checkpoint;
    }
    if (witnessed_->size > size()) {
      return Find("checkpoint", std::nullopt, "is smaller than what a witness has seen");
    }
    return witnessed_->size > 0 || CheckWitnessedRoot();
  }

  bool CheckWitnessedRoot() {
    if (!witnessed_ || witnessed_->size != range_.size()) {
      return true;
    }
    report_.witnessed_size = witnessed_->size;
    return range_.Root() == witnessed_->root ||
           Find("witnessed", std::nullopt, "a witness has seen another history");
  }

  Result<bool> CheckBundle(std::uint64_t index) {
    const unsigned width = TileWidth(size(), 0, index);
    const Tile bundle{true, 0, index, width};
    const Tile tile{false, 0, index, width};
    MUSUBI_TRY(const std::optional<Bytes> bytes, ReadRequired(bundle.Path()));
    if (!bytes) {
      return false;
    }
    const auto entries = ParseBundle(*bytes, width);
    MUSUBI_TRY(const std::optional<Bytes> hash_bytes, ReadRequired(tile.Path()));
    if (!hash_bytes) {
      return false;
    }
    const auto hashes = ParseTile(*hash_bytes, width);
    if (!hashes) {
      return Find(tile.Path(), std::nullopt, hashes.error().message);
    }
    if (!entries) {
      return Find(bundle.Path(), std::nullopt, entries.error().message);
    }
    for (unsigned i = 0; i < width; ++i) {
      if (LeafHash((*entries)[i]) != (*hashes)[i]) {
        return BlameLeaf(tile, *hashes, i);
      }
    }
    MUSUBI_CHECK_OK(HandOut(*entries));
    return Take(*hashes);
  }

  // Entry and leaf differ: whichever the rest of the tree does not stand on is the one at fault.
  Result<bool> BlameLeaf(const Tile& tile, const std::vector<Digest>& hashes, unsigned place) {
    CompactRange own;
    CompactRange whole = range_;
    for (const Digest& hash : hashes) {
      own.Append(hash);
      whole.Append(hash);
    }
    bool is_tile_good = whole.size() == size() && whole.Root() == report_.checkpoint.root;
    if (tile.width == kTileWidth && !is_tile_good) {
      const std::uint64_t parent = tile.index / kTileWidth;
      const unsigned width = TileWidth(size(), 1, parent);
      const auto bytes = read_(Tile{false, 1, parent, width}.Path());
      const auto above = bytes ? ParseTile(*bytes, width) : Result<Proof>(bytes.error());
      is_tile_good = above && (*above)[tile.index % kTileWidth] == own.Root();
    }
    const Tile blamed{is_tile_good, 0, tile.index, tile.width};
    const std::uint64_t index = tile.index * kTileWidth + place;
    return Find(blamed.Path(), index, "the entry does not hash to its leaf");
  }

  Result<void> HandOut(const std::vector<BytesView>& entries) {
    for (std::size_t i = 0; options_.on_entry && i < entries.size(); ++i) {
      MUSUBI_CHECK_OK(options_.on_entry(range_.size() + i, entries[i]));
    }
    if (options_.on_progress) {
      options_.on_progress(range_.size() + entries.size(), size());
    }
    return Ok();
  }

  Result<bool> Take(const std::vector<Digest>& leaves) {
    ++report_.tile_count;
    const CompactRange::OnNode on_node = [this](const Node& node, const Digest& hash) {
      if (node.height % kTileHeight == 0 && node.height / kTileHeight <= kLevelMax) {
        open_[node.height / kTileHeight].push_back(hash);
      }
    };
    for (const Digest& leaf : leaves) {
      range_.Append(leaf, on_node);
      if (!CheckWitnessedRoot()) {
        return false;
      }
    }
    for (unsigned level = 1; level <= kLevelMax; ++level) {
      if (open_[level].size() == kTileWidth) {
        MUSUBI_TRY(const bool is_good, CheckTile(level));
        if (!is_good) {
          return false;
        }
      }
    }
    return true;
  }

  // The tile of `level` that the levels below have filled, against the one that is served.
  Result<bool> CheckTile(unsigned level) {
    std::vector<Digest>& expected = open_[level];
    const std::uint64_t first = LevelSize(range_.size(), level) - expected.size();
    const auto width = static_cast<unsigned>(expected.size());
    const Tile tile{false, level, first / kTileWidth, width};
    MUSUBI_TRY(const std::optional<Bytes> bytes, ReadRequired(tile.Path()));
    if (!bytes) {
      return false;
    }
    const auto hashes = ParseTile(*bytes, width);
    if (!hashes) {
      return Find(tile.Path(), std::nullopt, hashes.error().message);
    }
    const auto fault = std::mismatch(hashes->begin(), hashes->end(), expected.begin());
    if (fault.first != hashes->end()) {
      const auto place = static_cast<std::uint64_t>(fault.first - hashes->begin());
      return Find(tile.Path(), first + place, "is not the hash of the tile below");
    }
    ++report_.tile_count;
    expected.clear();
    return true;
  }

  Result<bool> CheckEnd() {
    if (range_.Root() != report_.checkpoint.root) {
      return Find("checkpoint", std::nullopt, "promises another root than the entries have");
    }
    for (unsigned level = 1; level <= kLevelMax; ++level) {
      if (!open_[level].empty()) {
        MUSUBI_TRY(const bool is_good, CheckTile(level));
        if (!is_good) {
          return false;
        }
      }
    }
    return true;
  }

  const ReadResource& read_;
  const AuditOptions& options_;
  AuditReport report_;
  std::optional<Checkpoint> witnessed_;
  CompactRange range_;
  std::array<std::vector<Digest>, kLevelMax + 1> open_{};  // hashes of tiles not yet compared
};

}  // namespace

Result<AuditReport> Audit(const ReadResource& read, const AuditOptions& options) {
  return Auditor(read, options).Run();
}

std::string_view AgreementName(Agreement agreement) {
  switch (agreement) {
    case Agreement::kSame:
      return "same";
    case Agreement::kConsistent:
      return "consistent";
    case Agreement::kForked:
      return "forked";
  }
  return "forked";
}

Result<Agreement> CompareViews(const View& one, const View& other) {
  if (one.checkpoint.origin != other.checkpoint.origin) {
    return Error{ErrorCode::kUsage, "checkpoints of two different logs cannot be compared"};
  }
  const bool is_one_larger = one.checkpoint.size > other.checkpoint.size;
  const View& larger = is_one_larger ? one : other;
  const Checkpoint& smaller = (is_one_larger ? other : one).checkpoint;
  if (larger.checkpoint.size == smaller.size) {
    return larger.checkpoint.root == smaller.root ? Agreement::kSame : Agreement::kForked;
  }
  if (smaller.size == 0) {
    return Agreement::kConsistent;
  }
  // The proof ties the root it leads to with the larger checkpoint as well: tiles that do not
  // belong to it show nothing.
  const ReadNode nodes = NodesFromTiles(larger.checkpoint.size, larger.read);
  MUSUBI_TRY(const Digest root, RootAt(smaller.size, nodes));
  MUSUBI_TRY(const Proof proof, MakeConsistencyProof(smaller.size, larger.checkpoint.size, nodes));
  const ConsistencyClaim claim{smaller.size, larger.checkpoint.size, root, larger.checkpoint.root};
  if (!VerifyConsistency(claim, proof)) {
    return Error{ErrorCode::kCorrupt, "the tiles do not belong to the checkpoint"};
  }
  return root == smaller.root ? Agreement::kConsistent : Agreement::kForked;
}

}  // namespace musubi::ledger
