// A row of the table audit_record, and the log entry it stands for. Internal to audit.
#pragma once

#include <string_view>

#include "audit/record_book.h"

namespace musubi::audit {

enum class RowKind : std::uint8_t { kProvision = 1, kAccess = 2, kLabels = 3 };

inline constexpr const char* kSelectRow =
    "SELECT idx, kind, role, inquiry, code, text, salt, own_salt, label FROM audit_record";

// "first,end,root in hex".
[[nodiscard]] std::string LabelsText(const LabelsEntry& labels);

// The row is not erased. kCorrupt: not a row of ours.
[[nodiscard]] Result<LogEntry> EntryOfRow(const store::Row& row);
[[nodiscard]] Result<StoredRecord> RecordOfRow(const store::Row& row);

}  // namespace musubi::audit
