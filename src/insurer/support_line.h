// The line from the association to support: queries by attributes and verifications.
//
// Bodies are sealed packages or lines of RQ, VQ and back (exchange/resident_query.h), wiped when
// they go. Retries for a minute; asking changes nothing, so a call may be repeated. One thread at a
// time.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "crypto/certificate.h"
#include "http/client.h"
#include "ops/node.h"

namespace musubi::insurer {

inline constexpr std::string_view kQueryPath = "/v1/resident-queries";
inline constexpr std::string_view kVerificationPath = "/v1/verifications";
inline constexpr std::string_view kAddressPath = "/v1/address-look-ups";
inline constexpr std::string_view kQueryPackagePath = "/v1/resident-query-packages";
inline constexpr std::string_view kVerificationPackagePath = "/v1/verification-packages";

// Lines in, as many lines out.
using AskSupport = std::function<Result<http::Body>(std::string_view path, http::Body lines)>;

class SupportLine {
 public:
  SupportLine(
      const ops::Endpoint& support,
      const crypto::Identity& identity,
      std::shared_ptr<const crypto::Trust> trust,
      int patience_s
  );

  [[nodiscard]] Result<http::Body> Ask(std::string_view path, http::Body lines);
  // A sealed package to its answer; the same package again gets the same answer. While jlis answers
  // another package, or this one for longer than a call may last, it is sent again until it is
  // done or patience, five minutes at least, ends.
  [[nodiscard]] Result<http::Body> SendPackage(std::string_view path, http::Body package);

 private:
  [[nodiscard]] Result<http::Body> Post(http::Request request, const http::RetryPolicy& retry);

  http::Client client_;
  http::RetryPolicy retry_;
};

}  // namespace musubi::insurer
