// `musubi certificate ...`: issuing, renewing, revoking and listing electronic certificates
// 電子証明書, at the machine that holds the authority's folder.
#pragma once

#include <string>

namespace musubi::apps {

struct CertificateOptions {
  std::string authority_folder;
  std::string id;          // issue, renew, revoke
  std::string serial;      // revoke: this one instead of every one of `id`
  std::string out_folder;  // issue, renew: where node.pem and node.key go
  std::string host;        // issue, renew: name or address; empty means this machine
  int days = 730;
  bool json = false;
};

// Warns if `id` has a living certificate already: that is what renewing is for.
[[nodiscard]] int CertificateIssue(const CertificateOptions& options);

// A new pair; the old one is put aside as node-<serial>.pem and .key, because what was sealed to it
// opens with its key only. Old certificates stay good until they run out or are revoked. kNotFound:
// no certificate was ever issued for this id.
[[nodiscard]] int CertificateRenew(const CertificateOptions& options);

// The one of `serial`, or all living ones of `id`.
[[nodiscard]] int CertificateRevoke(const CertificateOptions& options);

// Warns on standard error of those that run out within 60 days.
[[nodiscard]] int CertificateList(const CertificateOptions& options);

// A fresh revocation list, good for 30 days: without one everybody is refused. A running scheme does
// this by itself every day; a scheme spread over machines does it from a timer.
[[nodiscard]] int CertificateRefresh(const CertificateOptions& options);

}  // namespace musubi::apps
