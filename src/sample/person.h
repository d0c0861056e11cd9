// A sample person as the residents' register knows it: the resident of the same index (resident.h)
// with a name, an address and a history. Pure; many threads may call.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sample/names.h"
#include "sample/resident.h"
#include "sample/spelling.h"
#include "text/residents.h"

namespace musubi::sample {

struct Person {
  Resident resident;
  Name surname;
  Name given;
  Address address;  // of the household
  text::ResidentStatus status = text::ResidentStatus::kPresent;
  bool has_changed_number = false;  // the register still knows OldNumberAt
  Name former_surname;              // empty: none
};

[[nodiscard]] Person PersonAt(std::uint64_t seed, std::uint64_t index);

// "deceased"; blank for kPresent.
[[nodiscard]] std::string_view StatusName(text::ResidentStatus status);

}  // namespace musubi::sample
