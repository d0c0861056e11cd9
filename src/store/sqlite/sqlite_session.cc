#include "store/sqlite/sqlite_session.h"

#include <charconv>
#include <chrono>
#include <thread>

#include "store/dialect.h"

namespace musubi::store::sqlite {
namespace {

constexpr std::size_t kStatementCountMax = 128;

// Before the file has its first page, and per session. Page size 8192: fewer levels for the same
// rows; cache 64 MiB; no mmap, since an I/O error there is a signal instead of an error. The log is
// moved into the file at 4,000 pages: a page of an index that changes all the time moves less often.
constexpr const char* kSettings =
    "PRAGMA page_size = 8192;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 4000;"
    "PRAGMA cache_size = -65536;"
    "PRAGMA mmap_size = 0;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA trusted_schema = OFF;";

// False: a name that is not $ and a positive number.
bool ReadParameterNumber(const char* name, std::size_t& number) {
  if (name == nullptr || name[0] != '$') {
    return false;
  }
  const std::string_view digits(name + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() && number > 0;
}

Result<void> MapParameters(std::string_view sql, Statement& statement) {
  const int count = sqlite3_bind_parameter_count(statement.handle.get());
  for (int index = 1; index <= count; ++index) {
    std::size_t number = 0;
    if (!ReadParameterNumber(sqlite3_bind_parameter_name(statement.handle.get(), index), number)) {
      return Error{
          .code = ErrorCode::kInternal,
          .message = "parameters are written $1, $2, ...",
          .place = StatementName(sql)
      };
    }
    statement.parameter_of.push_back(number - 1);
    statement.parameter_count = std::max(statement.parameter_count, number);
  }
  return Ok();
}

}  // namespace

Session::Session(DatabaseHandle database)
    : database_(std::move(database)), statements_(kStatementCountMax) {}

Result<std::unique_ptr<Session>> Session::Open(
    const std::filesystem::path& path, const OpenOptions& options
) {
  sqlite3* raw = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                         SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &raw, kFlags, nullptr);
  DatabaseHandle handle(raw);
  if (code != SQLITE_OK) {
    return LastError(raw, "open " + path.filename().string());
  }
  std::unique_ptr<Session> session(new Session(std::move(handle)));
  MUSUBI_CHECK_OK(session->Configure(options));
  return session;
}

Result<void> Session::Configure(const OpenOptions& options) {
  sqlite3_busy_timeout(handle(), options.busy_timeout_ms);
  MUSUBI_CHECK_OK(Run(kSettings));
  if (RegisterBatchTable(handle(), &batch) != SQLITE_OK) {
    return LastError(handle(), "register musubi_batch");
  }
  return EnterWal(options.busy_timeout_ms);
}

// SQLite does not call the busy handler while a file changes its journal mode: when two processes
// open a new file at once, the second waits here.
Result<void> Session::EnterWal(int busy_timeout_ms) {
  using namespace std::chrono_literals;
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(busy_timeout_ms);
  Result<void> entered = Run("PRAGMA journal_mode = WAL");
  while (!entered.ok() && entered.error().code == ErrorCode::kConflict &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(5ms);
    entered = Run("PRAGMA journal_mode = WAL");
  }
  return entered;
}

Result<Statement*> Session::Prepare(std::string_view sql) {
  if (Statement* found = statements_.Find(sql); found != nullptr) {
    return found;
  }
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(
      handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw, &tail
  );
  Statement statement;
  statement.handle.reset(raw);
  if (code != SQLITE_OK) {
    return LastError(handle(), sql);
  }
  const std::string_view rest(tail, static_cast<std::size_t>(sql.data() + sql.size() - tail));
  if (raw == nullptr || rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return Error{
        .code = ErrorCode::kInternal,
        .message = "exactly one statement is expected",
        .place = StatementName(sql)
    };
  }
  MUSUBI_CHECK_OK(MapParameters(sql, statement));
  statements_.Insert(sql, std::move(statement));
  return statements_.Find(sql);
}

Result<void> Session::Run(const std::string& script) {
  if (sqlite3_exec(handle(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return LastError(handle(), script);
  }
  return Ok();
}

}  // namespace musubi::store::sqlite
