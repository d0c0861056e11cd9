// Writes certificates and revocation lists: what Authority and MakeSealingIdentity have in common.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/certificate.h"
#include "crypto/openssl.h"

namespace musubi::crypto {

enum class CertificateKind {
  kAuthority,  // signs certificates and revocation lists
  kNode,       // TLS both ways, signs and opens packages
  kSealing,    // only opens packages
};

struct CertificateOrder {
  CertificateKind kind = CertificateKind::kNode;
  std::string name;  // the CN: a node's id, or the authority's name
  Instant now;
  std::chrono::seconds validity{};
  std::string host = {};  // kNode only; empty: this machine
};

// A new key and a certificate for it, signed by `issuer` or, without one, by itself.
[[nodiscard]] Result<Identity> MakeCertificate(
    const CertificateOrder& order, const std::optional<Identity>& issuer
);

// A node's id: lower-case letters, digits and hyphens, at most 64.
[[nodiscard]] Result<void> CheckNodeId(std::string_view id);

// PEM of a list of everything revoked in `issued`, valid 30 days, numbered `number`.
[[nodiscard]] Result<std::string> MakeRevocationList(
    const Identity& authority,
    const std::vector<IssuedCertificate>& issued,
    std::uint64_t number,
    Instant now
);

[[nodiscard]] Result<RevocationListPtr> ParseRevocationList(std::string_view pem);
// 0 if it has none.
[[nodiscard]] std::uint64_t RevocationListNumber(const X509_CRL* list);

}  // namespace musubi::crypto
