// The line from the association to support: queries by attributes and verifications.
//
// Bodies are lines of RQ, VQ and back (exchange/resident_query.h), wiped when they go. Retries for
// a minute; asking changes nothing, so a call may be repeated. One thread at a time.
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

 private:
  http::Client client_;
  http::RetryPolicy retry_;
};

}  // namespace musubi::insurer
