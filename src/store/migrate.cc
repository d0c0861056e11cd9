// Database::Migrate: the schema of each component, brought up to date in one write transaction.
#include "base/clock.h"
#include "store/database.h"

namespace musubi::store {
namespace {

constexpr int kCreateAttemptMax = 5;
constexpr std::string_view kCreateSchemaTable =
    "CREATE TABLE IF NOT EXISTS musubi_schema ("
    " component TEXT NOT NULL, version BIGINT NOT NULL, applied_at TEXT NOT NULL,"
    " PRIMARY KEY (component, version)) {STRICT} {WITHOUT_ROWID}";

Result<void> CheckNumbering(std::span<const Migration> migrations) {
  int expected = 0;
  for (const Migration& migration : migrations) {
    if (migration.version != ++expected) {
      return Error{
          .code = ErrorCode::kInternal,
          .message = "migrations are not numbered 1, 2, 3, ... in order"
      };
    }
  }
  return Ok();
}

Result<bool> HasSchemaTable(Connection& connection) {
  MUSUBI_TRY(
      const auto count,
      connection.QueryInt(
          connection.engine() == Engine::kSqlite
              ? "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'musubi_schema'"
              : "SELECT count(*) FROM pg_class WHERE oid = to_regclass('musubi_schema')"
      )
  );
  return count.value_or(0) > 0;
}

// Two processes may create it at once: PostgreSQL then tells the loser so in spite of IF NOT
// EXISTS.
Result<void> MakeSchemaTable(Connection& connection) {
  Result<void> made;
  for (int attempt = 0; attempt < kCreateAttemptMax; ++attempt) {
    made = connection.ExecuteScript(kCreateSchemaTable);
    if (made.ok() || made.error().code != ErrorCode::kConflict) {
      break;
    }
  }
  return made;
}

Result<std::int64_t> VersionOf(
    Connection& connection, std::string_view component, std::span<const Migration> known
) {
  MUSUBI_TRY(
      const auto found,
      connection.QueryInt(
          "SELECT max(version) FROM musubi_schema WHERE component = $1", {component}
      )
  );
  const std::int64_t version = found.value_or(0);
  if (version > static_cast<std::int64_t>(known.size())) {
    return Error{
        .code = ErrorCode::kPrecondition,
        .message = "the store is newer than this program",
        .place = "schema of " + std::string(component),
        .advice = "use the release that wrote it, or a later one"
    };
  }
  return version;
}

Result<void> ApplyMissing(
    Connection& connection, std::string_view component, std::span<const Migration> migrations
) {
  MUSUBI_TRY(auto transaction, Transaction::Begin(connection, Access::kWrite));
  if (connection.engine() == Engine::kPostgres) {
    // First statement, so that the snapshot is taken when the lock is held.
    MUSUBI_CHECK_OK(connection.Execute("LOCK TABLE musubi_schema IN EXCLUSIVE MODE"));
  }
  MUSUBI_TRY(const auto version, VersionOf(connection, component, migrations));
  const std::string now = FormatUtc(SystemClock().Now());
  for (const Migration& migration : migrations.subspan(static_cast<std::size_t>(version))) {
    MUSUBI_CHECK_OK(connection.ExecuteScript(migration.sql));
    MUSUBI_CHECK_OK(connection.Execute(
        "INSERT INTO musubi_schema (component, version, applied_at) VALUES ($1, $2, $3)",
        {component, std::int64_t{migration.version}, std::string_view(now)}
    ));
  }
  return transaction.Commit();
}

}  // namespace

Result<void> Database::Migrate(std::string_view component, std::span<const Migration> migrations) {
  MUSUBI_CHECK_OK(CheckNumbering(migrations));
  MUSUBI_TRY(auto connection, Connect());
  MUSUBI_TRY(const bool exists, HasSchemaTable(*connection));
  if (exists) {
    // Up to date is the usual case and must not wait for somebody's long write.
    MUSUBI_TRY(const auto version, VersionOf(*connection, component, migrations));
    if (version == static_cast<std::int64_t>(migrations.size())) {
      return Ok();
    }
  } else {
    MUSUBI_CHECK_OK(MakeSchemaTable(*connection));
  }
  return ApplyMissing(*connection, component, migrations);
}

}  // namespace musubi::store
