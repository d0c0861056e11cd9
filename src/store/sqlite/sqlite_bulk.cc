#include "store/sqlite/sqlite_bulk.h"

#include <string>
#include <utility>

#include "store/dialect.h"
#include "store/sqlite/batch_table.h"

namespace musubi::store::sqlite {
namespace {

// Larger batches were not faster; what they hold stays in the processor's cache.
constexpr std::size_t kBatchRowMax = 2048;
constexpr std::size_t kBatchByteMax = 256U << 10U;

std::string InsertStatement(std::string_view table, std::span<const Column> columns) {
  std::string names;
  std::string sources;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    names += (i == 0 ? "" : ", ") + columns[i].name;
    sources += (i == 0 ? "c" : ", c") + std::to_string(i);
  }
  return "INSERT INTO " + std::string(table) + " (" + names + ") SELECT " + sources +
         " FROM musubi_batch";
}

class SqliteBulk final : public BulkInsert {
 public:
  SqliteBulk(Session& session, StatementHandle statement, std::span<const Column> columns)
      : session_(session), statement_(std::move(statement)), batch_(columns) {}

  void Int(std::int64_t value) override { batch_.Int(value); }

  void Text(std::string_view value) override { batch_.Bytes(ColumnType::kText, AsBytes(value)); }

  void Blob(BytesView value) override { batch_.Bytes(ColumnType::kBlob, value); }

  void Null() override { batch_.Null(); }

  [[nodiscard]] Result<void> EndRow() override {
    if (!batch_.is_whole()) {
      return BulkRowError();
    }
    batch_.EndRow();
    const bool full = batch_.row_count() >= kBatchRowMax || batch_.byte_count() >= kBatchByteMax;
    return full ? Flush() : Ok();
  }

  [[nodiscard]] Result<void> Finish() override { return Flush(); }

 private:
  [[nodiscard]] Result<void> Flush() {
    if (session_.in_query) {
      return NestedStatementError("bulk insert");
    }
    session_.batch = &batch_;
    const int code = sqlite3_step(statement_.get());
    Result<void> result = Ok();
    if (code != SQLITE_DONE) {
      result = LastError(session_.handle(), sqlite3_sql(statement_.get()));
    }
    sqlite3_reset(statement_.get());
    session_.batch = nullptr;
    batch_.Clear();
    return result;
  }

  Session& session_;
  StatementHandle statement_;
  Batch batch_;
};

}  // namespace

Result<std::unique_ptr<BulkInsert>> MakeBulkInsert(
    Session& session, std::string_view table, std::span<const Column> columns
) {
  if (columns.empty() || columns.size() > kBatchColumnMax) {
    return BulkRowError();
  }
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
