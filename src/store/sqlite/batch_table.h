// Rows in memory that SQLite reads as if they were a table, so that a whole batch goes in by one
// INSERT ... SELECT.
//
// What it is for: one statement per row opens the table and walks down its tree every time; one
// statement per batch stays at the last leaf, where the next sorted row belongs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <sqlite3.h>

#include "base/bytes.h"
#include "store/database.h"

namespace musubi::store::sqlite {

inline constexpr std::size_t kBatchColumnMax = 64;

// Cells row by row; text and blobs lie in `bytes`. Used again after Clear without new memory.
class Batch {
 public:
  explicit Batch(std::span<const Column> columns);

  void Int(std::int64_t value);
  void Bytes(ColumnType type, BytesView value);
  void Null();

  // The cells so far are whole rows of the right types.
  [[nodiscard]] bool is_whole() const { return !mistyped_ && next_column_ == types_.size(); }

  void EndRow() { next_column_ = 0; }

  [[nodiscard]] std::size_t row_count() const { return cells_.size() / types_.size(); }

  [[nodiscard]] std::size_t byte_count() const { return bytes_.size(); }

  void Clear();

  // Hands a cell to SQLite without copying it.
  void Give(sqlite3_context* context, std::size_t row, std::size_t column) const;

 private:
  struct Cell {
    bool is_null;
    std::int64_t integer;  // or the offset of the bytes
    std::uint64_t size;
  };

  void Put(ColumnType type, const Cell& cell);

  std::vector<ColumnType> types_;
  std::vector<Cell> cells_;
  musubi::Bytes bytes_;
  std::size_t next_column_ = 0;
  bool mistyped_ = false;
};

// Makes the table musubi_batch(c0, c1, ...) known to a session. It shows the rows of `*current` at
// the time a statement begins; the pointer must stay where it is for the session's life.
[[nodiscard]] int RegisterBatchTable(sqlite3* database, const Batch** current);

}  // namespace musubi::store::sqlite
