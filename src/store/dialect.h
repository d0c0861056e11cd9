// The few words in which the two engines differ, and how a statement is called in a message.
#pragma once

#include <string>
#include <string_view>

#include "store/database.h"

namespace musubi::store {

// Replaces {BLOB}, {STRICT} and {WITHOUT_ROWID}; two options may stand side by side with or without
// a comma. For SQLite BIGINT becomes INTEGER, the only spelling its strict tables take (so a single
// BIGINT PRIMARY KEY is the row id itself there). Single-quoted text is left alone.
[[nodiscard]] std::string ExpandDialect(std::string_view sql, Engine engine);

// The first words of a statement, cut before any literal: enough to find it, without a value.
[[nodiscard]] std::string StatementName(std::string_view sql);

// The error both engines give when a statement starts inside OnRow of another on one connection:
// PostgreSQL cannot, so SQLite does not either.
[[nodiscard]] Error NestedStatementError(std::string_view sql);
// A column was read as a type which it is not.
[[nodiscard]] Error ColumnTypeError(std::string_view sql);
[[nodiscard]] Error ParameterCountError(std::string_view sql);
// A row of a bulk insert has not the columns that were announced.
[[nodiscard]] Error BulkRowError();

}  // namespace musubi::store
