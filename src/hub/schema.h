// The hub's tables. No column can hold an Individual Number.
//
// enrolment is keyed by the linkage code first, so that a distributed PostgreSQL can spread it by
// person; a person is all rows of one code. tally keeps counts that would otherwise be scans.
#pragma once

#include <span>

#include "store/database.h"

namespace musubi::hub {

[[nodiscard]] std::span<const store::Migration> HubMigrations();

}  // namespace musubi::hub
