#include "audit/access_reading.h"

#include "audit/record_row.h"
#include "exchange/csv_record.h"

namespace musubi::audit {

Result<void> EachAccess(
    store::Connection& connection, const std::function<Result<void>(const ReadAccess&)>& on_access
) {
  constexpr std::size_t kFieldCount = 4;
  return connection.Query(
      "SELECT idx, text FROM audit_record WHERE kind = $1 AND text IS NOT NULL ORDER BY idx",
      {static_cast<std::int64_t>(RowKind::kAccess)},
      [&on_access](const store::Row& row) -> Result<void> {
        const std::string line = std::string(row.Text(1)) + "\r\n";
        SecretVector<char> scratch;
        exchange::CsvRecord record;
        const auto fault = exchange::ParseAnyRecord(line, scratch, record);
        if (fault != exchange::CsvFault::kNone || record.field_count != kFieldCount) {
          return Error{ErrorCode::kCorrupt, "a record of the store is not as it was written"};
        }
        const auto& fields = record.fields;
        return on_access(
            {static_cast<std::uint64_t>(row.Int(0)), fields[0], fields[1], fields[2], fields[3]}
        );
      }
  );
}

}  // namespace musubi::audit
