// What is looked at before numbers leave the house: duplicates, people without a birth date, one
// person standing in the register twice.
//
// Pure. docs/decisions/0003-shared-numbers-are-decided-by-birth-date.md gives the reasons.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "insurer/link_rules.h"
#include "insurer/person.h"

namespace musubi::insurer {

struct ListDecision {
  std::vector<std::uint8_t> is_listed;  // per person
  std::vector<LinkValue> link;          // per person: as it is from now on, if not listed
  std::uint64_t shared_numbers = 0;
  std::uint64_t possible_same_person = 0;
};

[[nodiscard]] ListDecision CheckBeforeListing(std::span<const Known> people);

}  // namespace musubi::insurer
