// Proofs, made and verified: RFC 6962 sections 2.1.1 and 2.1.2, RFC 9162 sections 2.1.3.2 and
// 2.1.4.2.
#include <algorithm>
#include <bit>

#include "base/check.h"
#include "ledger/merkle.h"

namespace musubi::ledger {

namespace {

// Where a tree of `count` >= 2 entries is cut: the largest power of two below `count`.
std::uint64_t SplitPoint(std::uint64_t count) {
  return std::bit_floor(count - 1);
}

// The hash of the entries [begin, end), where `begin` is a multiple of a power of two >= end-begin.
Result<Digest> HashOf(std::uint64_t begin, std::uint64_t end, const ReadNode& read_node) {
  std::vector<Digest> peaks;
  while (begin < end) {
    const auto height = static_cast<unsigned>(std::bit_width(end - begin) - 1);
    MUSUBI_TRY(const Digest peak, read_node(Node{height, begin >> height}));
    peaks.push_back(peak);
    begin += std::uint64_t{1} << height;
  }
  MUSUBI_CHECK(!peaks.empty());
  Digest hash = peaks.back();
  for (std::size_t i = peaks.size() - 1; i-- > 0;) {
    hash = NodeHash(peaks[i], hash);
  }
  return hash;
}

Error DoesNotProve(const char* reason) {
  return {ErrorCode::kRefused, std::string("the proof does not show it: ") + reason};
}

// Two positions that climb the tree together: of the entry, and of the last entry.
struct Climb {
  std::uint64_t at;
  std::uint64_t last;

  [[nodiscard]] bool IsRightChild() const { return (at & 1U) != 0; }

  // The node here is a right child, or has no sibling: what the proof gives stands on its left.
  [[nodiscard]] bool HasLeftSibling() const { return IsRightChild() || at == last; }

  void Up() {
    at >>= 1U;
    last >>= 1U;
  }

  // Past the heights at which a node without sibling is handed up as it is.
  void UpToSibling() {
    while (!IsRightChild() && at != 0) {
      Up();
    }
  }
};

}  // namespace

Result<Proof> MakeInclusionProof(
    std::uint64_t index, std::uint64_t size, const ReadNode& read_node
) {
  if (index >= size) {
    return Error{ErrorCode::kInvalid, "there is no such entry in a tree of this size"};
  }
  Proof proof;
  std::uint64_t begin = 0;
  std::uint64_t end = size;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + SplitPoint(end - begin);
    const bool is_left = index < middle;
    MUSUBI_TRY(
        const Digest sibling,
        is_left ? HashOf(middle, end, read_node) : HashOf(begin, middle, read_node)
    );
    proof.push_back(sibling);
    (is_left ? end : begin) = middle;
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<Proof> MakeConsistencyProof(
    std::uint64_t first, std::uint64_t second, const ReadNode& read_node
) {
  if (first == 0 || first > second) {
    return Error{ErrorCode::kInvalid, "a consistency proof needs 0 < first <= second"};
  }
  Proof proof;
  std::uint64_t begin = 0;
  std::uint64_t end = second;
  while (end != first) {
    const std::uint64_t middle = begin + SplitPoint(end - begin);
    const bool is_left = first <= middle;
    MUSUBI_TRY(
        const Digest sibling,
        is_left ? HashOf(middle, end, read_node) : HashOf(begin, middle, read_node)
    );
    proof.push_back(sibling);
    (is_left ? end : begin) = middle;
  }
  if (begin != 0) {  // otherwise the last subtree is the first tree, whose root is known
    MUSUBI_TRY(const Digest last, HashOf(begin, end, read_node));
    proof.push_back(last);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<void> VerifyInclusion(const InclusionClaim& claim, std::span<const Digest> proof) {
  if (claim.index >= claim.size) {
    return DoesNotProve("the index is not below the size");
  }
  Climb climb{claim.index, claim.size - 1};
  Digest hash = claim.leaf_hash;
  for (const Digest& sibling : proof) {
    if (climb.last == 0) {
      return DoesNotProve("it is longer than the tree is high");
    }
    if (climb.HasLeftSibling()) {
      hash = NodeHash(sibling, hash);
      climb.UpToSibling();
    } else {
      hash = NodeHash(hash, sibling);
    }
    climb.Up();
  }
  if (climb.last != 0) {
    return DoesNotProve("it is shorter than the tree is high");
  }
  return hash == claim.root ? Ok() : Result<void>(DoesNotProve("it leads to another root"));
}

Result<void> VerifyConsistency(const ConsistencyClaim& claim, std::span<const Digest> proof) {
  if (claim.first_size == 0 || claim.first_size > claim.second_size) {
    return DoesNotProve("the sizes must be 0 < first <= second");
  }
  if (claim.first_size == claim.second_size) {
    return !proof.empty() ? DoesNotProve("equal sizes need no hash")
           : claim.first_root != claim.second_root
               ? Result<void>(DoesNotProve("equal sizes have different roots"))
               : Ok();
  }
  Climb climb{claim.first_size - 1, claim.second_size - 1};
  while (climb.IsRightChild()) {
    climb.Up();
  }
  // A complete first tree is a node of the second one itself; its root is left out of the proof.
  const bool is_complete = std::has_single_bit(claim.first_size);
  if (!is_complete && proof.empty()) {
    return DoesNotProve("it is empty");
  }
  Digest first = is_complete ? claim.first_root : proof.front();
  Digest second = first;
  for (const Digest& sibling : is_complete ? proof : proof.subspan(1)) {
    if (climb.last == 0) {
      return DoesNotProve("it is longer than the tree is high");
    }
    if (climb.HasLeftSibling()) {
      first = NodeHash(sibling, first);
      second = NodeHash(sibling, second);
      climb.UpToSibling();
    } else {
      second = NodeHash(second, sibling);
    }
    climb.Up();
  }
  if (climb.last != 0) {
    return DoesNotProve("it is shorter than the tree is high");
  }
  if (first != claim.first_root) {
    return DoesNotProve("it leads to another first root");
  }
  return second == claim.second_root
             ? Ok()
             : Result<void>(DoesNotProve("it leads to another second root"));
}

}  // namespace musubi::ledger
