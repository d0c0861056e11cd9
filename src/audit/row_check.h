// Rows of a party's store held against the entries of its log, many at a time: over the line to a
// PostgreSQL server a question a row would cost more than everything else of an audit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "audit/record_book.h"
#include "store/database.h"

namespace musubi::audit {

struct RowCheck {
  std::vector<RowFinding> findings;  // rows that do not fit, are or are missing
  std::uint64_t erased = 0;          // rows whose period is over
  // Of each entry: the outcome of a provision that fits and is not erased.
  std::vector<std::optional<exchange::InquiryOutcome>> outcomes;
};

// `entries` are those of the log from `first` on. Memory: theirs, whatever the size of the store.
// Any thread's connection; changes nothing.
[[nodiscard]] Result<RowCheck> CheckRows(
    store::Connection& connection, std::uint64_t first, std::span<const Bytes> entries
);

// Rows that say they were erased after their period (rules/permission/record-retention.csv) though
// it is not over at `now`: by the day the row itself bears, or because one before it in the log is
// still kept and not that old. What is not told: a row at the very beginning of a book whose day
// was changed as well.
[[nodiscard]] Result<std::vector<RowFinding>> FindEarlyErasures(
    store::Connection& connection, Instant now
);

}  // namespace musubi::audit
