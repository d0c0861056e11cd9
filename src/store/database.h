// One door to two engines: `sqlite:PATH` (embedded) and `postgresql://...`.
//
// Statements are written once, in the SQL both engines speak, with parameters $1, $2, ...; what an
// engine does better by its own means (bulk load) has one implementation per engine behind
// BulkInsert. Column types to use in migrations: BIGINT, TEXT, and {BLOB}, which is replaced by the
// engine's word (BLOB, BYTEA); {STRICT} and {WITHOUT_ROWID} are replaced by SQLite's table options
// or by nothing.
//
// A Database is shared by threads; a Connection belongs to one thread at a time. A Transaction
// rolls back in its destructor unless Commit returned success. SQLite: write-ahead log, synchronous
// FULL, secure_delete on, one writer at a time (others wait busy_timeout_ms, then kConflict).
//
// Errors: kUnavailable the engine is away; kConflict a serialisation or unique conflict;
// kCorrupt; kInternal a wrong statement. Messages hold the statement's name, never a value.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace musubi::store {

enum class Engine { kSqlite, kPostgres };

// A parameter: null, integer, text, blob. Text and blob are borrowed for the call.
using Parameter = std::variant<std::monostate, std::int64_t, std::string_view, BytesView>;

// One row of an answer; valid until the next row. Columns count from 0.
class Row {
 public:
  virtual ~Row() = default;
  [[nodiscard]] virtual bool IsNull(std::size_t column) const = 0;
  [[nodiscard]] virtual std::int64_t Int(std::size_t column) const = 0;
  [[nodiscard]] virtual std::string_view Text(std::size_t column) const = 0;
  [[nodiscard]] virtual BytesView Blob(std::size_t column) const = 0;
};

using OnRow = std::function<Result<void>(const Row&)>;

enum class ColumnType { kInt, kText, kBlob };

struct Column {
  std::string name;
  ColumnType type;
};

// Takes rows in the order of the primary key (the caller sorts) and writes them in batches. Int,
// Text, Blob and Null are called once per column, in order. Part of the connection's transaction.
// A duplicate key fails with kConflict at EndRow or Finish.
class BulkInsert {
 public:
  virtual ~BulkInsert() = default;  // without Finish the rows may or may not be there: roll back
  virtual void Int(std::int64_t value) = 0;
  virtual void Text(std::string_view value) = 0;
  virtual void Blob(BytesView value) = 0;
  virtual void Null() = 0;
  [[nodiscard]] virtual Result<void> EndRow() = 0;
  [[nodiscard]] virtual Result<void> Finish() = 0;
};

class Connection {
 public:
  virtual ~Connection() = default;
  [[nodiscard]] virtual Engine engine() const = 0;
  // Runs one statement; returns the count of changed rows. Prepared statements are kept.
  [[nodiscard]] virtual Result<std::int64_t> Execute(
      std::string_view sql, std::span<const Parameter> parameters = {}
  ) = 0;
  // Rows stream to `on_row`; its error ends the query and is returned.
  [[nodiscard]] virtual Result<void> Query(
      std::string_view sql, std::span<const Parameter> parameters, const OnRow& on_row
  ) = 0;
  // Several statements without parameters, separated by semicolons (migrations).
  [[nodiscard]] virtual Result<void> ExecuteScript(std::string_view sql) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<BulkInsert>> MakeBulkInsert(
      std::string_view table, std::span<const Column> columns
  ) = 0;

  [[nodiscard]] Result<std::int64_t> Execute(
      std::string_view sql, std::initializer_list<Parameter> parameters
  ) {
    return Execute(sql, std::span<const Parameter>(parameters.begin(), parameters.size()));
  }

  [[nodiscard]] Result<void> Query(
      std::string_view sql, std::initializer_list<Parameter> parameters, const OnRow& on_row
  ) {
    return Query(sql, std::span<const Parameter>(parameters.begin(), parameters.size()), on_row);
  }

  // First column of the first row as an integer, or nothing.
  [[nodiscard]] Result<std::optional<std::int64_t>> QueryInt(
      std::string_view sql, std::initializer_list<Parameter> parameters = {}
  );
};

// What the transaction will do: kWrite takes the writer's lock at once on SQLite.
enum class Access { kRead, kWrite };

class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> Begin(Connection& connection, Access access);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  [[nodiscard]] Result<void> Commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}

  Connection* connection_;  // null: committed or moved from
};

// Numbered from 1, in order, never changed once released.
struct Migration {
  int version;
  std::string_view sql;
};

struct OpenOptions {
  int busy_timeout_ms = 30000;
};

class Database {
 public:
  // sqlite:PATH (the folder must exist; a relative path is relative to `base_folder`) or
  // postgresql://... (libpq URI). An unknown scheme is kUsage.
  [[nodiscard]] static Result<std::unique_ptr<Database>> Open(
      std::string_view url, std::string_view base_folder = {}, const OpenOptions& options = {}
  );
  virtual ~Database() = default;
  [[nodiscard]] virtual Engine engine() const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<Connection>> Connect() = 0;
  // Brings the schema named `component` up to date, all or nothing; several components (insurer,
  // vault) share one database. Refuses a database newer than the program (kPrecondition).
  [[nodiscard]] Result<void> Migrate(
      std::string_view component, std::span<const Migration> migrations
  );
};

}  // namespace musubi::store
