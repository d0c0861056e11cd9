// Many rows into one table by COPY in its binary form.
//
// Rows are gathered and sent as one whole COPY at a time, so that between two of them the
// connection is free for other statements, another BulkInsert among them.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "store/database.h"
#include "store/postgres/postgres_session.h"

namespace musubi::store::postgres {

[[nodiscard]] Result<std::unique_ptr<BulkInsert>> MakeBulkInsert(
    Session& session, std::string_view table, std::span<const Column> columns
);

}  // namespace musubi::store::postgres
