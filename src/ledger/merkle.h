// The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1): hashes, proofs and their strict
// verification.
//
// What always holds
//   1. A leaf is SHA-256(0x00 || entry), a node SHA-256(0x01 || left || right), the empty tree
//      SHA-256(""): a node can never be passed off as an entry.
//   2. Entries are numbered from 0. A tree of `size` entries has indices 0 .. size-1.
//   3. Verification accepts exactly the one proof that generation makes: not a hash more or less.
//
// Verification is a pure function of its arguments and says kRefused with the reason. Generation
// reads hashes of complete subtrees through a callback and hands its errors on. Free functions are
// safe from every thread; CompactRange belongs to one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"

namespace musubi::ledger {

using Digest = crypto::Digest;
using Proof = std::vector<Digest>;

[[nodiscard]] Digest EmptyRoot();
[[nodiscard]] Digest LeafHash(BytesView entry);
[[nodiscard]] Digest NodeHash(const Digest& left, const Digest& right);

// A complete subtree: the 2^height entries from index * 2^height.
struct Node {
  unsigned height = 0;
  std::uint64_t index = 0;

  friend bool operator==(const Node&, const Node&) = default;
};

// The hash of a complete subtree that lies within the tree asked about.
using ReadNode = std::function<Result<Digest>(const Node&)>;

// The right edge of a growing tree: at most 64 hashes, whatever its size.
class CompactRange {
 public:
  // Told about every complete subtree of height 1 and more, in the order of completion.
  using OnNode = std::function<void(const Node&, const Digest&)>;

  CompactRange() = default;
  // The edge of an existing tree.
  [[nodiscard]] static Result<CompactRange> Load(std::uint64_t size, const ReadNode& read_node);

  void Append(const Digest& leaf_hash, const OnNode& on_node = {});
  [[nodiscard]] Digest Root() const;

  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> peaks_;  // roots of the complete subtrees of falling height
};

[[nodiscard]] Result<Digest> RootAt(std::uint64_t size, const ReadNode& read_node);

struct InclusionClaim {
  std::uint64_t index = 0;
  std::uint64_t size = 0;
  Digest leaf_hash{};
  Digest root{};
};

struct ConsistencyClaim {
  std::uint64_t first_size = 0;
  std::uint64_t second_size = 0;
  Digest first_root{};
  Digest second_root{};
};

// kInvalid: index >= size.
[[nodiscard]] Result<Proof> MakeInclusionProof(
    std::uint64_t index, std::uint64_t size, const ReadNode& read_node
);
// kInvalid: first is 0 or greater than second. Empty when they are equal.
[[nodiscard]] Result<Proof> MakeConsistencyProof(
    std::uint64_t first, std::uint64_t second, const ReadNode& read_node
);

// Success: the entry of this hash stands at this index in the tree of this root. kRefused: the
// proof does not show it.
[[nodiscard]] Result<void> VerifyInclusion(
    const InclusionClaim& claim, std::span<const Digest> proof
);
// Success: the second tree begins with the whole first one. Equal sizes need equal roots and an
// empty proof. A first size of 0 is refused: every tree begins with nothing, so nothing is shown.
[[nodiscard]] Result<void> VerifyConsistency(
    const ConsistencyClaim& claim, std::span<const Digest> proof
);

}  // namespace musubi::ledger
