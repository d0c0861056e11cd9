// Keys that protect other keys: a passphrase-protected file, or a PKCS#11 token.
//
// KeyWrapper wraps small secrets (32 bytes and the like); it never sees bulk data. The file form is
// Argon2id (libsodium, moderate limits) over the passphrase, then AES-256-GCM; the token form calls
// C_Encrypt with AES-GCM on a secret key found by its label, so the key never leaves the token.
// Passphrase and PIN come from a file the operator protects (or a terminal prompt), never from
// arguments or the environment.
//
// A wrapper belongs to one thread at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace musubi::crypto {

class KeyWrapper {
 public:
  virtual ~KeyWrapper() = default;
  [[nodiscard]] virtual Result<Bytes> Wrap(BytesView secret) = 0;
  // kRefused: wrapped by another key or changed since.
  [[nodiscard]] virtual Result<SecretBytes> Unwrap(BytesView wrapped) = 0;
};

// Creates a key file (mode 0600) holding a random 32-byte key under the passphrase.
[[nodiscard]] Result<void> CreateKeyFile(const std::filesystem::path& path, BytesView passphrase);
// kRefused: wrong passphrase.
[[nodiscard]] Result<std::unique_ptr<KeyWrapper>> OpenKeyFile(
    const std::filesystem::path& path, BytesView passphrase
);

struct TokenOptions {
  std::string module_path;  // libsofthsm2.so or the vendor's
  std::string token_label;
  std::string key_label;
};

// Generates an AES-256 key on the token if no key of this label exists.
[[nodiscard]] Result<void> CreateTokenKey(const TokenOptions& options, BytesView pin);
[[nodiscard]] Result<std::unique_ptr<KeyWrapper>> OpenToken(
    const TokenOptions& options, BytesView pin
);

// First line of the file, without its line ending.
[[nodiscard]] Result<SecretBytes> ReadPassphraseFile(const std::filesystem::path& path);

}  // namespace musubi::crypto
