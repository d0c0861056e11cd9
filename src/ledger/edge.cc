#include "ledger/edge.h"

#include <algorithm>

#include "base/check.h"

namespace musubi::ledger {

namespace {

std::uint64_t TileStart(std::uint64_t index) {
  return index / kTileWidth * kTileWidth;
}

Error DoesNotFit() {
  return {ErrorCode::kCorrupt, "the beginning of the edge does not fit together"};
}

// The node of a tree whose partial tiles are given; within them only.
Result<Digest> NodeOf(const Edge::Base& base, const Node& node) {
  const std::vector<Digest>& tile = base.tiles[node.height / kTileHeight];
  const unsigned above = node.height % kTileHeight;
  const std::uint64_t begin = (node.index << above) % kTileWidth;
  const std::uint64_t count = std::uint64_t{1} << above;
  if (begin + count > tile.size()) {
    return DoesNotFit();
  }
  CompactRange range;
  for (std::uint64_t i = 0; i < count; ++i) {
    range.Append(tile[begin + i]);
  }
  return range.Root();
}

}  // namespace

Result<Edge> Edge::Load(const Base& base) {
  Edge edge;
  for (unsigned level = 0; level <= kLevelMax; ++level) {
    const std::uint64_t count = LevelSize(base.size, level);
    if (base.tiles[level].size() != count % kTileWidth) {
      return DoesNotFit();
    }
    edge.levels_[level] = Level{TileStart(count), base.tiles[level]};
  }
  MUSUBI_TRY(edge.range_, CompactRange::Load(base.size, [&](const Node& node) {
               return NodeOf(base, node);
             }));
  const auto width = static_cast<unsigned>(base.tiles[0].size());
  MUSUBI_TRY(const std::vector<BytesView> entries, ParseBundle(base.bundle, width));
  std::size_t end = 0;
  for (unsigned i = 0; i < width; ++i) {
    if (LeafHash(entries[i]) != base.tiles[0][i]) {
      return DoesNotFit();
    }
    end += entries[i].size() + 2;
    edge.ends_.push_back(end);
  }
  edge.bundle_ = base.bundle;
  return edge;
}

Edge::Group Edge::Prepare(std::span<const BytesView> entries) const {
  Group group;
  group.range = range_;
  group.sizes.reserve(entries.size());
  group.hashes[0].reserve(entries.size());
  std::size_t bundle_size = 0;
  for (const BytesView entry : entries) {
    bundle_size += entry.size() + 2;
  }
  group.bundle.reserve(bundle_size);
  const CompactRange::OnNode on_node = [&group](const Node& node, const Digest& hash) {
    const bool is_tile = node.height % kTileHeight == 0;
    if (is_tile && node.height / kTileHeight <= kLevelMax) {
      group.hashes[node.height / kTileHeight].push_back(hash);
    }
  };
  for (const BytesView entry : entries) {
    AddToBundle(entry, group.bundle);
    group.sizes.push_back(entry.size() + 2);
    group.hashes[0].push_back(LeafHash(entry));
    group.range.Append(group.hashes[0].back(), on_node);
  }
  return group;
}

void Edge::Apply(Group&& group) {
  MUSUBI_CHECK(group.range.size() == size() + group.sizes.size());
  for (unsigned level = 0; level <= kLevelMax; ++level) {
    std::vector<Digest>& hashes = levels_[level].hashes;
    hashes.insert(hashes.end(), group.hashes[level].begin(), group.hashes[level].end());
  }
  bundle_.insert(bundle_.end(), group.bundle.begin(), group.bundle.end());
  for (const std::size_t entry_size : group.sizes) {
    ends_.push_back((ends_.empty() ? 0 : ends_.back()) + entry_size);
  }
  range_ = std::move(group.range);
}

Edge::Base Edge::MakeBase() const {
  Base base;
  base.size = size();
  for (unsigned level = 0; level <= kLevelMax; ++level) {
    const Level& kept = levels_[level];
    const auto width = static_cast<std::ptrdiff_t>(kept.hashes.size() % kTileWidth);
    base.tiles[level].assign(kept.hashes.end() - width, kept.hashes.end());
  }
  const auto width = static_cast<unsigned>(base.tiles[0].size());
  if (width > 0) {
    base.bundle = ReadBundle(size() - width, width).value();
  }
  return base;
}

bool Edge::IsBehind(const Tile& tile) const {
  return tile.index < levels_[tile.level].first / kTileWidth;
}

std::optional<Bytes> Edge::ReadBundle(std::uint64_t first, unsigned width) const {
  const std::uint64_t skipped = first - levels_[0].first;
  if (skipped + width > ends_.size()) {
    return std::nullopt;
  }
  const std::size_t begin = skipped == 0 ? 0 : ends_[skipped - 1];
  const std::size_t end = ends_[skipped + width - 1];
  return Bytes(
      bundle_.begin() + static_cast<std::ptrdiff_t>(begin),
      bundle_.begin() + static_cast<std::ptrdiff_t>(end)
  );
}

std::optional<Bytes> Edge::Read(const Tile& tile) const {
  if (IsBehind(tile) || tile.index > size() / kTileWidth) {
    return std::nullopt;
  }
  if (tile.is_entries) {
    return ReadBundle(tile.index * kTileWidth, tile.width);
  }
  const Level& level = levels_[tile.level];
  const std::uint64_t begin = tile.index * kTileWidth - level.first;
  if (begin + tile.width > level.hashes.size()) {
    return std::nullopt;
  }
  Bytes bytes;
  bytes.reserve(tile.width * Digest{}.size());
  for (std::uint64_t i = begin; i < begin + tile.width; ++i) {
    bytes.insert(bytes.end(), level.hashes[i].begin(), level.hashes[i].end());
  }
  return bytes;
}

std::vector<Tile> Edge::CompleteTiles(std::uint64_t size) const {
  std::vector<Tile> tiles;
  for (unsigned level = 0; level <= kLevelMax; ++level) {
    const std::uint64_t end = LevelSize(size, level) / kTileWidth;
    for (std::uint64_t i = levels_[level].first / kTileWidth; i < end; ++i) {
      if (level == 0) {
        tiles.push_back(Tile{true, 0, i});
      }
      tiles.push_back(Tile{false, level, i});
    }
  }
  return tiles;
}

void Edge::Forget(std::uint64_t size) {
  for (unsigned level = 0; level <= kLevelMax; ++level) {
    Level& kept = levels_[level];
    const std::uint64_t first = TileStart(LevelSize(size, level));
    if (first <= kept.first) {
      continue;
    }
    const auto count = static_cast<std::ptrdiff_t>(first - kept.first);
    if (level == 0) {
      const std::size_t bytes = ends_[static_cast<std::size_t>(count) - 1];
      bundle_.erase(bundle_.begin(), bundle_.begin() + static_cast<std::ptrdiff_t>(bytes));
      ends_.erase(ends_.begin(), ends_.begin() + count);
      std::for_each(ends_.begin(), ends_.end(), [bytes](std::size_t& end) { end -= bytes; });
    }
    kept.hashes.erase(kept.hashes.begin(), kept.hashes.begin() + count);
    kept.first = first;
  }
}

}  // namespace musubi::ledger
