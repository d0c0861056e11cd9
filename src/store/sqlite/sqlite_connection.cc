#include "store/sqlite/sqlite_connection.h"

#include <utility>

#include "store/dialect.h"
#include "store/sqlite/sqlite_bulk.h"

namespace musubi::store::sqlite {
namespace {

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}

  [[nodiscard]] bool IsNull(std::size_t column) const override {
    return TypeOf(column) == SQLITE_NULL;
  }

  [[nodiscard]] std::int64_t Int(std::size_t column) const override {
    return Is(column, SQLITE_INTEGER) ? sqlite3_column_int64(statement_, Index(column)) : 0;
  }

  [[nodiscard]] std::string_view Text(std::size_t column) const override {
    if (!Is(column, SQLITE_TEXT)) {
      return {};
    }
    const void* data = sqlite3_column_text(statement_, Index(column));
    return {static_cast<const char*>(data), SizeOf(column)};
  }

  [[nodiscard]] BytesView Blob(std::size_t column) const override {
    if (!Is(column, SQLITE_BLOB)) {
      return {};
    }
    const void* data = sqlite3_column_blob(statement_, Index(column));
    return {static_cast<const std::uint8_t*>(data), SizeOf(column)};
  }

  // A column was read as what it is not. SQLite would convert; PostgreSQL cannot.
  [[nodiscard]] bool misread() const { return misread_; }

 private:
  static int Index(std::size_t column) { return static_cast<int>(column); }

  [[nodiscard]] int TypeOf(std::size_t column) const {
    if (Index(column) >= sqlite3_column_count(statement_)) {
      misread_ = true;
      return SQLITE_NULL;
    }
    return sqlite3_column_type(statement_, Index(column));
  }

  [[nodiscard]] std::size_t SizeOf(std::size_t column) const {
    return static_cast<std::size_t>(sqlite3_column_bytes(statement_, Index(column)));
  }

  [[nodiscard]] bool Is(std::size_t column, int wanted) const {
    const int type = TypeOf(column);
    misread_ = misread_ || (type != wanted && type != SQLITE_NULL);
    return type == wanted;
  }

  sqlite3_stmt* statement_;
  mutable bool misread_ = false;
};

struct BindParameter {
  sqlite3_stmt* statement;
  int index;

  int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }

  int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, index, value); }

  // An empty view may have a null pointer, which SQLite would take for NULL.
  int operator()(std::string_view value) const {
    const char* data = value.data() == nullptr ? "" : value.data();
    return sqlite3_bind_text64(
        statement, index, data, value.size(), nullptr /* static: borrowed */, SQLITE_UTF8
    );
  }

  int operator()(BytesView value) const {
    if (value.empty()) {
      return sqlite3_bind_zeroblob(statement, index, 0);
    }
    return sqlite3_bind_blob64(statement, index, value.data(), value.size(), nullptr);
  }
};

// Puts a cached statement back into its first state, whatever way we leave.
class StatementUse {
 public:
  StatementUse(Session& session, sqlite3_stmt* statement)
      : session_(session), statement_(statement) {
    session_.in_query = true;
  }

  ~StatementUse() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    session_.in_query = false;
  }

  StatementUse(const StatementUse&) = delete;
  StatementUse& operator=(const StatementUse&) = delete;

 private:
  Session& session_;
  sqlite3_stmt* statement_;
};

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(std::unique_ptr<Session> session, std::shared_ptr<SessionPool<Session>> pool)
      : session_(std::move(session)), pool_(std::move(pool)) {}

  ~SqliteConnection() override {
    if (sqlite3_get_autocommit(session_->handle()) != 0 ||
        sqlite3_exec(session_->handle(), "ROLLBACK", nullptr, nullptr, nullptr) == SQLITE_OK) {
      pool_->Give(std::move(session_));
    }
  }

  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  [[nodiscard]] Engine engine() const override { return Engine::kSqlite; }

  [[nodiscard]] Result<std::int64_t> Execute(
      std::string_view sql, std::span<const Parameter> parameters
  ) override {
    const std::int64_t before = sqlite3_total_changes64(session_->handle());
    MUSUBI_CHECK_OK(Run(sql, parameters, nullptr));
    // changes64 alone would repeat the count of an earlier statement after CREATE or BEGIN.
    const bool changed = sqlite3_total_changes64(session_->handle()) != before;
    return changed ? sqlite3_changes64(session_->handle()) : 0;
  }

  [[nodiscard]] Result<void> Query(
      std::string_view sql, std::span<const Parameter> parameters, const OnRow& on_row
  ) override {
    return Run(sql, parameters, &on_row);
  }

  [[nodiscard]] Result<void> ExecuteScript(std::string_view sql) override {
    if (session_->in_query) {
      return NestedStatementError(sql);
    }
    const std::string script = ExpandDialect(sql, Engine::kSqlite);
    if (sqlite3_get_autocommit(session_->handle()) == 0) {
      return session_->Run(script);
    }
    // All or nothing, as PostgreSQL does with several statements in one message.
    MUSUBI_TRY(auto transaction, Transaction::Begin(*this, Access::kWrite));
    MUSUBI_CHECK_OK(session_->Run(script));
    return transaction.Commit();
  }

  [[nodiscard]] Result<std::unique_ptr<BulkInsert>> MakeBulkInsert(
      std::string_view table, std::span<const Column> columns
  ) override {
    return sqlite::MakeBulkInsert(*session_, table, columns);
  }

 private:
  [[nodiscard]] Result<void> Run(
      std::string_view sql, std::span<const Parameter> parameters, const OnRow* on_row
  ) {
    if (session_->in_query) {
      return NestedStatementError(sql);
    }
    MUSUBI_TRY(Statement * statement, session_->Prepare(sql));
    if (statement->parameter_count != parameters.size()) {
      return ParameterCountError(sql);
    }
    sqlite3_stmt* handle = statement->handle.get();
    const StatementUse use(*session_, handle);
    for (std::size_t i = 0; i < statement->parameter_of.size(); ++i) {
      const BindParameter bind{handle, static_cast<int>(i) + 1};
      if (std::visit(bind, parameters[statement->parameter_of[i]]) != SQLITE_OK) {
        return LastError(session_->handle(), sql);
      }
    }
    return StepAll(sql, handle, on_row);
  }

  [[nodiscard]] Result<void> StepAll(
      std::string_view sql, sqlite3_stmt* handle, const OnRow* on_row
  ) {
    const SqliteRow row(handle);
    int code = sqlite3_step(handle);
    for (; code == SQLITE_ROW; code = sqlite3_step(handle)) {
      if (on_row != nullptr) {
        MUSUBI_CHECK_OK((*on_row)(row));
        if (row.misread()) {
          return ColumnTypeError(sql);
        }
      }
    }
    return code == SQLITE_DONE ? Ok() : Result<void>(LastError(session_->handle(), sql));
  }

  std::unique_ptr<Session> session_;
  std::shared_ptr<SessionPool<Session>> pool_;
};

}  // namespace

std::unique_ptr<Connection> MakeConnection(
    std::unique_ptr<Session> session, std::shared_ptr<SessionPool<Session>> pool
) {
  return std::make_unique<SqliteConnection>(std::move(session), std::move(pool));
}

}  // namespace musubi::store::sqlite
