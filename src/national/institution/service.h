// 他機関 as a process: another institution of the network, which asks and answers. A stand-in for a
// municipality or for another insurer, by its configuration.
//
//   [institution]
//   id = "institution-131016"            # in the network's directory; default: the node's id
//   kinds = ["municipality", "welfare-municipality"]  # codes of rules/permission
//   name = "架空市"
//   records = "institution-131016/records.csv"
//   look_every_ms = 1000                 # how often the file is looked at
//
// Start returns when the file is read and the store is open; /readyz says ready when the network
// has given the codes of all residents in it. Records of exchanges are erased after their years.
#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "ops/config.h"

namespace musubi::national::institution {

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

}  // namespace musubi::national::institution
