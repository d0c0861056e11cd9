// Many rows into one table: gathered, then moved in batches by one statement (batch_table.h).
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "store/database.h"
#include "store/sqlite/sqlite_session.h"

namespace musubi::store::sqlite {

[[nodiscard]] Result<std::unique_ptr<BulkInsert>> MakeBulkInsert(
    Session& session, std::string_view table, std::span<const Column> columns
);

}  // namespace musubi::store::sqlite
