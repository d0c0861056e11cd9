#include "store/postgres/postgres_session.h"

#include <algorithm>
#include <array>
#include <utility>

namespace musubi::store::postgres {
namespace {

constexpr std::size_t kStatementCountMax = 128;

void IgnoreNotice(void* /*context*/, const char* /*message*/) {}

// Only these are worth a plan that is kept; BEGIN, CREATE and the like go as they are.
bool IsPreparable(std::string_view sql) {
  constexpr std::array<std::string_view, 6> kVerbs = {
      "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES"
  };
  const std::size_t start = sql.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && std::ranges::any_of(kVerbs, [&](std::string_view verb) {
           return sql.substr(start).starts_with(verb);
         });
}

std::string KeyOf(std::string_view sql, const Parameters& parameters) {
  return parameters.signature() + ":" + std::string(sql);
}

std::string PasswordOf(const std::string& uri) {
  const OptionsHandle options(PQconninfoParse(uri.c_str(), nullptr));
  const PQconninfoOption* option = options.get();
  for (; option != nullptr && option->keyword != nullptr; ++option) {
    if (option->keyword == std::string_view("password") && option->val != nullptr) {
      return option->val;
    }
  }
  return {};
}

// libpq names host and user, not the password; we do not rely on that.
std::string WithoutPassword(std::string text, const std::string& password) {
  for (std::size_t at = text.find(password); !password.empty() && at != std::string::npos;
       at = text.find(password, at)) {
    text.replace(at, password.size(), "***");
    at += 3;
  }
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

ConnectionHandle ConnectTo(const std::string& uri) {
  // What stands before "dbname" is a default, which the URI may change; what follows is not.
  const std::array<const char*, 5> keywords = {
      "connect_timeout", "application_name", "dbname", "client_encoding", nullptr
  };
  const std::array<const char*, 5> values = {"10", "musubi", uri.c_str(), "UTF8", nullptr};
  return ConnectionHandle(PQconnectdbParams(keywords.data(), values.data(), 1));
}

}  // namespace

bool IsValidUri(const std::string& uri) {
  return OptionsHandle(PQconninfoParse(uri.c_str(), nullptr)) != nullptr;
}

Session::Session(ConnectionHandle connection)
    : connection_(std::move(connection)), names_(kStatementCountMax) {}

Result<std::unique_ptr<Session>> Session::Open(const std::string& uri, const OpenOptions& options) {
  ConnectionHandle connection = ConnectTo(uri);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    return Error{
        .code = ErrorCode::kUnavailable,
        .message = "store: " + WithoutPassword(PQerrorMessage(connection.get()), PasswordOf(uri)),
        .advice = "see whether the server runs and lets this user in"
    };
  }
  PQsetNoticeProcessor(connection.get(), IgnoreNotice, nullptr);
  std::unique_ptr<Session> session(new Session(std::move(connection)));
  // Waiting for a lock ends as it does on SQLite, with kConflict. 0 would mean "for ever".
  MUSUBI_CHECK_OK(
      session->Run("SET lock_timeout = " + std::to_string(std::max(1, options.busy_timeout_ms)))
  );
  return session;
}

bool Session::IsIdle() {
  return PQconsumeInput(handle()) == 1 && PQstatus(handle()) == CONNECTION_OK &&
         PQtransactionStatus(handle()) == PQTRANS_IDLE;
}

Result<void> Session::Send(std::string_view sql, const Parameters& parameters) {
  int sent = 0;
  if (IsPreparable(sql)) {
    MUSUBI_TRY(const std::string name, Prepare(sql, parameters));
    sent = PQsendQueryPrepared(
        handle(),
        name.c_str(),
        parameters.count(),
        parameters.values(),
        parameters.sizes(),
        parameters.formats(),
        1
    );
  } else {
    sent = PQsendQueryParams(
        handle(),
        std::string(sql).c_str(),
        parameters.count(),
        parameters.types(),
        parameters.values(),
        parameters.sizes(),
        parameters.formats(),
        1
    );
  }
  return sent == 1 ? Ok() : Result<void>(ErrorOf(handle(), nullptr, sql));
}

Result<std::string> Session::Prepare(std::string_view sql, const Parameters& parameters) {
  const std::string key = KeyOf(sql, parameters);
  if (const std::string* found = names_.Find(key); found != nullptr) {
    return *found;
  }
  std::string name = "musubi_" + std::to_string(++prepared_count_);
  const ResultHandle result(PQprepare(
      handle(), name.c_str(), std::string(sql).c_str(), parameters.count(), parameters.types()
  ));
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
    return ErrorOf(handle(), result.get(), sql);
  }
  if (const auto evicted = names_.Insert(key, name)) {
    const ResultHandle gone(PQexec(handle(), ("DEALLOCATE " + *evicted).c_str()));
  }
  return name;
}

void Session::Forget(std::string_view sql, const Parameters& parameters) {
  names_.Erase(KeyOf(sql, parameters));
}

Result<void> Session::Run(const std::string& script) {
  const ResultHandle result(PQexec(handle(), script.c_str()));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) {
    return Ok();
  }
  return ErrorOf(handle(), result.get(), script);
}

}  // namespace musubi::store::postgres
