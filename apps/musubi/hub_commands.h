// `musubi hub ...`: what an operator may ask of the hub's store. Counts only.
#pragma once

#include <string>

namespace musubi::apps {

struct HubPeopleOptions {
  std::string config;
  bool json = false;
};

struct HubFreshnessOptions {
  std::string config;
  bool json = false;
};

int HubPeople(const HubPeopleOptions& options);
// Exit 1 when an association has been silent for too long.
int HubFreshness(const HubFreshnessOptions& options);

}  // namespace musubi::apps
