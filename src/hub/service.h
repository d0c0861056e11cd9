// The hub as a running role: its store, its server, and the one worker that takes batches in turn.
//
// One batch at a time: memory stays bounded by the longest list, and the registry has one writer.
// Stop() leaves a batch under way as a crash would: its terminal is asked for the file again.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "ops/config.h"

namespace musubi::hub {

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

}  // namespace musubi::hub
