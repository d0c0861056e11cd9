// Marks on a person's provision, set by the association on the person's own application:
//   hidden        不開示該当: records of provisions are not shown at the portal
//   self-blocked  自己情報提供不可: own information is not given out at the portal
//   manual        自動応答不可: a person of the association answers each inquiry
// Members of an association under support measures 支援措置 apply to their insurer; municipalities
// do it by themselves for residents. A flag counts from the next inquiry answered.
//
// Kept beside the inquiries, not in the registry: a long acquisition must not hold a flag back.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "store/database.h"

namespace musubi::hub {

struct PersonFlags {
  bool is_hidden = false;
  bool is_self_blocked = false;
  bool is_manual = false;

  friend bool operator==(const PersonFlags&, const PersonFlags&) = default;
};

// No row: no flag.
[[nodiscard]] Result<PersonFlags> FlagsOf(
    store::Connection& connection, std::uint32_t insurer, std::uint32_t number
);
[[nodiscard]] Result<void> SetFlags(
    store::Connection& connection,
    std::uint32_t insurer,
    std::uint32_t number,
    const PersonFlags& flags,
    Instant now
);

}  // namespace musubi::hub
