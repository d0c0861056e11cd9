#include "national/network/processing_number.h"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace musubi::national::network {

namespace {

const Bytes kMaster(32, 7);

RC_GTEST_PROP(ProcessingNumber, BlockAndPlaceAreReadBack, ()) {
  const auto block = *rc::gen::arbitrary<std::uint64_t>();
  const auto count = *rc::gen::inRange<std::size_t>(1, 200);
  ProcessingNumbers numbers(kMaster);
  Bytes made(count * kNumberSize);
  numbers.Make(block, made);
  numbers.Open(made);
  for (std::size_t i = 0; i < count; ++i) {
    const NumberPlace place = ProcessingNumbers::PlaceAt(made, i);
    RC_ASSERT(place.is_ours);
    RC_ASSERT(place.block == block);
    RC_ASSERT(place.index == i);
  }
}

TEST(ProcessingNumber, NumbersOfABlockDiffer) {
  ProcessingNumbers numbers(kMaster);
  Bytes made(1000 * kNumberSize);
  numbers.Make(5, made);
  std::set<Bytes> seen;
  for (std::size_t i = 0; i < 1000; ++i) {
    const auto at = made.begin() + static_cast<std::ptrdiff_t>(i * kNumberSize);
    seen.insert(Bytes(at, at + kNumberSize));
  }
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(ProcessingNumber, AChangedByteIsNotOurs) {
  ProcessingNumbers numbers(kMaster);
  for (std::size_t i = 0; i < kNumberSize; ++i) {
    Bytes made(kNumberSize);
    numbers.Make(5, made);
    made[i] ^= 1;
    numbers.Open(made);
    EXPECT_FALSE(ProcessingNumbers::PlaceAt(made, 0).is_ours) << i;
  }
}

TEST(ProcessingNumber, NumbersOfAnotherMasterKeyAreNotOurs) {
  ProcessingNumbers numbers(kMaster);
  ProcessingNumbers others(Bytes(32, 8));
  Bytes made(100 * kNumberSize);
  others.Make(5, made);
  numbers.Open(made);
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_FALSE(ProcessingNumbers::PlaceAt(made, i).is_ours);
  }
}

}  // namespace

}  // namespace musubi::national::network
