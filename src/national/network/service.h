// 情報提供ネットワークシステム as a process: store, master key, the three doors, the sweep.
//
// Routes: docs/formats/messages.md, "network". Not ready while the store is away. A timer erases
// what has run out once a minute.
#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "ops/config.h"

namespace musubi::national::network {

class Service {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Service>> Start(const ops::Config& config);
  // `clock` outlives the service.
  [[nodiscard]] static Result<std::unique_ptr<Service>> Start(
      const ops::Config& config, const Clock& clock
  );
  ~Service();
  void Stop();
  [[nodiscard]] std::uint16_t port() const;

 private:
  struct State;

  explicit Service(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace musubi::national::network
