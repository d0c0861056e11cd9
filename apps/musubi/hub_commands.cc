#include "apps/musubi/hub_commands.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/musubi/output.h"
#include "hub/copy_freshness.h"
#include "hub/registry.h"
#include "hub/schema.h"
#include "ops/config.h"
#include "ops/node.h"

namespace musubi::apps {

namespace {

Result<std::unique_ptr<store::Database>> OpenStore(const std::string& path) {
  MUSUBI_TRY(const ops::Config config, ops::Config::Load(path));
  MUSUBI_TRY(const ops::NodeConfig node, ops::NodeConfig::Read(config));
  MUSUBI_TRY(auto database, store::Database::Open(node.store, node.config_folder.string()));
  MUSUBI_CHECK_OK(database->Migrate("hub", hub::HubMigrations()));
  return database;
}

Result<hub::RegistryCounts> Count(const HubPeopleOptions& options) {
  MUSUBI_TRY(const auto database, OpenStore(options.config));
  MUSUBI_TRY(const auto connection, database->Connect());
  return hub::CountRegistry(*connection);
}

Result<std::vector<hub::Freshness>> ReadFreshness(const HubFreshnessOptions& options) {
  MUSUBI_TRY(const auto database, OpenStore(options.config));
  MUSUBI_TRY(const auto connection, database->Connect());
  return hub::FreshnessOf(*connection, rules::RecordLayouts::BuiltIn(), SystemClock().Now());
}

std::string LastText(const hub::Freshness& one) {
  return one.was_ever_applied
             ? FormatJapanTime(Instant(std::chrono::milliseconds(one.last_applied_ms)))
             : "never";
}

boost::json::object FreshnessJson(const hub::Freshness& one) {
  boost::json::object json = {
      {"insurer", fmt::format("{:06}", one.insurer)},
      {"group", one.group},
      {"silent_seconds", one.silent_s},
      {"silence_max_seconds", one.silence_max_s},
      {"silent", one.is_silent}
  };
  if (one.was_ever_applied) {
    json["last_applied"] = LastText(one);
    json["package"] = one.revision;
  } else {
    json["last_applied"] = nullptr;
  }
  return json;
}

}  // namespace

int HubPeople(const HubPeopleOptions& options) {
  const Result<hub::RegistryCounts> counts = Count(options);
  if (!counts.ok()) {
    return Fail(counts.error());
  }
  if (options.json) {
    boost::json::object by_insurer;
    for (const auto& [insurer, enrolments] : counts->by_insurer) {
      by_insurer[fmt::format("{:06}", insurer)] = enrolments;
    }
    const boost::json::object json = {
        {"people", counts->people},
        {"enrolments", counts->enrolments},
        {"by_insurer", by_insurer},
        {"exceptions", counts->exceptions}
    };
    fmt::print("{}\n", boost::json::serialize(json));
    return 0;
  }
  fmt::print("people      {}\nenrolments  {}\n", counts->people, counts->enrolments);
  for (const auto& [insurer, enrolments] : counts->by_insurer) {
    fmt::print("  {:06}    {}\n", insurer, enrolments);
  }
  fmt::print("exceptions  {}\n", counts->exceptions);
  return 0;
}

int HubFreshness(const HubFreshnessOptions& options) {
  const auto all = ReadFreshness(options);
  if (!all.ok()) {
    return Fail(all.error());
  }
  const auto silent = std::ranges::count_if(*all, &hub::Freshness::is_silent);
  if (options.json) {
    boost::json::array rows;
    for (const hub::Freshness& one : *all) {
      rows.push_back(FreshnessJson(one));
    }
    PrintJson(boost::json::object{{"silent", silent}, {"associations", std::move(rows)}});
  } else {
    for (const hub::Freshness& one : *all) {
      PrintLine(fmt::format("{:06}  {:<13}  {}", one.insurer, one.group, LastText(one)));
    }
  }
  for (const hub::Freshness& one : *all) {
    if (one.is_silent) {
      Warn(fmt::format(
          "alarm: {:06} has sent no {} for {} days (at most {})",
          one.insurer,
          one.group,
          one.silent_s / 86400,
          one.silence_max_s / 86400
      ));
    }
  }
  return silent > 0 ? kExitRefused : kExitDone;
}

}  // namespace musubi::apps
