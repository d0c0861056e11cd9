// The wrapped keys in the store: table vault_key(kind, version, wrapped).
//
// What is wrapped is kind (1 byte), version (4) and key (32): a row that someone moved to another
// place does not pass for that other key.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "crypto/key_store.h"
#include "store/database.h"

namespace musubi::vault {

enum class KeyKind : std::uint8_t { kData = 1, kIndex = 2 };

struct WrappedKey {
  KeyKind kind;
  std::uint32_t version;
  Bytes wrapped;
};

[[nodiscard]] Result<void> MigrateKeyTable(store::Database& database);

[[nodiscard]] Result<std::vector<WrappedKey>> ReadKeys(store::Connection& connection);
[[nodiscard]] Result<void> InsertKey(store::Connection& connection, const WrappedKey& key);
[[nodiscard]] Result<void> UpdateKey(store::Connection& connection, const WrappedKey& key);
// Rotation and rewrapping write this row first: of two at once, one gets kConflict. Otherwise a new
// key could be added under a KEK which the other is just replacing.
[[nodiscard]] Result<void> ClaimKeys(store::Connection& connection);

[[nodiscard]] Result<WrappedKey> WrapKey(
    crypto::KeyWrapper& kek, KeyKind kind, std::uint32_t version, BytesView key
);
// kRefused: another KEK. kCorrupt: the key of another row.
[[nodiscard]] Result<SecretBytes> UnwrapKey(crypto::KeyWrapper& kek, const WrappedKey& key);

}  // namespace musubi::vault
