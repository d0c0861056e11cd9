// A role's line to another role that answers for it (jlis to the network, support to jlis).
//
// One kept-alive connection per running handler, made when needed and used again, so that requests
// run side by side. Safe from every thread.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "http/client.h"

namespace musubi::http {

class PeerLine {
 public:
  PeerLine(
      ClientOptions options, crypto::Identity identity, std::shared_ptr<const crypto::Trust> trust
  )
      : options_(std::move(options)), identity_(std::move(identity)), trust_(std::move(trust)) {}

  // Tries for a few seconds, under the request's own Idempotency-Key; whoever called us has more
  // patience and calls again. A refused certificate between us and the peer is our trouble, not the
  // caller's: to the caller we are unavailable.
  [[nodiscard]] Result<Response> Send(const Request& request);

 private:
  [[nodiscard]] std::unique_ptr<Client> Take();
  void Give(std::unique_ptr<Client> client);

  ClientOptions options_;
  crypto::Identity identity_;
  std::shared_ptr<const crypto::Trust> trust_;  // second owner: the server of this role
  std::mutex mutex_;
  std::vector<std::unique_ptr<Client>> idle_;
};

}  // namespace musubi::http
