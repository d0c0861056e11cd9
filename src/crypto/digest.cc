// The old low-level calls are used on purpose: their context is a plain struct, so a keyed state is
// restored by assignment. EVP_MAC needs about four times as long for a short message.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/digest.h"

#include <algorithm>

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "base/check.h"
#include "base/secret.h"

namespace musubi::crypto {

namespace {
constexpr std::size_t kBlockSize = 64;

void Start(SHA256_CTX& context) {
  MUSUBI_CHECK(SHA256_Init(&context) == 1);
}

void Add(SHA256_CTX& context, BytesView bytes) {
  MUSUBI_CHECK(SHA256_Update(&context, bytes.data(), bytes.size()) == 1);
}

Digest End(SHA256_CTX& context) {
  Digest digest{};
  MUSUBI_CHECK(SHA256_Final(digest.data(), &context) == 1);
  return digest;
}

}  // namespace

struct Sha256::State {
  SHA256_CTX context{};

  State() { Start(context); }

  ~State() { OPENSSL_cleanse(&context, sizeof(context)); }

  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(BytesView bytes) {
  Add(state_->context, bytes);
}

Digest Sha256::Finish() {
  const Digest digest = End(state_->context);
  Start(state_->context);
  return digest;
}

Digest Sha256Of(BytesView bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Finish();
}

// RFC 2104: the states after the padded key, inner and outer, are kept and copied per message.
struct HmacSha256::State {
  SHA256_CTX inner{};
  SHA256_CTX outer{};
  SHA256_CTX work{};

  explicit State(BytesView key);

  ~State() { OPENSSL_cleanse(this, sizeof(*this)); }

  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

HmacSha256::State::State(BytesView key) {
  std::array<std::uint8_t, kBlockSize> padded{};
  if (key.size() > kBlockSize) {
    const Digest digest = Sha256Of(key);
    std::copy(digest.begin(), digest.end(), padded.begin());
  } else {
    std::copy(key.begin(), key.end(), padded.begin());
  }
  constexpr std::uint8_t kInnerPad = 0x36;
  constexpr std::uint8_t kOuterPad = 0x5c;
  for (std::uint8_t& byte : padded) {
    byte = static_cast<std::uint8_t>(byte ^ kInnerPad);
  }
  Start(inner);
  Add(inner, padded);
  for (std::uint8_t& byte : padded) {
    byte = static_cast<std::uint8_t>(byte ^ kInnerPad ^ kOuterPad);
  }
  Start(outer);
  Add(outer, padded);
  WipeMemory(padded.data(), padded.size());
}

HmacSha256::HmacSha256(BytesView key) : state_(std::make_unique<State>(key)) {}

HmacSha256::~HmacSha256() = default;
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;

Digest HmacSha256::Of(BytesView message) {
  SHA256_CTX& work = state_->work;
  work = state_->inner;
  Add(work, message);
  const Digest digest = End(work);
  work = state_->outer;
  Add(work, digest);
  return End(work);
}

}  // namespace musubi::crypto
