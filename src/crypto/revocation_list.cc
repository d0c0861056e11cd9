#include <openssl/pem.h>

#include "base/check.h"
#include "crypto/issuing.h"

namespace musubi::crypto {

namespace {
// Long enough for an operator's monthly round, short enough that a lost list is noticed.
constexpr std::chrono::days kListValidity{30};
constexpr std::chrono::minutes kBackDating{5};  // see issuing.cc
constexpr std::size_t kListSizeMax = std::size_t{16} << 20U;

Asn1TimePtr TimeOf(Instant instant) {
  return Asn1TimePtr(ASN1_TIME_set(nullptr, ToSeconds(instant)));
}

Asn1IntegerPtr IntegerOf(std::uint64_t value) {
  Asn1IntegerPtr integer(ASN1_INTEGER_new());
  MUSUBI_CHECK(integer != nullptr);
  MUSUBI_CHECK(ASN1_INTEGER_set_uint64(integer.get(), value) == 1);
  return integer;
}

bool AddRevoked(X509_CRL* list, const IssuedCertificate& issued) {
  BIGNUM* raw = nullptr;
  if (BN_hex2bn(&raw, issued.serial.c_str()) == 0) {
    return false;
  }
  const BignumPtr number(raw);
  const Asn1IntegerPtr serial(BN_to_ASN1_INTEGER(number.get(), nullptr));
  const Asn1TimePtr revoked_at = TimeOf(*issued.revoked_at);
  RevokedPtr revoked(X509_REVOKED_new());
  const bool is_added = serial != nullptr && revoked_at != nullptr && revoked != nullptr &&
                        X509_REVOKED_set_serialNumber(revoked.get(), serial.get()) == 1 &&
                        X509_REVOKED_set_revocationDate(revoked.get(), revoked_at.get()) == 1 &&
                        X509_CRL_add0_revoked(list, revoked.get()) == 1;
  if (is_added) {
    static_cast<void>(revoked.release());  // the list owns it now
  }
  return is_added;
}

bool AddListExtensions(X509_CRL* list, X509* authority, std::uint64_t number) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, authority, nullptr, nullptr, list, 0);
  const ExtensionPtr key_id(
      X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always")
  );
  const Asn1IntegerPtr list_number = IntegerOf(number);
  return key_id != nullptr && X509_CRL_add_ext(list, key_id.get(), -1) == 1 &&
         X509_CRL_add1_ext_i2d(list, NID_crl_number, list_number.get(), 0, 0) == 1;
}

Result<std::string> ListPem(X509_CRL* list) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  char* data = nullptr;
  if (bio == nullptr || PEM_write_bio_X509_CRL(bio.get(), list) != 1) {
    return OpensslFailure("write the revocation list");
  }
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

}  // namespace

Result<std::string> MakeRevocationList(
    const Identity& authority,
    const std::vector<IssuedCertificate>& issued,
    std::uint64_t number,
    Instant now
) {
  const ErrorQueueMark mark;
  const RevocationListPtr list(X509_CRL_new());
  const Asn1TimePtr made_at = TimeOf(now - kBackDating);
  const Asn1TimePtr next_at = TimeOf(now + kListValidity);
  X509* const certificate = authority.certificate.get();
  bool is_made = list != nullptr && made_at != nullptr && next_at != nullptr &&
                 X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) == 1 &&
                 X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificate)) == 1 &&
                 X509_CRL_set1_lastUpdate(list.get(), made_at.get()) == 1 &&
                 X509_CRL_set1_nextUpdate(list.get(), next_at.get()) == 1;
  for (const IssuedCertificate& one : issued) {
    is_made = is_made && (!one.revoked_at || AddRevoked(list.get(), one));
  }
  is_made = is_made && X509_CRL_sort(list.get()) == 1 &&
            AddListExtensions(list.get(), certificate, number) &&
            X509_CRL_sign(list.get(), authority.key.get(), EVP_sha256()) > 0;
  if (!is_made) {
    return OpensslFailure("make the revocation list");
  }
  return ListPem(list.get());
}

Result<RevocationListPtr> ParseRevocationList(std::string_view pem) {
  const ErrorQueueMark mark;
  if (pem.size() > kListSizeMax) {
    return Error{ErrorCode::kExhausted, "the revocation list is too large"};
  }
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  MUSUBI_CHECK(bio != nullptr);
  RevocationListPtr list(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
  if (list == nullptr) {
    return Error{ErrorCode::kInvalid, "not a revocation list"};
  }
  return list;
}

std::uint64_t RevocationListNumber(const X509_CRL* list) {
  const Asn1IntegerPtr number(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(list, NID_crl_number, nullptr, nullptr))
  );
  std::uint64_t value = 0;
  if (number == nullptr || ASN1_INTEGER_get_uint64(&value, number.get()) != 1) {
    return 0;
  }
  return value;
}

}  // namespace musubi::crypto
