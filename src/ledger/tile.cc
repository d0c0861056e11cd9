#include "ledger/tile.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/check.h"

namespace musubi::ledger {

namespace {
constexpr std::string_view kTilePrefix = "tile/";
constexpr std::string_view kEntriesLevel = "entries";
constexpr std::string_view kPartial = ".p/";
constexpr std::size_t kDigitsMax = 18;  // of a tile index: more are beyond every log
constexpr std::size_t kLengthSize = 2;

bool AreDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char character) {
    return character >= '0' && character <= '9';
  });
}

// Decimal without leading zeroes, up to `most`.
bool ParseNumber(std::string_view text, unsigned most, unsigned& out) {
  if (!AreDigits(text) || text.size() > 3 || (text.size() > 1 && text.front() == '0')) {
    return false;
  }
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out <= most;
}

// "x001/x234/067". One spelling each: the first group is not 000 unless it is the only one.
bool ParseIndex(std::string_view text, std::uint64_t& out) {
  std::string digits;
  while (text.starts_with('x') && digits.size() < kDigitsMax) {
    if (text.size() < 5 || text[4] != '/') {
      return false;
    }
    digits += text.substr(1, 3);
    text.remove_prefix(5);
  }
  digits += text;
  const bool has_empty_group = digits.size() > 3 && digits.starts_with("000");
  if (text.size() != 3 || !AreDigits(digits) || has_empty_group || digits.size() > kDigitsMax) {
    return false;
  }
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return true;
}

Error NotAResource() {
  return {ErrorCode::kInvalid, "not a resource of a log"};
}

Error Damaged(const char* reason) {
  return {ErrorCode::kCorrupt, reason};
}

}  // namespace

Result<Tile> Tile::Parse(std::string_view resource) {
  Tile tile;
  if (!resource.starts_with(kTilePrefix)) {
    return NotAResource();
  }
  resource.remove_prefix(kTilePrefix.size());
  const std::size_t slash = resource.find('/');
  if (slash == std::string_view::npos) {
    return NotAResource();
  }
  const std::string_view level = resource.substr(0, slash);
  resource.remove_prefix(slash + 1);
  tile.is_entries = level == kEntriesLevel;
  if (!tile.is_entries && !ParseNumber(level, kLevelMax, tile.level)) {
    return NotAResource();
  }
  const std::size_t partial = resource.find(kPartial);
  if (partial != std::string_view::npos) {
    const std::string_view width = resource.substr(partial + kPartial.size());
    if (!ParseNumber(width, kTileWidth - 1, tile.width) || tile.width == 0) {
      return NotAResource();
    }
    resource = resource.substr(0, partial);
  }
  return ParseIndex(resource, tile.index) ? Result<Tile>(tile) : NotAResource();
}

std::string Tile::Path() const {
  std::string groups = std::to_string(index);
  groups.insert(0, (3 - groups.size() % 3) % 3, '0');
  std::string path(kTilePrefix);
  path.append(is_entries ? std::string(kEntriesLevel) : std::to_string(level));
  for (std::size_t i = 0; i < groups.size(); i += 3) {
    path.append(i + 3 < groups.size() ? "/x" : "/").append(groups, i, 3);
  }
  if (width < kTileWidth) {
    path.append(kPartial).append(std::to_string(width));
  }
  return path;
}

std::uint64_t LevelSize(std::uint64_t size, unsigned level) {
  const unsigned shift = level * kTileHeight;
  return shift < std::numeric_limits<std::uint64_t>::digits ? size >> shift : 0;
}

unsigned TileWidth(std::uint64_t size, unsigned level, std::uint64_t index) {
  const std::uint64_t hashes = LevelSize(size, level);
  const std::uint64_t full = hashes / kTileWidth;
  return index < full    ? static_cast<unsigned>(kTileWidth)
         : index == full ? static_cast<unsigned>(hashes % kTileWidth)
                         : 0;
}

Result<std::vector<Digest>> ParseTile(BytesView bytes, unsigned width) {
  constexpr std::size_t kSize = Digest{}.size();
  if (bytes.size() != width * kSize) {
    return Damaged("the tile has not the size it should have");
  }
  std::vector<Digest> hashes(width);
  for (std::size_t i = 0; i < width; ++i) {
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(i * kSize), kSize, hashes[i].begin());
  }
  return hashes;
}

Result<std::vector<BytesView>> ParseBundle(BytesView bytes, unsigned width) {
  std::vector<BytesView> entries;
  entries.reserve(std::min<std::size_t>(width, kTileWidth));
  for (unsigned i = 0; i < width; ++i) {
    if (bytes.size() < kLengthSize) {
      return Damaged("the bundle has fewer entries than it should have");
    }
    const std::size_t size = std::size_t{bytes[0]} << 8U | bytes[1];
    bytes = bytes.subspan(kLengthSize);
    if (bytes.size() < size) {
      return Damaged("the bundle ends within an entry");
    }
    entries.push_back(bytes.first(size));
    bytes = bytes.subspan(size);
  }
  if (!bytes.empty()) {
    return Damaged("something follows the last entry of the bundle");
  }
  return entries;
}

void AddToBundle(BytesView entry, Bytes& bundle) {
  MUSUBI_CHECK(entry.size() <= kEntrySizeMax);
  bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8U));
  bundle.push_back(static_cast<std::uint8_t>(entry.size() & 0xffU));
  bundle.insert(bundle.end(), entry.begin(), entry.end());
}

}  // namespace musubi::ledger
