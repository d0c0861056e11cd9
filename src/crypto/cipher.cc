#include "crypto/cipher.h"

#include <algorithm>

#include <openssl/rand.h>

#include "base/check.h"
#include "crypto/openssl.h"

namespace musubi::crypto {

namespace {
constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kBlockSize = 16;
// One call of EVP takes an int; this stays clear of it and is a multiple of the block.
constexpr std::size_t kCallMax = std::size_t{1} << 30U;

// Fetched once: looking an algorithm up costs more than sealing a small value with it.
const EVP_CIPHER* Gcm() {
  static const CipherPtr cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
  MUSUBI_CHECK(cipher != nullptr);
  return cipher.get();
}

Result<void> CheckKey(BytesView key) {
  if (key.size() != kKeySize) {
    return Error{ErrorCode::kInvalid, "an AES-256 key has 32 bytes"};
  }
  return Ok();
}

Error TooLarge() {
  return {ErrorCode::kExhausted, "the value is too large to be sealed at once"};
}

}  // namespace

void FillRandom(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const std::size_t count = std::min(out.size(), kCallMax);
    MUSUBI_CHECK(RAND_bytes(out.data(), static_cast<int>(count)) == 1);
    out = out.subspan(count);
  }
}

SecretBytes RandomKey() {
  SecretBytes key(kKeySize);
  FillRandom(key);
  return key;
}

Result<Bytes> SealGcm(BytesView key, BytesView additional, BytesView plaintext) {
  MUSUBI_CHECK_OK(CheckKey(key));
  if (plaintext.size() > kCallMax || additional.size() > kCallMax) {
    return TooLarge();
  }
  Bytes sealed(kNonceSize + plaintext.size() + kTagSize);
  FillRandom(std::span(sealed).first(kNonceSize));
  const CipherContextPtr context(EVP_CIPHER_CTX_new());
  std::uint8_t* const body = sealed.data() + kNonceSize;
  std::uint8_t* const tag = body + plaintext.size();
  int count = 0;
  const bool is_sealed =
      context != nullptr &&
      EVP_EncryptInit_ex2(context.get(), Gcm(), key.data(), sealed.data(), nullptr) == 1 &&
      (additional.empty() ||
       EVP_EncryptUpdate(
           context.get(), nullptr, &count, additional.data(), static_cast<int>(additional.size())
       ) == 1) &&
      (plaintext.empty() ||
       EVP_EncryptUpdate(
           context.get(), body, &count, plaintext.data(), static_cast<int>(plaintext.size())
       ) == 1) &&
      EVP_EncryptFinal_ex(context.get(), tag, &count) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, tag) == 1;
  if (!is_sealed) {
    return OpensslFailure("seal a value");
  }
  return sealed;
}

Result<SecretBytes> OpenGcm(BytesView key, BytesView additional, BytesView sealed) {
  const ErrorQueueMark mark;
  MUSUBI_CHECK_OK(CheckKey(key));
  const Error refused{
      ErrorCode::kRefused, "the sealed value does not open: another key, or it was changed"
  };
  if (sealed.size() < kNonceSize + kTagSize) {
    return refused;
  }
  const BytesView body = sealed.subspan(kNonceSize, sealed.size() - kNonceSize - kTagSize);
  if (body.size() > kCallMax || additional.size() > kCallMax) {
    return TooLarge();
  }
  Bytes tag(sealed.end() - kTagSize, sealed.end());
  SecretBytes plaintext(body.size());
  const CipherContextPtr context(EVP_CIPHER_CTX_new());
  std::uint8_t none = 0;
  int count = 0;
  const bool is_open =
      context != nullptr &&
      EVP_DecryptInit_ex2(context.get(), Gcm(), key.data(), sealed.data(), nullptr) == 1 &&
      (additional.empty() ||
       EVP_DecryptUpdate(
           context.get(), nullptr, &count, additional.data(), static_cast<int>(additional.size())
       ) == 1) &&
      (body.empty() ||
       EVP_DecryptUpdate(
           context.get(), plaintext.data(), &count, body.data(), static_cast<int>(body.size())
       ) == 1) &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), &none, &count) == 1;
  if (!is_open) {
    return refused;
  }
  return plaintext;
}

struct BlockCipher::State {
  CipherContextPtr encryption{EVP_CIPHER_CTX_new()};
  CipherContextPtr decryption{EVP_CIPHER_CTX_new()};
};

BlockCipher::BlockCipher(BytesView key) : state_(std::make_unique<State>()) {
  MUSUBI_CHECK(key.size() == kKeySize);
  EVP_CIPHER_CTX* const encryption = state_->encryption.get();
  EVP_CIPHER_CTX* const decryption = state_->decryption.get();
  MUSUBI_CHECK(encryption != nullptr);
  MUSUBI_CHECK(decryption != nullptr);
  MUSUBI_CHECK(
      EVP_EncryptInit_ex2(encryption, EVP_aes_256_ecb(), key.data(), nullptr, nullptr) == 1
  );
  MUSUBI_CHECK(
      EVP_DecryptInit_ex2(decryption, EVP_aes_256_ecb(), key.data(), nullptr, nullptr) == 1
  );
  EVP_CIPHER_CTX_set_padding(encryption, 0);
  EVP_CIPHER_CTX_set_padding(decryption, 0);
}

BlockCipher::~BlockCipher() = default;
BlockCipher::BlockCipher(BlockCipher&&) noexcept = default;
BlockCipher& BlockCipher::operator=(BlockCipher&&) noexcept = default;

namespace {

void RunInPlace(EVP_CIPHER_CTX* context, std::span<std::uint8_t> blocks) {
  MUSUBI_CHECK(blocks.size() % kBlockSize == 0);
  while (!blocks.empty()) {
    const std::size_t size = std::min(blocks.size(), kCallMax);
    int count = 0;
    MUSUBI_CHECK(
        EVP_CipherUpdate(context, blocks.data(), &count, blocks.data(), static_cast<int>(size)) == 1
    );
    MUSUBI_CHECK(static_cast<std::size_t>(count) == size);
    blocks = blocks.subspan(size);
  }
}

}  // namespace

void BlockCipher::Encrypt(std::span<std::uint8_t> blocks) {
  RunInPlace(state_->encryption.get(), blocks);
}

void BlockCipher::Decrypt(std::span<std::uint8_t> blocks) {
  RunInPlace(state_->decryption.get(), blocks);
}

}  // namespace musubi::crypto
