#include "vault/vault.h"

#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "crypto/cipher.h"
#include "crypto/digest.h"
#include "store/session_pool.h"
#include "vault/key_table.h"

namespace musubi::vault {
namespace {

constexpr std::size_t kVersionSize = 4;
constexpr std::size_t kPackedSize = 5;  // 10^12 < 2^40
constexpr std::size_t kSealedSize = kVersionSize + 12 + kPackedSize + 16;
constexpr std::size_t kIdleMax = 64;

using PackedNumber = std::array<std::uint8_t, kPackedSize>;

// Wiped when it goes: these five bytes are the number.
class Packed {
 public:
  explicit Packed(const number::IndividualNumber& number) {
    const std::uint64_t value = number.RevealPacked();
    for (std::size_t i = 0; i < kPackedSize; ++i) {
      bytes_[i] = static_cast<std::uint8_t>(value >> (8 * (kPackedSize - 1 - i)));
    }
  }

  ~Packed() { WipeMemory(bytes_.data(), bytes_.size()); }

  Packed(const Packed&) = delete;
  Packed& operator=(const Packed&) = delete;

  [[nodiscard]] BytesView bytes() const { return bytes_; }

 private:
  PackedNumber bytes_{};
};

std::uint64_t ReadNumber(BytesView bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) {
    value = value << 8U | byte;
  }
  return value;
}

Error NotWhatWasWritten() {
  return {
      .code = ErrorCode::kCorrupt,
      .message = "a stored number does not open: it was changed, or written for another person"
  };
}

// The wrapper says kRefused; here we know what that means to the operator.
Error Explained(Error error) {
  if (error.code == ErrorCode::kRefused) {
    error.message = "the key-encryption key does not open the keys of the vault";
    error.place = "vault_key";
    error.advice = "check the key file and its passphrase, or the token";
  }
  return error;
}

Result<void> CreateKeys(store::Connection& connection, crypto::KeyWrapper& kek) {
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(connection, store::Access::kWrite));
  MUSUBI_TRY(const auto existing, ReadKeys(connection));
  if (existing.empty()) {
    for (const KeyKind kind : {KeyKind::kData, KeyKind::kIndex}) {
      MUSUBI_TRY(const auto wrapped, WrapKey(kek, kind, 1, crypto::RandomKey()));
      MUSUBI_CHECK_OK(InsertKey(connection, wrapped));
    }
  }
  return transaction.Commit();
}

// A conflict means that another process has just created them.
Result<std::vector<WrappedKey>> ReadOrCreateKeys(
    store::Connection& connection, crypto::KeyWrapper& kek
) {
  MUSUBI_TRY(auto keys, ReadKeys(connection));
  if (!keys.empty()) {
    return keys;
  }
  auto created = CreateKeys(connection, kek);
  if (!created.ok() && created.error().code != ErrorCode::kConflict) {
    return std::move(created).error();
  }
  return ReadKeys(connection);
}

struct PlainKey {
  KeyKind kind;
  std::uint32_t version;
  SecretBytes key;
};

Result<std::vector<PlainKey>> UnwrapAll(
    crypto::KeyWrapper& kek, const std::vector<WrappedKey>& wrapped_keys
) {
  std::vector<PlainKey> keys;
  for (const WrappedKey& wrapped : wrapped_keys) {
    auto key = UnwrapKey(kek, wrapped);
    if (!key.ok()) {
      return Explained(std::move(key).error());
    }
    keys.push_back({wrapped.kind, wrapped.version, std::move(key).value()});
  }
  return keys;
}

}  // namespace

struct Vault::Keys {
  mutable std::shared_mutex mutex;  // guards data_keys
  std::map<std::uint32_t, SecretBytes> data_keys;
  SecretBytes index_key;  // never changes: every index in the store depends on it
  store::SessionPool<crypto::HmacSha256> index_contexts{kIdleMax};

  void Add(KeyKind kind, std::uint32_t version, SecretBytes key) {
    if (kind == KeyKind::kIndex) {
      index_key = std::move(key);
    } else {
      data_keys.emplace(version, std::move(key));
    }
  }
};

Vault::Vault(std::unique_ptr<Keys> keys) : keys_(std::move(keys)) {}

Vault::~Vault() = default;

Result<std::unique_ptr<Vault>> Vault::Open(
    store::Database& database, crypto::KeyWrapper& key_encryption_key
) {
  MUSUBI_CHECK_OK(MigrateKeyTable(database));
  MUSUBI_TRY(auto connection, database.Connect());
  MUSUBI_TRY(const auto wrapped_keys, ReadOrCreateKeys(*connection, key_encryption_key));
  MUSUBI_TRY(auto plain_keys, UnwrapAll(key_encryption_key, wrapped_keys));
  auto keys = std::make_unique<Keys>();
  for (PlainKey& plain : plain_keys) {
    keys->Add(plain.kind, plain.version, std::move(plain.key));
  }
  if (keys->data_keys.empty() || keys->index_key.empty()) {
    return Error{
        .code = ErrorCode::kCorrupt,
        .message = "keys of the vault are missing",
        .place = "vault_key",
        .advice = "restore the store from its backup"
    };
  }
  return std::unique_ptr<Vault>(new Vault(std::move(keys)));
}

Result<Bytes> Vault::Encrypt(const number::IndividualNumber& number, std::string_view reference)
    const {
  if (!number.is_set()) {
    return Error{.code = ErrorCode::kInvalid, .message = "there is no number to encrypt"};
  }
  const Packed packed(number);
  const std::shared_lock lock(keys_->mutex);
  const auto& [version, key] = *keys_->data_keys.rbegin();
  MUSUBI_TRY(const Bytes body, crypto::SealGcm(key, AsBytes(reference), packed.bytes()));
  Bytes sealed(kVersionSize + body.size());
  for (std::size_t i = 0; i < kVersionSize; ++i) {
    sealed[i] = static_cast<std::uint8_t>(version >> (8 * (kVersionSize - 1 - i)));
  }
  std::copy(body.begin(), body.end(), sealed.begin() + kVersionSize);
  return sealed;
}

Result<number::IndividualNumber> Vault::Decrypt(BytesView sealed, std::string_view reference)
    const {
  if (sealed.size() != kSealedSize) {
    return NotWhatWasWritten();
  }
  const std::shared_lock lock(keys_->mutex);
  const auto version = static_cast<std::uint32_t>(ReadNumber(sealed.first(kVersionSize)));
  const auto key = keys_->data_keys.find(version);
  if (key == keys_->data_keys.end()) {
    Error error = NotWhatWasWritten();
    error.advice = "if the data key was rotated elsewhere, start this program anew";
    return error;
  }
  const auto packed =
      crypto::OpenGcm(key->second, AsBytes(reference), sealed.subspan(kVersionSize));
  if (!packed.ok() || packed.value().size() != kPackedSize) {
    return NotWhatWasWritten();
  }
  return number::IndividualNumber::FromPacked(ReadNumber(packed.value()));
}

BlindIndex Vault::IndexOf(const number::IndividualNumber& number) const {
  const Packed packed(number);
  auto context = keys_->index_contexts.Take();
  if (context == nullptr) {
    context = std::make_unique<crypto::HmacSha256>(keys_->index_key);
  }
  const crypto::Digest digest = context->Of(packed.bytes());
  keys_->index_contexts.Give(std::move(context));
  BlindIndex index{};
  std::copy_n(digest.begin(), index.size(), index.begin());
  return index;
}

Result<void> Vault::RotateDataKey(store::Database& database, crypto::KeyWrapper& kek) {
  MUSUBI_TRY(auto connection, database.Connect());
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection, store::Access::kWrite));
  MUSUBI_CHECK_OK(ClaimKeys(*connection));
  MUSUBI_TRY(const auto wrapped_keys, ReadKeys(*connection));
  // All of them: a new key under another KEK than the rest could never be opened together.
  MUSUBI_TRY(auto plain_keys, UnwrapAll(kek, wrapped_keys));
  std::uint32_t version = 1;
  std::map<std::uint32_t, SecretBytes> data_keys;
  for (PlainKey& plain : plain_keys) {
    if (plain.kind == KeyKind::kData) {
      version = std::max(version, plain.version + 1);
      data_keys.emplace(plain.version, std::move(plain.key));
    }
  }
  SecretBytes fresh = crypto::RandomKey();
  MUSUBI_TRY(const auto wrapped, WrapKey(kek, KeyKind::kData, version, fresh));
  MUSUBI_CHECK_OK(InsertKey(*connection, wrapped));
  MUSUBI_CHECK_OK(transaction.Commit());
  data_keys.emplace(version, std::move(fresh));
  const std::unique_lock lock(keys_->mutex);
  keys_->data_keys.swap(data_keys);
  return Ok();
}

Result<void> Vault::Rewrap(
    store::Database& database, crypto::KeyWrapper& old_kek, crypto::KeyWrapper& new_kek
) {
  MUSUBI_CHECK_OK(MigrateKeyTable(database));
  MUSUBI_TRY(auto connection, database.Connect());
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection, store::Access::kWrite));
  MUSUBI_CHECK_OK(ClaimKeys(*connection));
  MUSUBI_TRY(const auto wrapped_keys, ReadKeys(*connection));
  MUSUBI_TRY(const auto plain_keys, UnwrapAll(old_kek, wrapped_keys));
  for (const PlainKey& plain : plain_keys) {
    MUSUBI_TRY(const auto again, WrapKey(new_kek, plain.kind, plain.version, plain.key));
    MUSUBI_CHECK_OK(UpdateKey(*connection, again));
  }
  return transaction.Commit();
}

}  // namespace musubi::vault
