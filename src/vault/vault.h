// Individual Numbers at rest (個人番号の保管): AES-256-GCM under a data key, found again through a
// keyed blind index (HMAC-SHA-256, first 16 bytes).
//
// Key hierarchy: the key-encryption key (KEK) comes from a passphrase-protected file or a PKCS#11
// token (crypto/key_store.h); it wraps the data keys and the index key, which lie wrapped and
// versioned in the store (table vault_key). The person's reference is bound as additional data, so
// that a ciphertext moved to another row does not open.
//
// The Vault holds unwrapped keys in wiped memory; safe to use from many threads after Open.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/key_store.h"
#include "number/individual_number.h"
#include "store/database.h"

namespace musubi::vault {

using BlindIndex = std::array<std::uint8_t, 16>;

class Vault {
 public:
  // Migrates the tables of the vault, creates the first keys in an empty store.
  // kRefused: the KEK does not open the wrapped keys (wrong passphrase or token).
  [[nodiscard]] static Result<std::unique_ptr<Vault>> Open(
      store::Database& database, crypto::KeyWrapper& key_encryption_key
  );
  ~Vault();

  // key version (4 bytes) || nonce (12) || ciphertext (5 bytes) || tag (16).
  [[nodiscard]] Result<Bytes> Encrypt(
      const number::IndividualNumber& number, std::string_view reference
  ) const;
  // kCorrupt: not what was written, or written for another reference.
  [[nodiscard]] Result<number::IndividualNumber> Decrypt(
      BytesView sealed, std::string_view reference
  ) const;
  [[nodiscard]] BlindIndex IndexOf(const number::IndividualNumber& number) const;

  // A new data key for all later Encrypt calls; old ones stay for Decrypt. The caller re-encrypts.
  [[nodiscard]] Result<void> RotateDataKey(store::Database& database, crypto::KeyWrapper& kek);
  // Wraps every key under another KEK.
  [[nodiscard]] static Result<void> Rewrap(
      store::Database& database, crypto::KeyWrapper& old_kek, crypto::KeyWrapper& new_kek
  );

 private:
  struct Keys;

  explicit Vault(std::unique_ptr<Keys> keys);

  std::unique_ptr<Keys> keys_;
};

}  // namespace musubi::vault
