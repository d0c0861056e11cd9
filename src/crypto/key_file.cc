#include <algorithm>
#include <limits>

#include <sodium.h>

#include "base/check.h"
#include "base/io.h"
#include "crypto/cipher.h"
#include "crypto/key_store.h"

namespace musubi::crypto {

namespace {
// Stands at the beginning of the file and says how the rest is made; authenticated with the key.
constexpr std::string_view kMagic = "musubi key file 1: argon2id moderate, aes-256-gcm\n";
constexpr std::string_view kPurpose = "musubi wrapped secret 1";
constexpr std::size_t kSaltSize = crypto_pwhash_SALTBYTES;
constexpr std::size_t kKeySize = 32;
constexpr std::size_t kFileSizeMax = 1024;
constexpr std::size_t kPassphraseSizeMax = 1024;

Result<SecretBytes> DerivePassphraseKey(BytesView passphrase, BytesView salt) {
  MUSUBI_CHECK(sodium_init() >= 0);
  if (passphrase.empty() || passphrase.size() > kPassphraseSizeMax) {
    return Error{ErrorCode::kInvalid, "a passphrase has 1 to 1024 bytes"};
  }
  SecretBytes key(kKeySize);
  if (crypto_pwhash(
          key.data(),
          key.size(),
          reinterpret_cast<const char*>(passphrase.data()),
          passphrase.size(),
          salt.data(),
          crypto_pwhash_OPSLIMIT_MODERATE,
          crypto_pwhash_MEMLIMIT_MODERATE,
          crypto_pwhash_ALG_ARGON2ID13
      ) != 0) {
    return Error{
        ErrorCode::kExhausted,
        "there is not enough memory to check the passphrase",
        {},
        "256 MB must be free"
    };
  }
  return key;
}

class FileKeyWrapper : public KeyWrapper {
 public:
  explicit FileKeyWrapper(SecretBytes key) : key_(std::move(key)) {}

  Result<Bytes> Wrap(BytesView secret) override { return SealGcm(key_, AsBytes(kPurpose), secret); }

  Result<SecretBytes> Unwrap(BytesView wrapped) override {
    return OpenGcm(key_, AsBytes(kPurpose), wrapped);
  }

 private:
  SecretBytes key_;
};

}  // namespace

Result<void> CreateKeyFile(const std::filesystem::path& path, BytesView passphrase) {
  if (std::error_code code; std::filesystem::exists(path, code) || code) {
    return Error{
        ErrorCode::kConflict,
        "there is a key file already",
        path.string(),
        "what it protects would be lost: move it away first if that is meant"
    };
  }
  Bytes salt(kSaltSize);
  FillRandom(salt);
  MUSUBI_TRY(const SecretBytes passphrase_key, DerivePassphraseKey(passphrase, salt));
  MUSUBI_TRY(const Bytes sealed, SealGcm(passphrase_key, AsBytes(kMagic), RandomKey()));
  std::string content(kMagic);
  content += AsText(salt);
  content += AsText(sealed);
  return WriteFile(path, content);
}

Result<std::unique_ptr<KeyWrapper>> OpenKeyFile(
    const std::filesystem::path& path, BytesView passphrase
) {
  MUSUBI_TRY(const std::string content, ReadFile(path, kFileSizeMax));
  if (!content.starts_with(kMagic) || content.size() < kMagic.size() + kSaltSize) {
    return Error{ErrorCode::kCorrupt, "this is not a key file", path.string()};
  }
  const BytesView body = AsBytes(content).subspan(kMagic.size());
  MUSUBI_TRY(
      const SecretBytes passphrase_key, DerivePassphraseKey(passphrase, body.first(kSaltSize))
  );
  auto key = OpenGcm(passphrase_key, AsBytes(kMagic), body.subspan(kSaltSize));
  if (!key) {
    return Error{
        ErrorCode::kRefused, "wrong passphrase, or the key file was changed", path.string()
    };
  }
  if (key->size() != kKeySize) {
    return Error{ErrorCode::kCorrupt, "the key file does not hold a key", path.string()};
  }
  return std::unique_ptr<KeyWrapper>(std::make_unique<FileKeyWrapper>(std::move(*key)));
}

Result<SecretBytes> ReadPassphraseFile(const std::filesystem::path& path) {
  // Read by hand and not as text, so that no unwiped copy is made.
  SecretBytes content(kPassphraseSizeMax + 2);
  MUSUBI_TRY(const auto source, FileSource::Open(path));
  std::size_t size = 0;
  while (size < content.size()) {
    MUSUBI_TRY(const std::size_t count, source->Read(std::span(content).subspan(size)));
    if (count == 0) {
      break;
    }
    size += count;
  }
  const std::string_view text = AsText(BytesView(content).first(size));
  std::string_view line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (line.empty() || line.size() > kPassphraseSizeMax) {
    return Error{
        ErrorCode::kInvalid,
        "the first line must hold a passphrase of 1 to 1024 bytes",
        path.string()
    };
  }
  return CopyToSecret(AsBytes(line));
}

}  // namespace musubi::crypto
