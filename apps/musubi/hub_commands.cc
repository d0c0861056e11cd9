#include "apps/musubi/hub_commands.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/musubi/output.h"
#include "hub/registry.h"
#include "hub/schema.h"
#include "ops/config.h"
#include "ops/node.h"

namespace musubi::apps {

namespace {

Result<hub::RegistryCounts> Count(const HubPeopleOptions& options) {
  MUSUBI_TRY(const ops::Config config, ops::Config::Load(options.config));
  MUSUBI_TRY(const ops::NodeConfig node, ops::NodeConfig::Read(config));
  MUSUBI_TRY(const auto database, store::Database::Open(node.store, node.config_folder.string()));
  MUSUBI_CHECK_OK(database->Migrate("hub", hub::HubMigrations()));
  MUSUBI_TRY(const auto connection, database->Connect());
  return hub::CountRegistry(*connection);
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

}  // namespace musubi::apps
