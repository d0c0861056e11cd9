#include "hub/copy_freshness.h"

#include <charconv>
#include <map>

#include <fmt/format.h>

#include "ops/metrics.h"

namespace musubi::hub {

namespace {

struct LastApplied {
  std::int64_t at_ms = 0;
  std::int64_t revision = 0;
};

using LastByGroup = std::map<std::string, LastApplied, std::less<>>;

Result<std::map<std::uint32_t, std::int64_t>> FirstBatches(store::Connection& connection) {
  std::map<std::uint32_t, std::int64_t> first;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT insurer, MIN(created_at) FROM batch GROUP BY insurer",
      {},
      [&first](const store::Row& row) {
        std::uint32_t insurer = 0;
        const std::string_view digits = row.Text(0);
        std::from_chars(digits.data(), digits.data() + digits.size(), insurer);
        first[insurer] = row.Int(1);
        return Ok();
      }
  ));
  return first;
}

Result<std::map<std::uint32_t, LastByGroup>> LastOfEach(store::Connection& connection) {
  std::map<std::uint32_t, LastByGroup> last;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT f.insurer, f.record_group, f.applied_at, p.revision FROM copy_freshness f JOIN "
      "copy_package p ON p.ordinal = f.ordinal",
      {},
      [&last](const store::Row& row) {
        last[static_cast<std::uint32_t>(row.Int(0))][std::string(row.Text(1))] = {
            row.Int(2), row.Int(3)
        };
        return Ok();
      }
  ));
  return last;
}

}  // namespace

Result<std::vector<Freshness>> FreshnessOf(
    store::Connection& connection, const rules::RecordLayouts& layouts, Instant now
) {
  constexpr std::int64_t kDaySeconds = 86400;
  MUSUBI_TRY(auto first, FirstBatches(connection));
  MUSUBI_TRY(const auto last, LastOfEach(connection));
  for (const auto& [insurer, groups] : last) {
    first.emplace(insurer, groups.begin()->second.at_ms);
  }
  std::vector<Freshness> all;
  for (const auto& [insurer, since_ms] : first) {
    for (const rules::RecordGroup& group : layouts.groups()) {
      Freshness one;
      one.insurer = insurer;
      one.group = group.name;
      one.last_applied_ms = since_ms;
      one.silence_max_s = group.silence_days * kDaySeconds;
      if (const auto groups = last.find(insurer); groups != last.end()) {
        if (const auto found = groups->second.find(group.name); found != groups->second.end()) {
          one.was_ever_applied = true;
          one.last_applied_ms = found->second.at_ms;
          one.revision = found->second.revision;
        }
      }
      one.silent_s = (now.time_since_epoch().count() - one.last_applied_ms) / 1000;
      one.is_silent = one.silent_s > one.silence_max_s;
      if (one.was_ever_applied || group.expected) {
        all.push_back(std::move(one));
      }
    }
  }
  return all;
}

Result<void> PublishFreshness(
    store::Connection& connection, const rules::RecordLayouts& layouts, Instant now
) {
  MUSUBI_TRY(const auto all, FreshnessOf(connection, layouts, now));
  for (const Freshness& one : all) {
    const std::int64_t seconds = one.was_ever_applied ? one.last_applied_ms / 1000 : 0;
    ops::GetGauge(
        "musubi_hub_copies_last_applied_seconds",
        "When record copies of this group were last applied, in seconds since 1970; 0: never",
        fmt::format("insurer=\"{:06}\",group=\"{}\"", one.insurer, one.group)
    )
        .Set(static_cast<std::uint64_t>(seconds));
  }
  return Ok();
}

}  // namespace musubi::hub
