#include "crypto/ed25519.h"

#include <openssl/pem.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/io.h"
#include "base/secret.h"
#include "crypto/openssl.h"

namespace musubi::crypto {

namespace {
constexpr std::size_t kPemSizeMax = 4096;

Error NotAKey() {
  return {ErrorCode::kInvalid, "not an Ed25519 private key in PEM"};
}

}  // namespace

Result<Ed25519Key> Ed25519Key::Adopt(std::shared_ptr<EVP_PKEY> key) {
  Ed25519PublicKey public_key{};
  std::size_t size = public_key.size();
  if (EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_public_key(key.get(), public_key.data(), &size) != 1 ||
      size != public_key.size()) {
    return NotAKey();
  }
  return Ed25519Key(std::move(key), public_key);
}

Ed25519Key Ed25519Key::Generate() {
  EVP_PKEY* made = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  MUSUBI_CHECK(made != nullptr);
  Result<Ed25519Key> key = Adopt(std::shared_ptr<EVP_PKEY>(made, EVP_PKEY_free));
  MUSUBI_CHECK(key.ok());
  return std::move(key).value();
}

Result<Ed25519Key> Ed25519Key::FromPem(std::string_view pem) {
  const ErrorQueueMark mark;
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // A passphrase is never asked for: a null one fails on an encrypted key.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  EVP_PKEY* read = bio == nullptr
                       ? nullptr
                       : PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr);
  if (read == nullptr) {
    return NotAKey();
  }
  return Adopt(std::shared_ptr<EVP_PKEY>(read, EVP_PKEY_free));
}

Result<Ed25519Key> Ed25519Key::Load(const std::filesystem::path& path) {
  MUSUBI_TRY(std::string pem, ReadFile(path, kPemSizeMax));
  struct stat status{};
  const bool is_private =
      ::stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  Result<Ed25519Key> key = is_private ? FromPem(pem)
                                      : Error{
                                            ErrorCode::kRefused,
                                            "others than its owner may read the key",
                                            {},
                                            "chmod 600 it, and make a new key if they did"
                                        };
  WipeMemory(pem.data(), pem.size());
  if (!key.ok()) {
    key.error().place = path.string();
  }
  return key;
}

Result<void> Ed25519Key::Save(const std::filesystem::path& path) const {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    return Error{ErrorCode::kConflict, "there is a key already", path.string()};
  }
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  MUSUBI_CHECK(bio != nullptr);
  MUSUBI_CHECK(
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
      1
  );
  char* pem = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &pem);
  return WriteFile(path, std::string_view(pem, static_cast<std::size_t>(size)), 0600);
}

Ed25519Signature Ed25519Key::Sign(BytesView message) const {
  const DigestContextPtr context(EVP_MD_CTX_new());
  Ed25519Signature signature{};
  std::size_t size = signature.size();
  MUSUBI_CHECK(context != nullptr);
  MUSUBI_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
  MUSUBI_CHECK(
      EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1
  );
  MUSUBI_CHECK(size == signature.size());
  return signature;
}

bool VerifyEd25519(const Ed25519PublicKey& key, BytesView message, BytesView signature) {
  const ErrorQueueMark mark;
  if (signature.size() != Ed25519Signature{}.size()) {
    return false;
  }
  const KeyPtr public_key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size())
  );
  const DigestContextPtr context(EVP_MD_CTX_new());
  return public_key != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, public_key.get()) == 1 &&
         EVP_DigestVerify(
             context.get(), signature.data(), signature.size(), message.data(), message.size()
         ) == 1;
}

}  // namespace musubi::crypto
