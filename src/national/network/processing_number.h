// 処理通番 (processing number; 取得番号 in 番号法21条の2): names one person during one acquisition.
//
// It is AES-256(key, block id || place in the block || four zero bytes), so that the network tells
// its own numbers from strangers' and reads block and place back by deciphering: nothing is stored
// per number. To anyone else it is sixteen random-looking bytes that say nothing about the person.
// A guessed number passes with probability 2^-32 and then still has to name a live block.
//
// One thread at a time.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "crypto/cipher.h"

namespace musubi::national::network {

struct NumberPlace {
  std::uint64_t block = 0;
  std::uint32_t index = 0;
  bool is_ours = false;
};

inline constexpr std::size_t kNumberSize = 16;

class ProcessingNumbers {
 public:
  explicit ProcessingNumbers(BytesView master_key);

  // The numbers of places 0, 1, ... of `block`; the same block always has the same numbers.
  void Make(std::uint64_t block, std::span<std::uint8_t> numbers);
  // Deciphers `numbers` in place; PlaceAt then reads the result.
  void Open(std::span<std::uint8_t> numbers);
  [[nodiscard]] static NumberPlace PlaceAt(std::span<const std::uint8_t> opened, std::size_t row);

 private:
  crypto::BlockCipher cipher_;
};

}  // namespace musubi::national::network
