// A network that is cut: TCP connections are passed on byte by byte, and now and then one of them
// is reset in the middle of whatever it carries.
//
// Stands between roles for measurements and crash runs; knows nothing of TLS or HTTP, so a cut
// comes within a record, within a request, after the work and before the answer, as it happens.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/result.h"

namespace musubi::bench {

// A port of 127.0.0.1 that is passed on to another.
struct PassedPort {
  std::uint16_t listen = 0;
  std::uint16_t to = 0;
};

// Works on a thread of its own until it is destroyed.
class LineCutter {
 public:
  // Every `cut_every_ms` a connection drawn by lot is reset at the next bytes it carries.
  [[nodiscard]] static Result<std::unique_ptr<LineCutter>> Start(
      std::span<const PassedPort> ports, unsigned cut_every_ms
  );
  ~LineCutter();

  // Resets so far; safe from every thread.
  [[nodiscard]] std::uint64_t cuts() const;

 private:
  struct State;

  explicit LineCutter(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace musubi::bench
