// Registers `musubi hub ...`.

#include "command_line.h"
#include "hub_commands.h"

namespace musubi::apps {

void CommandLine::AddHub() {
  CLI::App* group = AddGroup("hub", "What an operator may ask of the hub's store");
  auto people = Add(group, "people", "Counts of people by association", &HubPeople);
  Config(group, people);
  Json(people.app, people.options->json);
  auto freshness =
      Add(group, "freshness", "How fresh each association's record copies are", &HubFreshness);
  Config(group, freshness);
  Json(freshness.app, freshness.options->json);
}

}  // namespace musubi::apps
