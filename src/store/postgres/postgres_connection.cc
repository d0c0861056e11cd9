#include "store/postgres/postgres_connection.h"

#include <charconv>
#include <utility>

#include "store/dialect.h"
#include "store/postgres/postgres_bulk.h"

namespace musubi::store::postgres {
namespace {

// Reads what is left of an answer, whatever way we leave: the connection is free again.
class AnswerUse {
 public:
  explicit AnswerUse(Session& session) : session_(session) { session_.in_query = true; }

  ~AnswerUse() {
    while (PGresult* left = PQgetResult(session_.handle())) {
      PQclear(left);
    }
    session_.in_query = false;
  }

  AnswerUse(const AnswerUse&) = delete;
  AnswerUse& operator=(const AnswerUse&) = delete;

 private:
  Session& session_;
};

std::int64_t ChangedRows(PGresult* result) {
  if (std::string_view(PQcmdStatus(result)).starts_with("SELECT")) {
    return 0;
  }
  const std::string_view text(PQcmdTuples(result));
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

class PostgresConnection final : public Connection {
 public:
  PostgresConnection(std::unique_ptr<Session> session, std::shared_ptr<SessionPool<Session>> pool)
      : session_(std::move(session)), pool_(std::move(pool)) {}

  ~PostgresConnection() override {
    if (PQtransactionStatus(session_->handle()) != PQTRANS_IDLE) {
      const auto ignored = session_->Run("ROLLBACK");  // IsIdle tells whether it worked
      static_cast<void>(ignored);
    }
    if (session_->IsIdle()) {
      pool_->Give(std::move(session_));
    }
  }

  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  [[nodiscard]] Engine engine() const override { return Engine::kPostgres; }

  [[nodiscard]] Result<std::int64_t> Execute(
      std::string_view sql, std::span<const Parameter> parameters
  ) override {
    std::int64_t changed = 0;
    MUSUBI_CHECK_OK(Run(sql, parameters, nullptr, changed));
    return changed;
  }

  [[nodiscard]] Result<void> Query(
      std::string_view sql, std::span<const Parameter> parameters, const OnRow& on_row
  ) override {
    std::int64_t ignored = 0;
    return Run(sql, parameters, &on_row, ignored);
  }

  [[nodiscard]] Result<void> ExecuteScript(std::string_view sql) override {
    if (session_->in_query) {
      return NestedStatementError(sql);
    }
    return session_->Run(ExpandDialect(sql, Engine::kPostgres));
  }

  [[nodiscard]] Result<std::unique_ptr<BulkInsert>> MakeBulkInsert(
      std::string_view table, std::span<const Column> columns
  ) override {
    return postgres::MakeBulkInsert(*session_, table, columns);
  }

 private:
  [[nodiscard]] Result<void> Run(
      std::string_view sql,
      std::span<const Parameter> values,
      const OnRow* on_row,
      std::int64_t& changed
  ) {
    if (session_->in_query) {
      return NestedStatementError(sql);
    }
    const Parameters parameters(values);
    MUSUBI_CHECK_OK(session_->Send(sql, parameters));
    const AnswerUse use(*session_);
    if (on_row != nullptr) {
      PQsetSingleRowMode(session_->handle());
    }
    while (ResultHandle result{PQgetResult(session_->handle())}) {
      Result<void> read = ReadAnswer(sql, result.get(), on_row, changed);
      if (!read.ok()) {
        if (IsStalePlan(result.get())) {
          session_->Forget(sql, parameters);
        }
        return read;
      }
    }
    return Ok();
  }

  [[nodiscard]] Result<void> ReadAnswer(
      std::string_view sql, PGresult* result, const OnRow* on_row, std::int64_t& changed
  ) {
    switch (PQresultStatus(result)) {
      case PGRES_SINGLE_TUPLE: {
        const PostgresRow row(result);
        MUSUBI_CHECK_OK((*on_row)(row));
        return row.misread() ? Result<void>(ColumnTypeError(sql)) : Ok();
      }
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
        changed = ChangedRows(result);
        return CheckCommitted(sql, result);
      default:
        return ErrorOf(session_->handle(), result, sql);
    }
  }

  // The server answers COMMIT of a failed transaction with success and "ROLLBACK".
  [[nodiscard]] static Result<void> CheckCommitted(std::string_view sql, PGresult* result) {
    if (sql == "COMMIT" && std::string_view(PQcmdStatus(result)) != "COMMIT") {
      return Error{
          .code = ErrorCode::kInternal,
          .message = "commit after a failed statement: everything was rolled back",
          .place = "COMMIT"
      };
    }
    return Ok();
  }

  std::unique_ptr<Session> session_;
  std::shared_ptr<SessionPool<Session>> pool_;
};

}  // namespace

std::unique_ptr<Connection> MakeConnection(
    std::unique_ptr<Session> session, std::shared_ptr<SessionPool<Session>> pool
) {
  return std::make_unique<PostgresConnection>(std::move(session), std::move(pool));
}

}  // namespace musubi::store::postgres
