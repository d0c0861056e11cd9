// `musubi hub ...`: what an operator may ask of the hub's store. Counts only.
#pragma once

#include <string>

namespace musubi::apps {

struct HubPeopleOptions {
  std::string config;
  bool json = false;
};

int HubPeople(const HubPeopleOptions& options);

}  // namespace musubi::apps
