#include "ledger/merkle.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace musubi::ledger {

namespace {
constexpr std::uint8_t kLeafPrefix = 0x00;
constexpr std::uint8_t kNodePrefix = 0x01;

// One context a thread, made once: making one costs as much as hashing a node.
crypto::Sha256& Hash() {
  thread_local crypto::Sha256 hash;
  return hash;
}

}  // namespace

Digest EmptyRoot() {
  return crypto::Sha256Of({});
}

Digest LeafHash(BytesView entry) {
  crypto::Sha256& hash = Hash();
  hash.Update(BytesView(&kLeafPrefix, 1));
  hash.Update(entry);
  return hash.Finish();
}

Digest NodeHash(const Digest& left, const Digest& right) {
  std::array<std::uint8_t, 65>
      together;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  together[0] = kNodePrefix;
  std::copy(left.begin(), left.end(), together.begin() + 1);
  std::copy(right.begin(), right.end(), together.begin() + 33);
  crypto::Sha256& hash = Hash();
  hash.Update(together);
  return hash.Finish();
}

Result<CompactRange> CompactRange::Load(std::uint64_t size, const ReadNode& read_node) {
  CompactRange range;
  range.size_ = size;
  std::uint64_t begin = 0;
  for (unsigned height = 64; height-- > 0;) {
    if ((size >> height & 1U) == 0) {
      continue;
    }
    MUSUBI_TRY(const Digest peak, read_node(Node{height, begin >> height}));
    range.peaks_.push_back(peak);
    begin += std::uint64_t{1} << height;
  }
  return range;
}

void CompactRange::Append(const Digest& leaf_hash, const OnNode& on_node) {
  Digest hash = leaf_hash;
  // Each trailing one bit of the size is a complete subtree that the new one completes further.
  for (unsigned height = 0; (size_ >> height & 1U) != 0; ++height) {
    MUSUBI_CHECK(!peaks_.empty());
    hash = NodeHash(peaks_.back(), hash);
    peaks_.pop_back();
    if (on_node) {
      on_node(Node{height + 1, size_ >> (height + 1)}, hash);
    }
  }
  peaks_.push_back(hash);
  ++size_;
}

Digest CompactRange::Root() const {
  if (peaks_.empty()) {
    return EmptyRoot();
  }
  Digest root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) {
    root = NodeHash(peaks_[i], root);
  }
  return root;
}

Result<Digest> RootAt(std::uint64_t size, const ReadNode& read_node) {
  MUSUBI_TRY(const CompactRange range, CompactRange::Load(size, read_node));
  return range.Root();
}

}  // namespace musubi::ledger
