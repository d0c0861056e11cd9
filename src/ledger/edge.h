// The right edge of the tree in memory: the tiles of every level, and the entry bundles, that have
// no file of their own yet.
//
// A group is prepared (hashed) without changing the edge, made durable by the caller, and only then
// applied; so a failed write leaves nothing to take back. Not thread-safe: readers and Apply/Forget
// are kept apart by the caller; Prepare may run beside readers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/merkle.h"
#include "ledger/tile.h"

namespace musubi::ledger {

class Edge {
 public:
  // A group that is ready to be applied.
  struct Group {
    Bytes bundle;  // the entries with their lengths
    std::vector<std::size_t> sizes;
    std::array<std::vector<Digest>, kLevelMax + 1> hashes;
    CompactRange range;

    [[nodiscard]] Digest root() const { return range.Root(); }
  };

  // The partial tiles of a tree of `size` entries: all that is needed to go on from there.
  struct Base {
    std::uint64_t size = 0;
    std::array<std::vector<Digest>, kLevelMax + 1> tiles;
    Bytes bundle;  // the entries of the partial bundle
  };

  Edge() = default;
  // kCorrupt: tiles, bundle and size do not belong together.
  [[nodiscard]] static Result<Edge> Load(const Base& base);

  [[nodiscard]] Group Prepare(std::span<const BytesView> entries) const;
  void Apply(Group&& group);
  [[nodiscard]] Base MakeBase() const;

  // Bytes of a tile or bundle, or of the first `width` of it; nothing: it lies left of the edge, or
  // beyond the end (what of the two, IsBehind says).
  [[nodiscard]] std::optional<Bytes> Read(const Tile& tile) const;
  [[nodiscard]] bool IsBehind(const Tile& tile) const;

  // The tiles that are complete in a tree of `size` entries and still kept here.
  [[nodiscard]] std::vector<Tile> CompleteTiles(std::uint64_t size) const;
  // Drops them.
  void Forget(std::uint64_t size);

  [[nodiscard]] std::uint64_t size() const { return range_.size(); }

  [[nodiscard]] Digest root() const { return range_.Root(); }

 private:
  struct Level {
    std::uint64_t first = 0;  // index of hashes.front(); a multiple of kTileWidth
    std::vector<Digest> hashes;
  };

  [[nodiscard]] std::optional<Bytes> ReadBundle(std::uint64_t first, unsigned width) const;

  CompactRange range_;
  std::array<Level, kLevelMax + 1> levels_{};
  Bytes bundle_;                   // the entries from levels_[0].first on, with their lengths
  std::vector<std::size_t> ends_;  // where in bundle_ each ends
};

}  // namespace musubi::ledger
