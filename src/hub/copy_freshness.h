// How fresh each association's record copies 副本 are, and who has been silent for too long: a
// broken machine at an association must not mean that the hub answers with old records and nobody
// knows.
//
// An association counts from its first batch at the hub; how long each group of records may be
// silent stands in rules/record-layouts.toml.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "rules/record_layout.h"
#include "store/database.h"

namespace musubi::hub {

struct Freshness {
  std::uint32_t insurer = 0;
  std::string group;  // "eligibility"
  bool was_ever_applied = false;
  std::int64_t revision = 0;         // of the last applied package
  std::int64_t last_applied_ms = 0;  // or the association's first batch, when none was applied
  std::int64_t silent_s = 0;         // since then
  std::int64_t silence_max_s = 0;
  bool is_silent = false;  // for too long
};

// Per association and group, in this order. A group that is not expected and never came is left
// out.
[[nodiscard]] Result<std::vector<Freshness>> FreshnessOf(
    store::Connection& connection, const rules::RecordLayouts& layouts, Instant now
);

// Gauges musubi_hub_copies_last_applied_seconds{insurer,group}: when, in seconds since 1970, so
// that a rule of the monitoring can compare it with its own clock.
[[nodiscard]] Result<void> PublishFreshness(
    store::Connection& connection, const rules::RecordLayouts& layouts, Instant now
);

}  // namespace musubi::hub
