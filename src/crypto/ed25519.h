// Ed25519 (RFC 8032): the signatures of logs and of their witnesses. Nothing else uses it: TLS and
// packages stay with P-256, because one Ed25519 key in a PKCS#11 token hides all its other keys.
//
// Keys are immutable and safe to share between threads.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

using EVP_PKEY = struct evp_pkey_st;

namespace musubi::crypto {

using Ed25519PublicKey = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

class Ed25519Key {
 public:
  [[nodiscard]] static Ed25519Key Generate();
  // PKCS#8 PEM, not encrypted. kInvalid: not such a key.
  [[nodiscard]] static Result<Ed25519Key> FromPem(std::string_view pem);
  // kRefused: others than the owner may read the file.
  [[nodiscard]] static Result<Ed25519Key> Load(const std::filesystem::path& path);

  // Writes PEM with mode 0600. kConflict: there is a file already; a log's key is never
  // overwritten.
  [[nodiscard]] Result<void> Save(const std::filesystem::path& path) const;
  [[nodiscard]] Ed25519Signature Sign(BytesView message) const;

  [[nodiscard]] const Ed25519PublicKey& public_key() const { return public_key_; }

 private:
  Ed25519Key(std::shared_ptr<EVP_PKEY> key, const Ed25519PublicKey& public_key)
      : key_(std::move(key)), public_key_(public_key) {}

  [[nodiscard]] static Result<Ed25519Key> Adopt(std::shared_ptr<EVP_PKEY> key);

  std::shared_ptr<EVP_PKEY> key_;  // shared: copies of one key object
  Ed25519PublicKey public_key_;
};

// False for a signature or a key of the wrong length, too.
[[nodiscard]] bool VerifyEd25519(
    const Ed25519PublicKey& key, BytesView message, BytesView signature
);

}  // namespace musubi::crypto
