// Owners of SQLite's handles.
#pragma once

#include <memory>
#include <string_view>

#include <sqlite3.h>

#include "base/error.h"

namespace musubi::store::sqlite {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

using DatabaseHandle = std::unique_ptr<sqlite3, CloseDatabase>;
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// What the last call on `database` failed with, as one of our codes.
[[nodiscard]] Error LastError(sqlite3* database, std::string_view sql);

}  // namespace musubi::store::sqlite
