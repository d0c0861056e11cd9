// nginx as a yardstick: a static answer over mutual TLS 1.3, with the hub's certificate, on
// loopback.
#pragma once

#include <cstdint>
#include <memory>

#include <sys/types.h>

#include "base/result.h"
#include "scheme/layout.h"

namespace musubi::bench {

class Nginx {
 public:
  // Null: nginx is not installed. kUnavailable: it does not start.
  [[nodiscard]] static Result<std::unique_ptr<Nginx>> Start(
      const scheme::Layout& layout, std::uint16_t port
  );
  ~Nginx();
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  Nginx(pid_t pid, std::uint16_t port) : pid_(pid), port_(port) {}

  pid_t pid_;
  std::uint16_t port_;
};

}  // namespace musubi::bench
