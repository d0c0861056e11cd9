// Names and contents of the static resources of a log (c2sp.org/tlog-tiles, tile height 8):
//
//   tile/<L>/<N>[.p/<W>]        256 (or W) hashes of level L
//   tile/entries/<N>[.p/<W>]    256 (or W) entries, each after its length (uint16, big endian)
//
// N is written in groups of three digits, all but the last with an x before: 1234067 is
// x001/x234/067. Level L holds the hashes of complete subtrees of 256^L entries.
//
// Parsing accepts exactly one spelling of every resource. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/merkle.h"

namespace musubi::ledger {

inline constexpr unsigned kTileHeight = 8;
inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr unsigned kLevelMax = 7;  // 256^8 entries are more than 64 bits can count
inline constexpr std::size_t kEntrySizeMax = 65535;

struct Tile {
  bool is_entries = false;  // an entry bundle; level is 0 then
  unsigned level = 0;
  std::uint64_t index = 0;
  unsigned width = kTileWidth;  // 1..255: partial

  // "tile/0/x001/234.p/17".
  [[nodiscard]] static Result<Tile> Parse(std::string_view resource);
  [[nodiscard]] std::string Path() const;

  friend bool operator==(const Tile&, const Tile&) = default;
};

// How many hashes level `level` has in a tree of `size` entries.
[[nodiscard]] std::uint64_t LevelSize(std::uint64_t size, unsigned level);
// How wide tile `index` of `level` is in a tree of `size` entries; 0: it is not there.
[[nodiscard]] unsigned TileWidth(std::uint64_t size, unsigned level, std::uint64_t index);

// The hashes of a tile. kCorrupt: not `width` hashes.
[[nodiscard]] Result<std::vector<Digest>> ParseTile(BytesView bytes, unsigned width);
// The entries of a bundle, as views into it. kCorrupt: not exactly `width` entries.
[[nodiscard]] Result<std::vector<BytesView>> ParseBundle(BytesView bytes, unsigned width);
// Appends one entry with its length. MUSUBI_CHECKs that it is not larger than kEntrySizeMax.
void AddToBundle(BytesView entry, Bytes& bundle);

// The bytes of a resource by its path, wherever they lie: a folder, a URL, a Log.
using ReadResource = std::function<Result<Bytes>(const std::string& path)>;

// Reads nodes of a tree of `size` entries out of its tiles; keeps the last tile of each level, so
// that a proof reads each tile once. One thread.
[[nodiscard]] ReadNode NodesFromTiles(std::uint64_t size, ReadResource read);

}  // namespace musubi::ledger
