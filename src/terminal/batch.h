// A batch as the hub describes it (docs/formats/messages.md): one uploaded package on its way to
// its result.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"

namespace musubi::terminal {

enum class BatchState { kOpen, kWorking, kReady, kAcknowledged, kRefused, kFileNeeded };

[[nodiscard]] std::string_view BatchStateName(BatchState state);

struct Batch {
  std::string id;
  std::string insurer;
  BatchState state = BatchState::kOpen;
  std::string stage;
  std::uint64_t rows = 0;
  std::uint64_t rows_done = 0;
  std::uint64_t done = 0;
  std::uint64_t refused = 0;
  std::map<std::string, std::uint64_t> outcomes;
  std::uint64_t offset = 0;  // bytes the hub has
  std::uint64_t size = 0;
  std::uint64_t pairs_size = 0;
  std::string sealing_certificate;  // PEM; in state open
  Error problem;                    // in state refused
  std::string json;                 // as it came, without the sealing certificate

  // kInvalid: not a batch, or in a state this terminal does not know.
  [[nodiscard]] static Result<Batch> Parse(std::string_view json);

  [[nodiscard]] bool is_finished() const {
    return state == BatchState::kReady || state == BatchState::kAcknowledged ||
           state == BatchState::kRefused;
  }
};

// The M of {"offset":M}.
[[nodiscard]] Result<std::uint64_t> OffsetOf(std::string_view json);

}  // namespace musubi::terminal
