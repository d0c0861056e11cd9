#include "vault/key_table.h"

#include <array>
#include <string_view>

namespace musubi::vault {
namespace {

constexpr std::array<store::Migration, 1> kMigrations = {
    {{1,
      "CREATE TABLE vault_key ("
      " kind TEXT NOT NULL,"
      " version BIGINT NOT NULL,"
      " wrapped {BLOB} NOT NULL,"
      " PRIMARY KEY (kind, version)) {STRICT}, {WITHOUT_ROWID};"}}
};

constexpr std::string_view kData = "data";
constexpr std::string_view kIndex = "index";
constexpr std::size_t kKeySize = 32;
constexpr std::size_t kLabelSize = 5;

std::string_view NameOf(KeyKind kind) {
  return kind == KeyKind::kData ? kData : kIndex;
}

std::array<std::uint8_t, kLabelSize> LabelOf(KeyKind kind, std::uint32_t version) {
  return {
      static_cast<std::uint8_t>(kind),
      static_cast<std::uint8_t>(version >> 24U),
      static_cast<std::uint8_t>(version >> 16U),
      static_cast<std::uint8_t>(version >> 8U),
      static_cast<std::uint8_t>(version)
  };
}

Error DamagedTable() {
  return {
      .code = ErrorCode::kCorrupt,
      .message = "a key of the vault is not what was written",
      .place = "vault_key",
      .advice = "restore the store from its backup"
  };
}

}  // namespace

Result<void> MigrateKeyTable(store::Database& database) {
  return database.Migrate("vault", kMigrations);
}

Result<std::vector<WrappedKey>> ReadKeys(store::Connection& connection) {
  std::vector<WrappedKey> keys;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT kind, version, wrapped FROM vault_key ORDER BY kind, version",
      {},
      [&](const store::Row& row) -> Result<void> {
        const std::string_view kind = row.Text(0);
        const std::int64_t version = row.Int(1);
        if ((kind != kData && kind != kIndex) || version < 1 || version > 0x7fffffff) {
          return DamagedTable();
        }
        const BytesView wrapped = row.Blob(2);
        keys.push_back(
            {kind == kData ? KeyKind::kData : KeyKind::kIndex,
             static_cast<std::uint32_t>(version),
             Bytes(wrapped.begin(), wrapped.end())}
        );
        return Ok();
      }
  ));
  return keys;
}

Result<void> InsertKey(store::Connection& connection, const WrappedKey& key) {
  MUSUBI_CHECK_OK(connection.Execute(
      "INSERT INTO vault_key (kind, version, wrapped) VALUES ($1, $2, $3)",
      {NameOf(key.kind), std::int64_t{key.version}, BytesView(key.wrapped)}
  ));
  return Ok();
}

Result<void> UpdateKey(store::Connection& connection, const WrappedKey& key) {
  MUSUBI_TRY(
      const std::int64_t changed,
      connection.Execute(
          "UPDATE vault_key SET wrapped = $3 WHERE kind = $1 AND version = $2",
          {NameOf(key.kind), std::int64_t{key.version}, BytesView(key.wrapped)}
      )
  );
  return changed == 1 ? Ok() : Result<void>(DamagedTable());
}

Result<void> ClaimKeys(store::Connection& connection) {
  MUSUBI_TRY(
      const std::int64_t changed,
      connection.Execute("UPDATE vault_key SET wrapped = wrapped WHERE kind = $1", {kIndex})
  );
  return changed >= 1 ? Ok() : Result<void>(DamagedTable());
}

Result<WrappedKey> WrapKey(
    crypto::KeyWrapper& kek, KeyKind kind, std::uint32_t version, BytesView key
) {
  const auto label = LabelOf(kind, version);
  SecretBytes labelled(label.begin(), label.end());
  labelled.insert(labelled.end(), key.begin(), key.end());
  MUSUBI_TRY(Bytes wrapped, kek.Wrap(labelled));
  return WrappedKey{kind, version, std::move(wrapped)};
}

Result<SecretBytes> UnwrapKey(crypto::KeyWrapper& kek, const WrappedKey& key) {
  MUSUBI_TRY(const SecretBytes labelled, kek.Unwrap(key.wrapped));
  const auto label = LabelOf(key.kind, key.version);
  const BytesView bytes(labelled);
  if (bytes.size() != kLabelSize + kKeySize ||
      !EqualInConstantTime(bytes.first(kLabelSize), label)) {
    return DamagedTable();
  }
  return CopyToSecret(bytes.subspan(kLabelSize));
}

}  // namespace musubi::vault
