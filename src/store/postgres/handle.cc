#include "store/postgres/handle.h"

#include <algorithm>
#include <array>
#include <string>

#include "store/dialect.h"

namespace musubi::store::postgres {
namespace {

// SQLSTATE (or its first two characters) and what the caller may do; the first match counts.
struct StateCode {
  std::string_view state;
  ErrorCode code;
};

constexpr std::array kStateCodes = {
    StateCode{"40001", ErrorCode::kConflict},      // serialisation
    StateCode{"40P01", ErrorCode::kConflict},      // deadlock
    StateCode{"23505", ErrorCode::kConflict},      // unique
    StateCode{"23503", ErrorCode::kConflict},      // foreign key
    StateCode{"55P03", ErrorCode::kConflict},      // lock_timeout
    StateCode{"0A000", ErrorCode::kConflict},      // stale plan: gone at the retry
    StateCode{"57014", ErrorCode::kTimeout},       // cancelled, statement_timeout
    StateCode{"57", ErrorCode::kUnavailable},      // shutdown, crash, starting up
    StateCode{"08P01", ErrorCode::kInternal},      // wrong count of parameters
    StateCode{"08", ErrorCode::kUnavailable},      // connection
    StateCode{"53300", ErrorCode::kUnavailable},   // too many connections
    StateCode{"53", ErrorCode::kExhausted},        // disk, memory
    StateCode{"28", ErrorCode::kRefused},          // authentication
    StateCode{"42501", ErrorCode::kRefused},       // privilege
    StateCode{"3D", ErrorCode::kPrecondition},     // no such database
    StateCode{"25006", ErrorCode::kPrecondition},  // read only: a standby
    StateCode{"XX001", ErrorCode::kCorrupt},
    StateCode{"XX002", ErrorCode::kCorrupt},
};

// Classes whose sentence names objects of the schema but no value.
constexpr std::array<std::string_view, 13> kQuotable = {
    "08", "0A", "23", "25", "26", "28", "34", "3D", "40", "42", "53", "55", "57"
};

std::string_view StateOf(const PGresult* result) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state == nullptr ? std::string_view() : std::string_view(state);
}

ErrorCode CodeOf(std::string_view state) {
  const auto* found = std::ranges::find_if(kStateCodes, [&](const StateCode& row) {
    return state.starts_with(row.state);
  });
  return found == kStateCodes.end() ? ErrorCode::kInternal : found->code;
}

std::string MessageOf(const PGresult* result, std::string_view state) {
  std::string message = "store: PostgreSQL state " + std::string(state);
  const char* sentence = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (sentence != nullptr && std::ranges::find(kQuotable, state.substr(0, 2)) != kQuotable.end()) {
    message += std::string(": ") + sentence;
  }
  return message;
}

}  // namespace

Error ErrorOf(PGconn* connection, const PGresult* result, std::string_view sql) {
  const std::string_view state = StateOf(result);
  if (!state.empty()) {
    return {
        .code = CodeOf(state), .message = MessageOf(result, state), .place = StatementName(sql)
    };
  }
  // A failure without a state was made up by libpq: it could not send or read. The status may lag.
  if (PQstatus(connection) != CONNECTION_OK || PQresultStatus(result) == PGRES_FATAL_ERROR) {
    return {
        .code = ErrorCode::kUnavailable,
        .message = "store: the connection to PostgreSQL is lost",
        .place = StatementName(sql)
    };
  }
  return {
      .code = ErrorCode::kInternal,
      .message = "store: PostgreSQL answered out of turn",
      .place = StatementName(sql)
  };
}

bool IsStalePlan(const PGresult* result) {
  return StateOf(result) == "0A000";
}

}  // namespace musubi::store::postgres
