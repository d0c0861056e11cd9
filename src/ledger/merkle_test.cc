#include "ledger/merkle.h"

#include <gtest/gtest.h>

#include "ledger/tree_for_test.h"

namespace musubi::ledger {
namespace {

constexpr std::size_t kLargest = 130;

NaiveTree MakeTree(std::size_t size) {
  NaiveTree tree;
  for (std::size_t i = 0; i < size; ++i) {
    tree.Add(AsBytes(EntryForTest(i)));
  }
  return tree;
}

// The entries and roots that certificate transparency logs have been tested with since 2013.
TEST(Merkle, RootsOfTheReferenceTreesAgree) {
  const std::vector<std::pair<std::string, std::string>> reference = {
      {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
      {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
      {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
      {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
      {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
      {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
      {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
      {"606162636465666768696a6b6c6d6e6f",
       "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
  };
  EXPECT_EQ(ToHex(EmptyRoot()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CompactRange range;
  EXPECT_EQ(range.Root(), EmptyRoot());
  for (const auto& [entry, root] : reference) {
    range.Append(LeafHash(FromHex(entry).value()));
    EXPECT_EQ(ToHex(range.Root()), root);
  }
}

TEST(Merkle, AnEntryThatLooksLikeANodeIsNotOne) {
  const Digest left = LeafHash(AsBytes("left"));
  const Digest right = LeafHash(AsBytes("right"));
  const std::string both = std::string(AsText(left)).append(AsText(right));
  EXPECT_NE(LeafHash(AsBytes(both)), NodeHash(left, right));
}

TEST(Merkle, AnEdgeReadAgainGrowsAsTheFirstOne) {
  const NaiveTree tree = MakeTree(kLargest);
  for (std::size_t size = 0; size <= kLargest; ++size) {
    // Only nodes within the first `size` entries are asked for.
    auto range = CompactRange::Load(size, [&](const Node& node) -> Result<Digest> {
      EXPECT_LE((node.index + 1) << node.height, size);
      return tree.Nodes()(node);
    });
    ASSERT_TRUE(range.ok());
    EXPECT_EQ(range->Root(), tree.Root(size));
    for (std::size_t i = size; i < kLargest; ++i) {
      range->Append(tree.leaf(i));
    }
    EXPECT_EQ(range->Root(), tree.Root(kLargest));
  }
}

TEST(Inclusion, EveryProofIsTheOneOfTheDefinitionAndVerifies) {
  const NaiveTree tree = MakeTree(kLargest);
  for (std::size_t size = 1; size <= kLargest; ++size) {
    const Digest root = tree.Root(size);
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = MakeInclusionProof(index, size, tree.Nodes());
      ASSERT_TRUE(proof.ok());
      ASSERT_EQ(*proof, tree.Path(index, 0, size));
      ASSERT_TRUE(VerifyInclusion({index, size, tree.leaf(index), root}, *proof).ok());
    }
  }
}

// All ways to bend a good proof; each must be refused.
std::vector<Proof> Bent(const Proof& proof) {
  std::vector<Proof> all;
  Proof longer = proof;
  longer.push_back(Digest{});
  all.push_back(longer);
  longer = proof;
  longer.insert(longer.begin(), EmptyRoot());
  all.push_back(longer);
  for (std::size_t i = 0; i < proof.size(); ++i) {
    Proof changed = proof;
    changed[i][i % 32] ^= 1U;
    all.push_back(changed);
    Proof shorter = proof;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
    all.push_back(shorter);
    Proof doubled = proof;
    doubled.insert(doubled.begin() + static_cast<std::ptrdiff_t>(i), proof[i]);
    all.push_back(doubled);
    if (i > 0) {
      Proof swapped = proof;
      std::swap(swapped[i - 1], swapped[i]);
      all.push_back(swapped);
    }
  }
  if (!proof.empty()) {
    all.push_back({});
  }
  return all;
}

TEST(Inclusion, NoBentProofIsAccepted) {
  const NaiveTree tree = MakeTree(kLargest);
  for (std::size_t size = 1; size <= 40; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      const InclusionClaim claim{index, size, tree.leaf(index), tree.Root(size)};
      const Proof proof = tree.Path(index, 0, size);
      for (const Proof& bent : Bent(proof)) {
        ASSERT_FALSE(VerifyInclusion(claim, bent).ok()) << index << " of " << size;
      }
    }
  }
}

TEST(Inclusion, AProofHoldsForItsIndexEntryAndRootOnly) {
  const NaiveTree tree = MakeTree(kLargest);
  for (std::size_t size = 2; size <= 40; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      const Proof proof = tree.Path(index, 0, size);
      const Digest root = tree.Root(size);
      for (std::size_t other = 0; other < kLargest; ++other) {
        if (other != index) {
          ASSERT_FALSE(VerifyInclusion({other, size, tree.leaf(index), root}, proof).ok());
          ASSERT_FALSE(VerifyInclusion({index, size, tree.leaf(other), root}, proof).ok());
        }
      }
      ASSERT_FALSE(VerifyInclusion({index, size, tree.leaf(index), tree.Root(size - 1)}, proof).ok()
      );
    }
  }
}

TEST(Inclusion, AProofIsRefusedForASizeOfAnotherHeight) {
  const NaiveTree tree = MakeTree(kLargest);
  const Proof proof = tree.Path(3, 0, 10);
  for (std::uint64_t size : {0ULL, 3ULL, 4ULL, 8ULL, 17ULL, 1024ULL, ~0ULL}) {
    EXPECT_FALSE(VerifyInclusion({3, size, tree.leaf(3), tree.Root(10)}, proof).ok()) << size;
  }
}

TEST(Inclusion, AnIndexBeyondTheTreeIsRefused) {
  const NaiveTree tree = MakeTree(4);
  EXPECT_FALSE(MakeInclusionProof(4, 4, tree.Nodes()).ok());
  EXPECT_FALSE(VerifyInclusion({0, 0, EmptyRoot(), EmptyRoot()}, {}).ok());
  EXPECT_FALSE(VerifyInclusion({1, 1, tree.leaf(0), tree.leaf(0)}, {}).ok());
  EXPECT_TRUE(VerifyInclusion({0, 1, tree.leaf(0), tree.leaf(0)}, {}).ok());
}

TEST(Consistency, EveryProofIsTheOneOfTheDefinitionAndVerifies) {
  const NaiveTree tree = MakeTree(kLargest);
  for (std::size_t second = 1; second <= kLargest; ++second) {
    const Digest second_root = tree.Root(second);
    for (std::size_t first = 1; first <= second; ++first) {
      const auto proof = MakeConsistencyProof(first, second, tree.Nodes());
      ASSERT_TRUE(proof.ok());
      ASSERT_EQ(*proof, tree.Subproof(first, 0, second, true));
      const ConsistencyClaim claim{first, second, tree.Root(first), second_root};
      ASSERT_TRUE(VerifyConsistency(claim, *proof).ok()) << first << " in " << second;
    }
  }
}

TEST(Consistency, NoBentProofIsAccepted) {
  const NaiveTree tree = MakeTree(kLargest);
  for (std::size_t second = 1; second <= 40; ++second) {
    for (std::size_t first = 1; first <= second; ++first) {
      const ConsistencyClaim claim{first, second, tree.Root(first), tree.Root(second)};
      for (const Proof& bent : Bent(tree.Subproof(first, 0, second, true))) {
        ASSERT_FALSE(VerifyConsistency(claim, bent).ok()) << first << " in " << second;
      }
    }
  }
}

TEST(Consistency, AProofHoldsForItsSizesAndRootsOnly) {
  const NaiveTree tree = MakeTree(kLargest);
  for (std::size_t second = 2; second <= 40; ++second) {
    for (std::size_t first = 1; first < second; ++first) {
      const Proof proof = tree.Subproof(first, 0, second, true);
      const Digest one = tree.Root(first);
      const Digest two = tree.Root(second);
      Digest changed = two;
      changed[0] ^= 1U;
      ASSERT_FALSE(VerifyConsistency({first, second, one, changed}, proof).ok());
      changed = one;
      changed[31] ^= 1U;
      ASSERT_FALSE(VerifyConsistency({first, second, changed, two}, proof).ok());
      ASSERT_FALSE(VerifyConsistency({first, second, two, one}, proof).ok());
      ASSERT_FALSE(VerifyConsistency({second, first, two, one}, proof).ok());
      ASSERT_FALSE(VerifyConsistency({0, second, EmptyRoot(), two}, proof).ok());
    }
  }
}

TEST(Consistency, EqualSizesNeedEqualRootsAndNoHash) {
  const NaiveTree tree = MakeTree(9);
  const Digest root = tree.Root(9);
  EXPECT_TRUE(VerifyConsistency({9, 9, root, root}, {}).ok());
  EXPECT_FALSE(VerifyConsistency({9, 9, root, tree.Root(8)}, {}).ok());
  EXPECT_FALSE(VerifyConsistency({9, 9, root, root}, Proof{root}).ok());
}

TEST(Consistency, NothingIsShownByAnEmptyFirstTree) {
  const NaiveTree tree = MakeTree(3);
  EXPECT_FALSE(VerifyConsistency({0, 3, EmptyRoot(), tree.Root(3)}, {}).ok());
  EXPECT_FALSE(VerifyConsistency({0, 0, EmptyRoot(), EmptyRoot()}, {}).ok());
  EXPECT_FALSE(MakeConsistencyProof(0, 3, tree.Nodes()).ok());
  EXPECT_FALSE(MakeConsistencyProof(4, 3, tree.Nodes()).ok());
}

TEST(Proofs, AreRefusedAtTheEndOfTheNumbersWithoutLooping) {
  const Proof proof(64, EmptyRoot());
  EXPECT_FALSE(VerifyInclusion({~0ULL - 1, ~0ULL, EmptyRoot(), EmptyRoot()}, proof).ok());
  EXPECT_FALSE(VerifyConsistency({~0ULL - 1, ~0ULL, EmptyRoot(), EmptyRoot()}, proof).ok());
  EXPECT_FALSE(VerifyConsistency({1ULL << 63U, ~0ULL, EmptyRoot(), EmptyRoot()}, proof).ok());
}

}  // namespace
}  // namespace musubi::ledger
