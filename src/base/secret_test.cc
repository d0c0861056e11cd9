#include "base/secret.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace {

// What stood in a block of memory when it was given back.
constexpr std::size_t kWatchedSize = 64;
const void* watched_block = nullptr;
std::array<std::uint8_t, kWatchedSize> watched_content{};

void Watch(const void* block) {
  watched_block = block;
  watched_content.fill(0xee);
}

std::vector<std::uint8_t> Seen() {
  return {watched_content.begin(), watched_content.end()};
}

void Free(void* block) {
  if (block != nullptr && block == watched_block) {
    std::memcpy(watched_content.data(), block, kWatchedSize);
    watched_block = nullptr;
  }
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) {
  void* block = std::malloc(size);
  if (block == nullptr) {
    throw std::bad_alloc();
  }
  return block;
}

void operator delete(void* block) noexcept {
  Free(block);
}

void operator delete(void* block, std::size_t /*size*/) noexcept {
  Free(block);
}

namespace musubi {
namespace {

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);

TEST(Secret, MemoryIsWipedToZero) {
  std::string text = "passphrase";
  WipeMemory(text.data(), text.size());
  EXPECT_EQ(text, std::string(10, '\0'));
  WipeMemory(nullptr, 0);
}

TEST(Secret, VectorWipesWhatItGivesBack) {
  SecretBytes bytes(kWatchedSize, 0x5a);
  Watch(bytes.data());
  bytes.resize(4 * kWatchedSize);  // moves to a larger place
  EXPECT_EQ(Seen(), std::vector<std::uint8_t>(kWatchedSize, 0));
  EXPECT_EQ(bytes[0], 0x5a);
  Watch(bytes.data());
  bytes = SecretBytes();
  EXPECT_EQ(Seen(), std::vector<std::uint8_t>(kWatchedSize, 0));
}

TEST(Secret, PlainVectorDoesNotWipe) {  // or the test above could not fail
  std::vector<std::uint8_t> bytes(kWatchedSize, 0x5a);
  Watch(bytes.data());
  bytes = std::vector<std::uint8_t>();
  EXPECT_EQ(Seen(), std::vector<std::uint8_t>(kWatchedSize, 0x5a));
}

TEST(Secret, MovedVectorTakesItsMemoryAlong) {
  SecretBytes from = CopyToSecret(Bytes{1, 2, 3});
  const std::uint8_t* place = from.data();
  const SecretBytes to = std::move(from);
  EXPECT_EQ(to.data(), place);
  EXPECT_EQ(to.size(), 3U);
}

TEST(Secret, ComparisonSeesEveryDifference) {
  const Bytes bytes{1, 2, 3, 4};
  EXPECT_TRUE(EqualInConstantTime(bytes, Bytes{1, 2, 3, 4}));
  EXPECT_TRUE(EqualInConstantTime({}, {}));
  EXPECT_FALSE(EqualInConstantTime(bytes, Bytes{1, 2, 3}));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes other = bytes;
    other[i] ^= 0x80U;
    EXPECT_FALSE(EqualInConstantTime(bytes, other));
  }
}

}  // namespace
}  // namespace musubi
