#include "audit/record_row.h"

#include <algorithm>
#include <charconv>

namespace musubi::audit {

namespace {

enum Column : std::size_t { kIndex, kKind, kRole, kInquiry, kCode, kText, kSalt, kOwnSalt, kLabel };

Error Broken() {
  return Error{ErrorCode::kCorrupt, "a record of the store is not as it was written"};
}

bool ReadCode(const store::Row& row, std::size_t column, Code16& out) {
  if (row.IsNull(column)) {
    return false;
  }
  const BytesView bytes = row.Blob(column);
  if (bytes.size() != out.size()) {
    return false;
  }
  std::ranges::copy(bytes, out.begin());
  return true;
}

Result<LabelsEntry> ReadLabels(std::string_view text) {
  LabelsEntry labels;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, labels.first);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ',') {
    return Broken();
  }
  const auto last = std::from_chars(first.ptr + 1, end, labels.end);
  if (last.ec != std::errc() || last.ptr == end || *last.ptr != ',' ||
      !ReadHex({last.ptr + 1, end}, labels.root)) {
    return Broken();
  }
  return labels;
}

Result<LogEntry> ProvisionOfRow(const store::Row& row) {
  ProvisionEntry entry;
  Code16 code{};
  Code16 salt{};
  Code16 own_salt{};
  if (!ReadCode(row, kInquiry, entry.inquiry) || !ReadCode(row, kCode, code) ||
      !ReadCode(row, kSalt, salt) || !ReadCode(row, kOwnSalt, own_salt) ||
      !ReadCode(row, kLabel, entry.label)) {
    return Broken();
  }
  entry.role = static_cast<Role>(row.Int(kRole));
  entry.facts = FactsCommitment(salt, row.Text(kText));
  entry.person = PersonCommitment(own_salt, code);
  return LogEntry(entry);
}

}  // namespace

std::string LabelsText(const LabelsEntry& labels) {
  return std::to_string(labels.first) + "," + std::to_string(labels.end) + "," + ToHex(labels.root);
}

Result<LogEntry> EntryOfRow(const store::Row& row) {
  if (row.IsNull(kText)) {
    return Broken();
  }
  switch (static_cast<RowKind>(row.Int(kKind))) {
    case RowKind::kProvision:
      return ProvisionOfRow(row);
    case RowKind::kAccess: {
      Code16 own_salt{};
      if (!ReadCode(row, kOwnSalt, own_salt)) {
        return Broken();
      }
      return LogEntry(AccessEntry{AccessCommitment(own_salt, row.Text(kText))});
    }
    case RowKind::kLabels: {
      MUSUBI_TRY(const LabelsEntry labels, ReadLabels(row.Text(kText)));
      return LogEntry(labels);
    }
  }
  return Broken();
}

Result<StoredRecord> RecordOfRow(const store::Row& row) {
  StoredRecord record;
  record.index = static_cast<std::uint64_t>(row.Int(kIndex));
  record.role = static_cast<Role>(row.Int(kRole));
  if (row.IsNull(kText) || !ReadCode(row, kCode, record.code) ||
      !ReadCode(row, kSalt, record.salt) || !ReadCode(row, kOwnSalt, record.own_salt) ||
      !ReadCode(row, kLabel, record.label)) {
    return Broken();
  }
  MUSUBI_TRY(record.facts, exchange::ReadFactsText(row.Text(kText)));
  return record;
}

Result<std::uint64_t> CountRows(store::Connection& connection) {
  MUSUBI_TRY(const auto count, connection.QueryInt("SELECT MAX(idx) + 1 FROM audit_record"));
  return static_cast<std::uint64_t>(count.value_or(0));
}

}  // namespace musubi::audit
