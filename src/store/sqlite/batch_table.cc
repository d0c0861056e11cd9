#include "store/sqlite/batch_table.h"

#include <new>
#include <string>

namespace musubi::store::sqlite {

Batch::Batch(std::span<const Column> columns) {
  for (const Column& column : columns) {
    types_.push_back(column.type);
  }
}

void Batch::Put(ColumnType type, const Cell& cell) {
  mistyped_ = mistyped_ || next_column_ >= types_.size() || types_[next_column_] != type;
  ++next_column_;
  cells_.push_back(cell);
}

void Batch::Int(std::int64_t value) {
  Put(ColumnType::kInt, {false, value, 0});
}

void Batch::Bytes(ColumnType type, BytesView value) {
  Put(type, {false, static_cast<std::int64_t>(bytes_.size()), value.size()});
  bytes_.insert(bytes_.end(), value.begin(), value.end());
}

void Batch::Null() {
  mistyped_ = mistyped_ || next_column_ >= types_.size();
  ++next_column_;
  cells_.push_back({true, 0, 0});
}

void Batch::Clear() {
  cells_.clear();
  bytes_.clear();
}

void Batch::Give(sqlite3_context* context, std::size_t row, std::size_t column) const {
  if (column >= types_.size()) {
    return;  // null
  }
  const Cell& cell = cells_[row * types_.size() + column];
  if (cell.is_null) {
    return;
  }
  if (types_[column] == ColumnType::kInt) {
    sqlite3_result_int64(context, cell.integer);
    return;
  }
  // Empty values may stand where `bytes_` has no memory; a null pointer would make them NULL.
  const std::string_view text =
      cell.size == 0
          ? std::string_view("")
          : AsText(BytesView(bytes_).subspan(static_cast<std::size_t>(cell.integer), cell.size));
  if (types_[column] == ColumnType::kText) {
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  } else {
    sqlite3_result_blob64(context, text.data(), text.size(), SQLITE_STATIC);
  }
}

namespace {

// SQLite's own structs come first, as its interface wants.
struct Table {
  sqlite3_vtab base{};
  const Batch** current = nullptr;
};

struct Cursor {
  sqlite3_vtab_cursor base{};
  const Batch* batch = nullptr;
  std::size_t row = 0;
};

Cursor& Of(sqlite3_vtab_cursor* cursor) {
  return *reinterpret_cast<Cursor*>(cursor);
}

int Connect(
    sqlite3* database,
    void* current,
    int /*count*/,
    const char* const* /*arguments*/,
    sqlite3_vtab** out,
    char** /*message*/
) {
  std::string declaration = "CREATE TABLE x(c0";
  for (std::size_t i = 1; i < kBatchColumnMax; ++i) {
    declaration += ", c" + std::to_string(i);
  }
  const int code = sqlite3_declare_vtab(database, (declaration + ")").c_str());
  if (code == SQLITE_OK) {
    auto* table = new Table;
    table->current = static_cast<const Batch**>(current);
    *out = &table->base;
  }
  return code;
}

int Disconnect(sqlite3_vtab* table) {
  delete reinterpret_cast<Table*>(table);
  return SQLITE_OK;
}

int BestIndex(sqlite3_vtab* /*table*/, sqlite3_index_info* /*info*/) {
  return SQLITE_OK;
}

int Open(sqlite3_vtab* table, sqlite3_vtab_cursor** out) {
  auto* cursor = new Cursor;
  cursor->batch = *reinterpret_cast<Table*>(table)->current;
  *out = &cursor->base;
  return SQLITE_OK;
}

int Close(sqlite3_vtab_cursor* cursor) {
  delete &Of(cursor);
  return SQLITE_OK;
}

int Filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
  Of(cursor).row = 0;
  return SQLITE_OK;
}

int Next(sqlite3_vtab_cursor* cursor) {
  ++Of(cursor).row;
  return SQLITE_OK;
}

int Eof(sqlite3_vtab_cursor* cursor) {
  const Cursor& at = Of(cursor);
  return at.batch == nullptr || at.row >= at.batch->row_count() ? 1 : 0;
}

int ColumnOf(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int column) {
  const Cursor& at = Of(cursor);
  at.batch->Give(context, at.row, static_cast<std::size_t>(column));
  return SQLITE_OK;
}

int RowId(sqlite3_vtab_cursor* cursor, sqlite3_int64* out) {
  *out = static_cast<sqlite3_int64>(Of(cursor).row);
  return SQLITE_OK;
}

// No xCreate: the table exists by itself and cannot be written into a schema.
constexpr sqlite3_module MakeModule() {
  sqlite3_module module{};
  module.xConnect = Connect;
  module.xDisconnect = Disconnect;
  module.xBestIndex = BestIndex;
  module.xOpen = Open;
  module.xClose = Close;
  module.xFilter = Filter;
  module.xNext = Next;
  module.xEof = Eof;
  module.xColumn = ColumnOf;
  module.xRowid = RowId;
  return module;
}

constexpr sqlite3_module kModule = MakeModule();

}  // namespace

int RegisterBatchTable(sqlite3* database, const Batch** current) {
  return sqlite3_create_module(database, "musubi_batch", &kModule, current);
}

}  // namespace musubi::store::sqlite
