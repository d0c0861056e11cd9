// Electronic certificates 電子証明書 of the scheme: P-256, issued by the scheme's own authority,
// revocable (CRL), for mutual TLS and for signing and sealing packages.
//
// The subject's CN is the node's id: "hub", "network", "jlis", "support", "insurer-133033",
// "terminal-133033"; the same id stands in the subject alternative name as urn:musubi:node:<id>,
// beside DNS:localhost and IP:127.0.0.1 (or the host given). Node certificates are valid 2 years,
// the authority's 10.
//
// An Authority folder holds authority.key (0600), authority.pem, crl.pem, index.csv (serial, id,
// issued, expires, revoked at or blank). Every change of it is written whole and renamed.
//
// Certificates and keys are immutable and safe to share between threads.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

using X509 = struct x509_st;
using EVP_PKEY = struct evp_pkey_st;

namespace musubi::crypto {

class Certificate {
 public:
  [[nodiscard]] static Result<Certificate> FromPem(std::string_view pem);
  [[nodiscard]] static Result<Certificate> FromDer(BytesView der);
  [[nodiscard]] static Certificate Adopt(X509* certificate);  // takes one reference over

  [[nodiscard]] std::string Pem() const;
  [[nodiscard]] Bytes Der() const;
  [[nodiscard]] std::string id() const;      // the CN
  [[nodiscard]] std::string serial() const;  // hex, lower case
  [[nodiscard]] Instant expires_at() const;
  [[nodiscard]] Instant valid_from() const;
  // Was it signed by the key of `issuer` (whatever its basic constraints say)?
  [[nodiscard]] bool IsSignedBy(const Certificate& issuer) const;

  [[nodiscard]] X509* get() const { return certificate_.get(); }

 private:
  explicit Certificate(std::shared_ptr<X509> certificate) : certificate_(std::move(certificate)) {}

  std::shared_ptr<X509> certificate_;
};

class PrivateKey {
 public:
  [[nodiscard]] static PrivateKey Generate();  // P-256
  [[nodiscard]] static Result<PrivateKey> FromPem(std::string_view pem);
  [[nodiscard]] std::string Pem() const;  // PKCS#8, not encrypted: for a 0600 file

  [[nodiscard]] EVP_PKEY* get() const { return key_.get(); }

 private:
  explicit PrivateKey(std::shared_ptr<EVP_PKEY> key) : key_(std::move(key)) {}

  std::shared_ptr<EVP_PKEY> key_;
};

// Who a node is on the wire and in packages.
struct Identity {
  Certificate certificate;
  PrivateKey key;

  // Refuses a key that does not belong to the certificate.
  [[nodiscard]] static Result<Identity> Load(
      const std::filesystem::path& certificate_path, const std::filesystem::path& key_path
  );
};

// A certificate for one batch, signed by the hub's node key; the private key exists in memory only.
[[nodiscard]] Result<Identity> MakeSealingIdentity(
    const Identity& node, std::string_view id, Instant now
);

// What is trusted: the authority's certificate and its latest revocation list. The CRL file is read
// again whenever it has changed, so that a revocation works on the next check. Thread-safe.
class Trust {
 public:
  [[nodiscard]] static Result<std::shared_ptr<Trust>> Load(
      std::filesystem::path authority_path, std::filesystem::path crl_path
  );
  ~Trust();
  // kRefused with the reason in plain words: another authority, expired, not yet valid, revoked,
  // no usable revocation list.
  [[nodiscard]] Result<void> Verify(const Certificate& certificate, Instant now) const;
  [[nodiscard]] const std::filesystem::path& authority_path() const;
  [[nodiscard]] const std::filesystem::path& crl_path() const;
  // Grows by one whenever the CRL file was read anew.
  [[nodiscard]] std::uint64_t generation() const;

 private:
  struct State;

  explicit Trust(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

struct IssuedCertificate {
  std::string serial;
  std::string id;
  Instant issued_at;
  Instant expires_at;
  std::optional<Instant> revoked_at;
};

class Authority {
 public:
  [[nodiscard]] static Result<Authority> Create(
      const std::filesystem::path& folder, std::string_view name, Instant now
  );
  [[nodiscard]] static Result<Authority> Open(const std::filesystem::path& folder);
  // A new key and certificate for `id`; renewing is issuing again (the old one runs out or is
  // revoked). `validity` defaults to two years.
  [[nodiscard]] Result<Identity> Issue(
      std::string_view id,
      Instant now,
      std::chrono::seconds validity = std::chrono::days(730),
      std::string_view host = {}
  );
  // Revokes by serial and writes a new CRL. kNotFound: never issued here.
  [[nodiscard]] Result<void> Revoke(std::string_view serial, Instant now);
  // A fresh CRL (next update in 30 days) without a new revocation.
  [[nodiscard]] Result<void> RefreshRevocationList(Instant now);

  [[nodiscard]] const std::vector<IssuedCertificate>& issued() const { return issued_; }

  [[nodiscard]] const Certificate& certificate() const { return identity_.certificate; }

 private:
  Authority(std::filesystem::path folder, Identity identity);

  std::filesystem::path folder_;
  Identity identity_;
  std::vector<IssuedCertificate> issued_;
};

// 60 days: from then on a certificate's coming end is warned about.
inline constexpr std::chrono::days kExpiryWarning{60};

}  // namespace musubi::crypto
