// Names of batches, states and stages.
#include <charconv>

#include <fmt/format.h>

#include "hub/batch_book.h"

namespace musubi::hub {

std::string BatchName(BatchId id) {
  return fmt::format("B-{:08}", id);
}

std::optional<BatchId> BatchIdOf(std::string_view name) {
  if (!name.starts_with("B-")) {
    return std::nullopt;
  }
  name.remove_prefix(2);
  BatchId id = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
  if (error != std::errc() || end != name.data() + name.size() || id <= 0) {
    return std::nullopt;
  }
  return id;
}

std::string_view BatchStateName(BatchState state) {
  switch (state) {
    case BatchState::kOpen:
      return "open";
    case BatchState::kWorking:
      return "working";
    case BatchState::kReady:
      return "ready";
    case BatchState::kAcknowledged:
      return "acknowledged";
    case BatchState::kRefused:
      return "refused";
    case BatchState::kFileNeeded:
      return "file-needed";
  }
  return "refused";
}

std::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kQueued:
      return "queued";
    case Stage::kChecking:
      return "checking";
    case Stage::kAcquiring:
      return "acquiring";
    case Stage::kRegistering:
      return "registering";
    case Stage::kWriting:
      return "writing";
  }
  return "queued";
}

}  // namespace musubi::hub
