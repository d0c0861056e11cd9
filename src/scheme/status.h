// How the roles of a scheme are: running, ready, and how long their certificates last.
//
// Readiness is asked over mutual TLS in the name of the hub, whom every role trusts. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "http/client.h"
#include "scheme/layout.h"

namespace musubi::scheme {

class ReadinessProbe {
 public:
  [[nodiscard]] static Result<ReadinessProbe> Open(const Layout& layout);
  // OK: the role can do its job now. Otherwise why not.
  [[nodiscard]] Result<void> Ask(std::string_view node);
  // "127.0.0.1:18441".
  [[nodiscard]] std::string AddressOf(std::string_view node) const;

 private:
  struct Target {
    std::string address;
    std::unique_ptr<http::Client> client;
  };

  explicit ReadinessProbe(crypto::Identity identity)
      : identity_(std::make_unique<crypto::Identity>(std::move(identity))) {}

  std::unique_ptr<crypto::Identity> identity_;  // clients refer to it, so it must not move
  std::map<std::string, Target, std::less<>> targets_;
};

struct RoleStatus {
  std::string role;  // the node: "hub", "institution-131016"
  pid_t pid = 0;     // 0: not running
  std::string address;
  bool is_ready = false;
  std::string reason;  // why it is not ready
  std::int64_t certificate_days = 0;
};

// The pid of the node's running process, or 0.
[[nodiscard]] pid_t RunningPid(const Layout& layout, std::string_view node);

[[nodiscard]] Result<std::vector<RoleStatus>> ReadStatus(const Layout& layout, Instant now);

}  // namespace musubi::scheme
