#include <array>
#include <memory>

#include "ledger/tile.h"

namespace musubi::ledger {

namespace {

class TileNodes {
 public:
  TileNodes(std::uint64_t size, ReadResource read) : size_(size), read_(std::move(read)) {}

  Result<Digest> Read(const Node& node) {
    const unsigned level = node.height / kTileHeight;
    const unsigned above = node.height % kTileHeight;
    if (level > kLevelMax) {
      return Error{ErrorCode::kInvalid, "no log is so large"};
    }
    const std::uint64_t first = node.index << above;
    const std::uint64_t count = std::uint64_t{1} << above;
    const std::uint64_t begin = first % kTileWidth;
    MUSUBI_TRY(const std::vector<Digest>* hashes, ReadTile(level, first / kTileWidth));
    if (begin + count > hashes->size()) {
      return Error{ErrorCode::kInvalid, "the tree has no such node"};
    }
    CompactRange range;
    for (std::uint64_t i = 0; i < count; ++i) {
      range.Append((*hashes)[begin + i]);
    }
    return range.Root();
  }

 private:
  struct Kept {
    std::uint64_t index = 0;
    std::vector<Digest> hashes;
  };

  Result<const std::vector<Digest>*> ReadTile(unsigned level, std::uint64_t index) {
    Kept& kept = kept_[level];
    if (kept.hashes.empty() || kept.index != index) {
      const Tile tile{false, level, index, TileWidth(size_, level, index)};
      if (tile.width == 0) {
        return Error{ErrorCode::kInvalid, "the tree has no such node"};
      }
      MUSUBI_TRY(const Bytes bytes, read_(tile.Path()));
      MUSUBI_TRY(kept.hashes, ParseTile(bytes, tile.width));
      kept.index = index;
    }
    return &kept.hashes;
  }

  std::uint64_t size_;
  ReadResource read_;
  std::array<Kept, kLevelMax + 1> kept_{};
};

}  // namespace

ReadNode NodesFromTiles(std::uint64_t size, ReadResource read) {
  // shared_ptr: std::function wants to be copied; all copies read through the same cache.
  auto nodes = std::make_shared<TileNodes>(size, std::move(read));
  return [nodes](const Node& node) { return nodes->Read(node); };
}

}  // namespace musubi::ledger
