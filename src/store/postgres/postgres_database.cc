#include "store/postgres/postgres_database.h"

#include <string>
#include <utility>

#include "store/postgres/postgres_connection.h"
#include "store/session_pool.h"

namespace musubi::store::postgres {
namespace {

constexpr std::size_t kIdleMax = 8;

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(std::string uri, const OpenOptions& options)
      : uri_(std::move(uri)),
        options_(options),
        pool_(std::make_shared<SessionPool<Session>>(kIdleMax)) {}

  ~PostgresDatabase() override { pool_->Close(); }

  [[nodiscard]] Engine engine() const override { return Engine::kPostgres; }

  [[nodiscard]] Result<std::unique_ptr<Connection>> Connect() override {
    std::unique_ptr<Session> session = pool_->Take();
    while (session != nullptr && !session->IsIdle()) {
      session = pool_->Take();  // its server has restarted
    }
    if (session == nullptr) {
      MUSUBI_TRY(session, Session::Open(uri_, options_));
    }
    return MakeConnection(std::move(session), pool_);
  }

 private:
  const std::string uri_;
  const OpenOptions options_;
  std::shared_ptr<SessionPool<Session>> pool_;  // shared with the connections, see session_pool.h
};

}  // namespace

Result<std::unique_ptr<Database>> OpenDatabase(std::string_view url, const OpenOptions& options) {
  std::string uri(url);
  if (!IsValidUri(uri)) {
    return Error{
        .code = ErrorCode::kUsage,
        .message = "the URL of the store is not a PostgreSQL URI",
        .advice = "write postgresql://USER@HOST/NAME"
    };
  }
  auto database = std::make_unique<PostgresDatabase>(std::move(uri), options);
  MUSUBI_TRY(const auto probe, database->Connect());  // an absent server is told at once
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace musubi::store::postgres
