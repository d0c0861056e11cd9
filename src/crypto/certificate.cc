#include "crypto/certificate.h"

#include <algorithm>

#include <openssl/pem.h>

#include "base/check.h"
#include "base/io.h"
#include "base/secret.h"
#include "crypto/openssl.h"

namespace musubi::crypto {

namespace {
constexpr std::size_t kCertificateSizeMax = std::size_t{64} << 10U;

BioPtr ReadOnlyBio(std::string_view text) {
  BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  MUSUBI_CHECK(bio != nullptr);
  return bio;
}

std::string BioContent(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

Instant InstantOf(const ASN1_TIME* time) {
  std::tm civil{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &civil) != 1) {
    return {};
  }
  const std::chrono::year_month_day day{
      std::chrono::year(civil.tm_year + 1900),
      std::chrono::month(static_cast<unsigned>(civil.tm_mon + 1)),
      std::chrono::day(static_cast<unsigned>(civil.tm_mday))
  };
  return Instant(std::chrono::sys_days(day)) + std::chrono::hours(civil.tm_hour) +
         std::chrono::minutes(civil.tm_min) + std::chrono::seconds(civil.tm_sec);
}

bool IsP256(const EVP_PKEY* key) {
  std::array<char, 32> group{};
  std::size_t size = 0;
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1 &&
         std::string_view(group.data(), size) == "prime256v1";
}

Error NotACertificate() {
  return {ErrorCode::kInvalid, "not a certificate"};
}

// Every certificate of a scheme has a P-256 key; others would only fail later, less clearly.
Result<Certificate> Checked(X509Ptr certificate) {
  if (certificate == nullptr) {
    return NotACertificate();
  }
  const EVP_PKEY* key = X509_get0_pubkey(certificate.get());
  if (key == nullptr || !IsP256(key)) {
    return Error{ErrorCode::kInvalid, "the certificate's key is not a P-256 key"};
  }
  return Certificate::Adopt(certificate.release());
}

}  // namespace

Result<Certificate> Certificate::FromPem(std::string_view pem) {
  const ErrorQueueMark mark;
  if (pem.size() > kCertificateSizeMax) {
    return NotACertificate();
  }
  const BioPtr bio = ReadOnlyBio(pem);
  return Checked(X509Ptr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)));
}

Result<Certificate> Certificate::FromDer(BytesView der) {
  const ErrorQueueMark mark;
  if (der.size() > kCertificateSizeMax) {
    return NotACertificate();
  }
  const unsigned char* cursor = der.data();
  X509Ptr certificate(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  if (certificate != nullptr && cursor != der.data() + der.size()) {
    return NotACertificate();
  }
  return Checked(std::move(certificate));
}

Certificate Certificate::Adopt(X509* certificate) {
  MUSUBI_CHECK(certificate != nullptr);
  // shared_ptr: copies of a certificate live in connections, packages and tables at once.
  return Certificate(std::shared_ptr<X509>(certificate, X509_free));
}

std::string Certificate::Pem() const {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  MUSUBI_CHECK(bio != nullptr);
  MUSUBI_CHECK(PEM_write_bio_X509(bio.get(), get()) == 1);
  return BioContent(bio.get());
}

Bytes Certificate::Der() const {
  unsigned char* raw = nullptr;
  const int size = i2d_X509(get(), &raw);
  MUSUBI_CHECK(size > 0);
  const DerPtr owner(raw);
  return {raw, raw + size};
}

std::string Certificate::id() const {
  const X509_NAME* subject = X509_get_subject_name(get());
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, index) >= 0) {
    return {};  // none, or two: nobody of ours
  }
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index));
  unsigned char* raw = nullptr;
  const int size = ASN1_STRING_to_UTF8(&raw, value);
  if (size < 0) {
    return {};
  }
  const DerPtr owner(raw);
  return std::string(AsText(BytesView(raw, static_cast<std::size_t>(size))));
}

std::string Certificate::serial() const {
  const BignumPtr number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(get()), nullptr));
  MUSUBI_CHECK(number != nullptr);
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), bytes.data());
  return ToHex(bytes);
}

Instant Certificate::expires_at() const {
  return InstantOf(X509_get0_notAfter(get()));
}

Instant Certificate::valid_from() const {
  return InstantOf(X509_get0_notBefore(get()));
}

bool Certificate::IsSignedBy(const Certificate& issuer) const {
  const ErrorQueueMark mark;
  EVP_PKEY* key = X509_get0_pubkey(issuer.get());
  return X509_NAME_cmp(X509_get_issuer_name(get()), X509_get_subject_name(issuer.get())) == 0 &&
         key != nullptr && X509_verify(get(), key) == 1;
}

PrivateKey PrivateKey::Generate() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  MUSUBI_CHECK(key != nullptr);
  // shared_ptr: an identity is copied into every connection and writer that acts for it.
  return PrivateKey(std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free));
}

Result<PrivateKey> PrivateKey::FromPem(std::string_view pem) {
  const ErrorQueueMark mark;
  if (pem.size() > kCertificateSizeMax) {
    return Error{ErrorCode::kInvalid, "not a private key"};
  }
  const BioPtr bio = ReadOnlyBio(pem);
  // An encrypted key must not make OpenSSL ask on the terminal.
  const auto no_passphrase = [](char* /*buffer*/, int /*size*/, int /*writes*/, void* /*data*/) {
    return -1;
  };
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr) {
    return Error{ErrorCode::kInvalid, "not a private key (PEM, not encrypted)"};
  }
  if (!IsP256(key.get())) {
    return Error{ErrorCode::kInvalid, "the private key is not a P-256 key"};
  }
  return PrivateKey(std::shared_ptr<EVP_PKEY>(key.release(), EVP_PKEY_free));
}

std::string PrivateKey::Pem() const {
  // Secure-heap or not, OpenSSL wipes a memory BIO's buffer when it frees it.
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  MUSUBI_CHECK(bio != nullptr);
  MUSUBI_CHECK(
      PEM_write_bio_PKCS8PrivateKey(bio.get(), get(), nullptr, nullptr, 0, nullptr, nullptr) == 1
  );
  return BioContent(bio.get());
}

Result<Identity> Identity::Load(
    const std::filesystem::path& certificate_path, const std::filesystem::path& key_path
) {
  const ErrorQueueMark mark;
  MUSUBI_TRY(const std::string certificate_pem, ReadFile(certificate_path, kCertificateSizeMax));
  auto certificate = Certificate::FromPem(certificate_pem);
  if (!certificate) {
    certificate.error().place = certificate_path.string();
    return certificate.error();
  }
  MUSUBI_TRY(std::string key_pem, ReadFile(key_path, kCertificateSizeMax));
  auto key = PrivateKey::FromPem(key_pem);
  WipeMemory(key_pem.data(), key_pem.size());
  if (!key) {
    key.error().place = key_path.string();
    return key.error();
  }
  if (X509_check_private_key(certificate->get(), key->get()) != 1) {
    return Error{
        ErrorCode::kRefused,
        "the private key does not belong to the certificate " + certificate_path.string(),
        key_path.string(),
        "certificate and key are issued as a pair: put both back from the same issue"
    };
  }
  return Identity{std::move(*certificate), std::move(*key)};
}

}  // namespace musubi::crypto
