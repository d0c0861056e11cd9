#include "store/sqlite/sqlite_bulk.h"

#include <string>
#include <utility>
#include <vector>

#include "store/dialect.h"

namespace musubi::store::sqlite {
namespace {

std::string InsertStatement(std::string_view table, std::span<const Column> columns) {
  std::string names;
  std::string marks;
  for (const Column& column : columns) {
    names += (names.empty() ? "" : ", ") + column.name;
    marks += marks.empty() ? "?" : ", ?";
  }
  return "INSERT INTO " + std::string(table) + " (" + names + ") VALUES (" + marks + ")";
}

// The caller's views are copied into one buffer that is used again for every row, and bound from
// there without another copy.
class SqliteBulk final : public BulkInsert {
 public:
  SqliteBulk(Session& session, StatementHandle statement, std::span<const Column> columns)
      : session_(session), statement_(std::move(statement)) {
    for (const Column& column : columns) {
      types_.push_back(column.type);
    }
    cells_.reserve(types_.size());
  }

  void Int(std::int64_t value) override { Put(ColumnType::kInt, value, {}); }

  void Text(std::string_view value) override { Put(ColumnType::kText, 0, AsBytes(value)); }

  void Blob(BytesView value) override { Put(ColumnType::kBlob, 0, value); }

  void Null() override { cells_.push_back({.is_null = true}); }

  [[nodiscard]] Result<void> EndRow() override {
    if (mistyped_ || cells_.size() != types_.size()) {
      return ParameterCountError("bulk insert");
    }
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      BindCell(static_cast<int>(i) + 1, types_[i], cells_[i]);
    }
    const int code = sqlite3_step(statement_.get());
    if (code != SQLITE_DONE) {
      Error error = LastError(session_.handle(), "bulk insert");
      sqlite3_reset(statement_.get());
      return error;
    }
    sqlite3_reset(statement_.get());
    cells_.clear();
    bytes_.clear();
    return Ok();
  }

  [[nodiscard]] Result<void> Finish() override { return Ok(); }

 private:
  struct Cell {
    bool is_null = false;
    std::int64_t integer = 0;
    std::size_t offset = 0;
    std::size_t size = 0;
  };

  void Put(ColumnType type, std::int64_t integer, BytesView bytes) {
    mistyped_ = mistyped_ || cells_.size() >= types_.size() || types_[cells_.size()] != type;
    cells_.push_back({.integer = integer, .offset = bytes_.size(), .size = bytes.size()});
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }

  void BindCell(int index, ColumnType type, const Cell& cell) {
    const std::uint8_t* data = bytes_.data() + cell.offset;
    if (cell.is_null) {
      sqlite3_bind_null(statement_.get(), index);
    } else if (type == ColumnType::kInt) {
      sqlite3_bind_int64(statement_.get(), index, cell.integer);
    } else if (cell.size == 0 && type == ColumnType::kBlob) {
      sqlite3_bind_zeroblob(statement_.get(), index, 0);
    } else if (type == ColumnType::kBlob) {
      sqlite3_bind_blob64(statement_.get(), index, data, cell.size, nullptr);
    } else {
      const std::string_view text = AsText({data, cell.size});
      sqlite3_bind_text64(
          statement_.get(), index, cell.size == 0 ? "" : text.data(), cell.size, nullptr, SQLITE_UTF8
      );
    }
  }

  Session& session_;
  StatementHandle statement_;
  std::vector<ColumnType> types_;
  std::vector<Cell> cells_;
  Bytes bytes_;
  bool mistyped_ = false;
};

}  // namespace

Result<std::unique_ptr<BulkInsert>> MakeBulkInsert(
    Session& session, std::string_view table, std::span<const Column> columns
) {
  const std::string sql = InsertStatement(table, columns);
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(
          session.handle(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr
      ) != SQLITE_OK) {
    return LastError(session.handle(), sql);
  }
  return std::unique_ptr<BulkInsert>(
      std::make_unique<SqliteBulk>(session, StatementHandle(raw), columns)
  );
}

}  // namespace musubi::store::sqlite
