// 運用支援環境 as a process: the gateway between hub or insurers and jlis.
//
// Keeps nothing: what goes through is wiped when the answer has left.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "ops/config.h"

namespace musubi::national::support {

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

}  // namespace musubi::national::support
