#include "store/sqlite/sqlite_database.h"

#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "store/session_pool.h"
#include "store/sqlite/sqlite_connection.h"

namespace musubi::store::sqlite {
namespace {

constexpr std::size_t kIdleMax = 8;

// O_EXCL: an existing file is not opened here. Closing any descriptor of a file gives up all locks
// which this process holds on it, those of a living SQLite session too.
void CreatePrivateFile(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor >= 0) {
    ::close(descriptor);
  }  // any other failure is told by SQLite, which opens next
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::filesystem::path path, const OpenOptions& options)
      : path_(std::move(path)),
        options_(options),
        pool_(std::make_shared<SessionPool<Session>>(kIdleMax)) {}

  ~SqliteDatabase() override { pool_->Close(); }

  [[nodiscard]] Engine engine() const override { return Engine::kSqlite; }

  [[nodiscard]] Result<std::unique_ptr<Connection>> Connect() override {
    std::unique_ptr<Session> session = pool_->Take();
    if (session == nullptr) {
      MUSUBI_TRY(session, Session::Open(path_, options_));
    }
    return MakeConnection(std::move(session), pool_);
  }

 private:
  const std::filesystem::path path_;
  const OpenOptions options_;
  std::shared_ptr<SessionPool<Session>> pool_;  // shared with the connections, see session_pool.h
};

}  // namespace

Result<std::unique_ptr<Database>> OpenDatabase(
    const std::filesystem::path& path, const OpenOptions& options
) {
  std::error_code failure;
  std::filesystem::path absolute = std::filesystem::absolute(path, failure);
  if (failure) {
    return Error{.code = ErrorCode::kUsage, .message = "the path of the store cannot be resolved"};
  }
  CreatePrivateFile(absolute);
  auto database = std::make_unique<SqliteDatabase>(std::move(absolute), options);
  MUSUBI_TRY(const auto probe, database->Connect());  // a broken file is told at once
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace musubi::store::sqlite
