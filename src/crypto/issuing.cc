#include "crypto/issuing.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

#include "base/check.h"
#include "crypto/cipher.h"

namespace musubi::crypto {

namespace {
constexpr std::size_t kIdSizeMax = 64;  // the upper bound X.520 sets on a common name
constexpr std::size_t kSerialSize = 16;
constexpr std::size_t kHostSizeMax = 253;
// Clocks of institutions differ by minutes; a fresh certificate must work at once.
constexpr std::chrono::minutes kBackDating{5};

bool SetTimes(X509* certificate, Instant now, std::chrono::seconds validity) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate), ToSeconds(now - kBackDating)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), ToSeconds(now + validity)) != nullptr;
}

bool SetRandomSerial(X509* certificate) {
  std::array<std::uint8_t, kSerialSize> bytes{};
  FillRandom(bytes);
  // Positive, and always of full length so that the hex form has one spelling.
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x3fU) | 0x40U);
  const BignumPtr number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool SetName(X509* certificate, const std::string& name) {
  return X509_NAME_add_entry_by_NID(
             X509_get_subject_name(certificate),
             NID_commonName,
             MBSTRING_UTF8,
             reinterpret_cast<const unsigned char*>(name.data()),
             static_cast<int>(name.size()),
             -1,
             0
         ) == 1;
}

bool AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string AlternativeNames(const CertificateOrder& order) {
  std::string names = "URI:urn:musubi:node:" + order.name;
  if (order.host.empty()) {
    return names + ",DNS:localhost,IP:127.0.0.1";
  }
  std::array<std::uint8_t, sizeof(in6_addr)> address{};
  const bool is_address = inet_pton(AF_INET, order.host.c_str(), address.data()) == 1 ||
                          inet_pton(AF_INET6, order.host.c_str(), address.data()) == 1;
  return names + (is_address ? ",IP:" : ",DNS:") + order.host;
}

const char* KeyUsage(CertificateKind kind) {
  switch (kind) {
    case CertificateKind::kAuthority:
      return "critical,keyCertSign,cRLSign";
    case CertificateKind::kNode:
      return "critical,digitalSignature,keyAgreement";
    case CertificateKind::kSealing:
      return "critical,keyAgreement";
  }
  return "critical,keyAgreement";
}

bool AddExtensions(X509* certificate, X509* issuer, const CertificateOrder& order) {
  const bool is_authority = order.kind == CertificateKind::kAuthority;
  const char* constraints = is_authority ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE";
  return AddExtension(certificate, issuer, NID_basic_constraints, constraints) &&
         AddExtension(certificate, issuer, NID_key_usage, KeyUsage(order.kind)) &&
         (order.kind != CertificateKind::kNode ||
          (AddExtension(certificate, issuer, NID_ext_key_usage, "serverAuth,clientAuth") &&
           AddExtension(certificate, issuer, NID_subject_alt_name, AlternativeNames(order).c_str()))
         ) &&
         AddExtension(certificate, issuer, NID_subject_key_identifier, "hash") &&
         AddExtension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
}

// The host is written into OpenSSL's extension syntax, so nothing of that syntax may be in it.
Result<void> CheckHost(std::string_view host) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == ':';
  };
  if (host.size() > kHostSizeMax || !std::all_of(host.begin(), host.end(), is_allowed)) {
    return Error{ErrorCode::kInvalid, "the host is neither a host name nor an IP address"};
  }
  return Ok();
}

}  // namespace

Result<void> CheckNodeId(std::string_view id) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (id.empty() || id.size() > kIdSizeMax || !std::all_of(id.begin(), id.end(), is_allowed)) {
    return Error{
        ErrorCode::kInvalid,
        "a node's id has 1 to 64 lower-case letters, digits and hyphens",
        {},
        "for example insurer-133033"
    };
  }
  return Ok();
}

Result<Identity> MakeCertificate(
    const CertificateOrder& order, const std::optional<Identity>& issuer
) {
  const ErrorQueueMark mark;
  MUSUBI_CHECK_OK(CheckHost(order.host));
  PrivateKey key = PrivateKey::Generate();
  X509Ptr certificate(X509_new());
  MUSUBI_CHECK(certificate != nullptr);
  X509* const raw = certificate.get();
  X509* const issuer_raw = issuer ? issuer->certificate.get() : raw;
  const bool is_made = X509_set_version(raw, X509_VERSION_3) == 1 && SetRandomSerial(raw) &&
                       SetName(raw, order.name) &&
                       X509_set_issuer_name(raw, X509_get_subject_name(issuer_raw)) == 1 &&
                       SetTimes(raw, order.now, order.validity) &&
                       X509_set_pubkey(raw, key.get()) == 1 &&
                       AddExtensions(raw, issuer_raw, order) &&
                       X509_sign(raw, issuer ? issuer->key.get() : key.get(), EVP_sha256()) > 0;
  if (!is_made) {
    return OpensslFailure("make a certificate for '" + order.name + "'");
  }
  return Identity{Certificate::Adopt(certificate.release()), std::move(key)};
}

Result<Identity> MakeSealingIdentity(const Identity& node, std::string_view id, Instant now) {
  MUSUBI_CHECK_OK(CheckNodeId(id));
  // Longer than any batch stays open; the key is gone with the process anyhow.
  constexpr std::chrono::days kSealingValidity{30};
  return MakeCertificate({CertificateKind::kSealing, std::string(id), now, kSealingValidity}, node);
}

}  // namespace musubi::crypto
