#include "insurer/support_line.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "crypto/cipher.h"
#include "crypto/digest.h"

namespace musubi::insurer {

namespace {

constexpr int kMsPerSecond = 1000;
// A large package takes jlis longer than one call may last.
constexpr int kPackagePatienceMs = 300000;

http::ClientOptions OptionsOf(const ops::Endpoint& support) {
  http::ClientOptions options;
  options.host = support.host;
  options.port = support.port;
  options.peer_id = "support";
  return options;
}

}  // namespace

SupportLine::SupportLine(
    const ops::Endpoint& support,
    const crypto::Identity& identity,
    std::shared_ptr<const crypto::Trust> trust,
    int patience_s
)
    : client_(OptionsOf(support), identity, std::move(trust)) {
  retry_.patience_ms = patience_s * kMsPerSecond;
}

Result<http::Body> SupportLine::Ask(std::string_view path, http::Body lines) {
  std::array<std::uint8_t, 16> key = {};
  crypto::FillRandom(key);
  http::Request request;
  request.path = path;
  request.headers["content-type"] = http::kCsv;
  request.headers["idempotency-key"] = ToHex(key);
  request.body = std::move(lines);
  return Post(std::move(request), retry_);
}

Result<http::Body> SupportLine::SendPackage(std::string_view path, http::Body package) {
  crypto::Sha256 digest;
  digest.Update(AsBytes({package.data(), package.size()}));
  http::Request request;
  request.path = path;
  request.headers["content-type"] = http::kOctets;
  request.headers["idempotency-key"] = ToHex(digest.Finish());
  request.body = std::move(package);
  http::RetryPolicy retry = retry_;
  retry.patience_ms = std::max(retry.patience_ms, kPackagePatienceMs);
  return Post(std::move(request), retry);
}

Result<http::Body> SupportLine::Post(http::Request request, const http::RetryPolicy& retry) {
  request.method = "POST";
  MUSUBI_TRY(http::Response response, http::SendWithRetry(client_, request, retry));
  if (response.status != 200) {
    return http::ErrorOfProblem(response);
  }
  return std::move(response.body);
}

}  // namespace musubi::insurer
