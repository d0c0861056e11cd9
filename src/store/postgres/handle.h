// Owners of libpq's handles, and its failures as our errors.
#pragma once

#include <memory>
#include <string_view>

#include <libpq-fe.h>

#include "base/error.h"

namespace musubi::store::postgres {

struct FinishConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

using ConnectionHandle = std::unique_ptr<PGconn, FinishConnection>;
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;
using OptionsHandle = std::unique_ptr<PQconninfoOption, FreeOptions>;

// What `result` (may be null) or the connection failed with. The server's own sentence is repeated
// only for states whose sentence names tables and columns, never for those that quote a value.
[[nodiscard]] Error ErrorOf(PGconn* connection, const PGresult* result, std::string_view sql);

// The server keeps statements whose result has changed by a migration; prepare them anew.
[[nodiscard]] bool IsStalePlan(const PGresult* result);

}  // namespace musubi::store::postgres
