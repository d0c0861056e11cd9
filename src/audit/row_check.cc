#include "audit/row_check.h"

#include "audit/record_row.h"
#include "rules/permission.h"

namespace musubi::audit {

namespace {

using Outcome = std::optional<exchange::InquiryOutcome>;

constexpr const char* kNotThere = "the store has no such record";
constexpr const char* kErasedEarly = "the record was erased before its period was over";
constexpr const char* kChanged = "the record is not what the log has promised";

enum Column : std::size_t { kIndex, kKind, kRole, kInquiry, kCode, kText };

// The inquiry is named by the log: what stands in the store may be what was changed.
RowFinding FindingOf(std::uint64_t index, BytesView entry, const char* reason) {
  const Result<LogEntry> decoded = DecodeEntry(entry);
  const auto* provision = decoded.ok() ? std::get_if<ProvisionEntry>(&*decoded) : nullptr;
  return {index, provision == nullptr ? "" : ToHex(provision->inquiry), reason};
}

bool Fits(const store::Row& row, BytesView entry, Outcome& outcome) {
  const Result<LogEntry> expected = EntryOfRow(row);
  if (!expected.ok() || EncodeEntry(*expected) != Bytes(entry.begin(), entry.end())) {
    return false;
  }
  if (std::holds_alternative<ProvisionEntry>(*expected)) {
    const auto facts = exchange::ReadFactsText(row.Text(kText));
    outcome = facts.ok() ? Outcome(facts->outcome) : std::nullopt;
  }
  return true;
}

}  // namespace

Result<RowCheck> CheckRows(
    store::Connection& connection, std::uint64_t first, std::span<const Bytes> entries
) {
  RowCheck check;
  check.outcomes.resize(entries.size());
  std::size_t next = 0;
  const auto miss_until = [&](std::size_t end) {
    for (; next < end; ++next) {
      check.findings.push_back(FindingOf(first + next, entries[next], kNotThere));
    }
  };
  MUSUBI_CHECK_OK(connection.Query(
      kSelectRow + std::string(" WHERE idx >= $1 AND idx < $2 ORDER BY idx"),
      {static_cast<std::int64_t>(first), static_cast<std::int64_t>(first + entries.size())},
      [&](const store::Row& row) -> Result<void> {
        const std::size_t at = static_cast<std::uint64_t>(row.Int(kIndex)) - first;
        miss_until(at);
        if (row.IsNull(kText)) {  // after its period: only the inquiry's id is left
          ++check.erased;
        } else if (!Fits(row, entries[at], check.outcomes[at])) {
          check.findings.push_back(FindingOf(first + at, entries[at], kChanged));
        }
        next = at + 1;
        return Ok();
      }
  ));
  miss_until(entries.size());
  return check;
}

Result<std::vector<RowFinding>> FindEarlyErasures(store::Connection& connection, Instant now) {
  // Rows are in the order of their commits, which is that of their days but for some days: an
  // inquiry may wait for a person.
  constexpr std::chrono::days kDisorder{30};
  std::vector<RowFinding> findings;
  const auto period = rules::Permissions::BuiltIn().RetentionOn(Date::Of(JapanDay(now)));
  const Instant until = period.ok() ? now - std::chrono::years(period->years) : Instant();
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT idx, inquiry FROM audit_record WHERE text IS NULL AND (ended_at >= $1 OR idx > "
      "(SELECT MIN(idx) FROM audit_record WHERE text IS NOT NULL AND ended_at >= $2)) ORDER BY idx",
      {until.time_since_epoch().count(), (until + kDisorder).time_since_epoch().count()},
      [&findings](const store::Row& row) -> Result<void> {
        findings.push_back(
            {static_cast<std::uint64_t>(row.Int(0)),
             row.IsNull(1) ? "" : ToHex(row.Blob(1)),
             kErasedEarly}
        );
        return Ok();
      }
  ));
  return findings;
}

Result<std::optional<RowFinding>> CheckRow(
    store::Connection& connection,
    std::uint64_t index,
    BytesView entry,
    std::optional<exchange::InquiryOutcome>* outcome
) {
  const Bytes one(entry.begin(), entry.end());
  MUSUBI_TRY(RowCheck check, CheckRows(connection, index, std::span(&one, 1)));
  if (outcome != nullptr) {
    *outcome = check.outcomes.front();
  }
  if (check.findings.empty()) {
    return std::optional<RowFinding>();
  }
  return std::optional(std::move(check.findings.front()));
}

}  // namespace musubi::audit
