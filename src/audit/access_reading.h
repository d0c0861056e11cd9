// The uses of a system that its book has on record (kind "access"), for whoever answers for them.
#pragma once

#include <functional>
#include <string_view>

#include "audit/provision_record.h"
#include "store/database.h"

namespace musubi::audit {

// A use as it was recorded; `at` is written as in the record (ISO 8601 UTC).
struct ReadAccess {
  std::uint64_t index = 0;  // in the log
  std::string_view at;
  std::string_view who;
  std::string_view action;
  std::string_view subject;
};

// Oldest first; records erased after their period are passed over. Says nothing about whether the
// rows are those the log has promised: that is CheckRows's. kCorrupt: not a record of ours.
[[nodiscard]] Result<void> EachAccess(
    store::Connection& connection, const std::function<Result<void>(const ReadAccess&)>& on_access
);

}  // namespace musubi::audit
