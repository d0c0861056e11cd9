#include "store/database.h"

#include <filesystem>

#include "store/postgres/postgres_database.h"
#include "store/sqlite/sqlite_database.h"

namespace musubi::store {
namespace {

constexpr std::string_view kSqliteScheme = "sqlite:";

std::string_view BeginStatement(Engine engine, Access access) {
  if (engine == Engine::kSqlite) {
    return access == Access::kWrite ? "BEGIN IMMEDIATE" : "BEGIN";
  }
  // Repeatable read: one snapshot as on SQLite, and of two who change the same row one is told
  // (kConflict) instead of overwriting what it had not seen.
  return access == Access::kWrite ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"
                                  : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
}

}  // namespace

Result<std::optional<std::int64_t>> Connection::QueryInt(
    std::string_view sql, std::initializer_list<Parameter> parameters
) {
  std::optional<std::int64_t> value;
  bool first = true;
  MUSUBI_CHECK_OK(Query(sql, parameters, [&](const Row& row) {
    if (first && !row.IsNull(0)) {
      value = row.Int(0);
    }
    first = false;
    return Ok();
  }));
  return value;
}

Result<Transaction> Transaction::Begin(Connection& connection, Access access) {
  MUSUBI_CHECK_OK(connection.Execute(BeginStatement(connection.engine(), access)));
  return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
  if (connection_ != nullptr) {
    // A failure means that the engine has rolled back already or is away; both end the work.
    const auto ignored = connection_->Execute("ROLLBACK");
    static_cast<void>(ignored);
  }
}

Result<void> Transaction::Commit() {
  if (connection_ == nullptr) {
    return Error{.code = ErrorCode::kInternal, .message = "commit of a finished transaction"};
  }
  MUSUBI_CHECK_OK(connection_->Execute("COMMIT"));
  connection_ = nullptr;
  return Ok();
}

Result<std::unique_ptr<Database>> Database::Open(
    std::string_view url, std::string_view base_folder, const OpenOptions& options
) {
  if (url.starts_with(kSqliteScheme) && url.size() > kSqliteScheme.size()) {
    const std::filesystem::path path(url.substr(kSqliteScheme.size()));
    return sqlite::OpenDatabase(std::filesystem::path(base_folder) / path, options);
  }
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
    return postgres::OpenDatabase(url, options);
  }
  return Error{
      .code = ErrorCode::kUsage,
      .message = "unknown kind of store",
      .advice = "write sqlite:PATH or postgresql://HOST/NAME"
  };
}

}  // namespace musubi::store
