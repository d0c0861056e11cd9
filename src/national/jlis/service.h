// 住基ネット as a process: reads the residents' register, then serves resolutions, queries by
// attributes and verifications.
//
// A changed register is taken over while it serves (resident_register.h); packages of queries are
// answered too (query_packages.h).
//
// Start returns when the register is in memory; before that nothing listens.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "ops/config.h"

namespace musubi::national::jlis {

class Service {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Service>> Start(const ops::Config& config);
  ~Service();
  void Stop();
  [[nodiscard]] std::uint16_t port() const;

 private:
  struct State;

  explicit Service(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace musubi::national::jlis
