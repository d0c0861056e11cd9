// Records of the existing system (給付などの記録) out of a CSV file.
//
//   reference,kind,key,valid_from,valid_to,layout_version,<items...>
//
// The first line names the columns, in any order; items by name or Japanese name as in
// rules/record-layouts.toml. valid_to and layout_version may be left out (open; the newest layout
// of the day). An item is a value or "!reason"; a blank cell or missing column is
// !not-applicable where the layout lets the item be missing. UTF-8 or CP932. docs/formats/
// record-copy.md.
//
// A row that is not right is not taken and is told with line and field; the others are. Eligibility
// is not imported: it comes from the roster.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/io.h"
#include "base/result.h"
#include "insurer/record_row.h"
#include "insurer/report.h"
#include "rules/record_layout.h"
#include "store/database.h"

namespace musubi::insurer {

struct RecordImportReport {
  std::uint64_t rows = 0;
  std::uint64_t taken = 0;
  std::uint64_t removed = 0;                     // with `whole`: no longer in the file
  std::map<std::string, std::uint64_t> by_kind;  // of those taken
  std::vector<RowProblem> problems;
};

struct RecordFile {
  ByteSource& source;
  std::string_view name;  // for messages
  Date today;             // which layouts are accepted
  const rules::RecordLayouts& layouts;
  // The file is all there is of the kinds in it: records of these kinds that it lacks are gone
  // (unless a row has a problem: then nothing is removed).
  bool whole = false;
};

// Into the table `record`, inside the caller's transaction. kInvalid: the file as a whole.
[[nodiscard]] Result<RecordImportReport> ImportRecordFile(
    store::Connection& connection, const RecordFile& file
);

}  // namespace musubi::insurer
