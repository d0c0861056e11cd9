// AES-256-GCM for small values, AES-256 as a keyed permutation of 16-byte blocks, random bytes.
#pragma once

#include <memory>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace musubi::crypto {

void FillRandom(std::span<std::uint8_t> out);  // a failing generator stops the process
[[nodiscard]] SecretBytes RandomKey();         // 32 bytes

// nonce (12, random) || ciphertext || tag (16).
[[nodiscard]] Result<Bytes> SealGcm(BytesView key, BytesView additional, BytesView plaintext);
// kRefused: wrong key, additional data or changed bytes.
[[nodiscard]] Result<SecretBytes> OpenGcm(BytesView key, BytesView additional, BytesView sealed);

// A permutation of 16-byte blocks under a key (AES-256, one block each): processing numbers and
// linkage codes. Blocks are independent, so inputs must be unique or random by themselves.
// In place over a whole batch at several hundred million blocks a second. One thread at a time.
class BlockCipher {
 public:
  explicit BlockCipher(BytesView key);
  ~BlockCipher();
  BlockCipher(BlockCipher&&) noexcept;
  BlockCipher& operator=(BlockCipher&&) noexcept;
  void Encrypt(std::span<std::uint8_t> blocks);  // size: a multiple of 16
  void Decrypt(std::span<std::uint8_t> blocks);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace musubi::crypto
