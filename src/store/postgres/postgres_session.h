// One connection to a PostgreSQL server with the statements prepared on it. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/database.h"
#include "store/postgres/binary.h"
#include "store/postgres/handle.h"
#include "store/statement_cache.h"

namespace musubi::store::postgres {

// False: not a libpq URI.
[[nodiscard]] bool IsValidUri(const std::string& uri);

class Session {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Session>> Open(
      const std::string& uri, const OpenOptions& options
  );

  [[nodiscard]] PGconn* handle() const { return connection_.get(); }

  // Outside a transaction and, as far as can be seen without asking, still connected.
  [[nodiscard]] bool IsIdle();
  // Sends the statement; the caller reads the answers to their end.
  [[nodiscard]] Result<void> Send(std::string_view sql, const Parameters& parameters);
  // Several statements without parameters in one message.
  [[nodiscard]] Result<void> Run(const std::string& script);
  // After an error of `sql`: a plan made before a migration is not used again.
  void Forget(std::string_view sql, const Parameters& parameters);

  // A statement of this session gives rows right now.
  bool in_query = false;

 private:
  explicit Session(ConnectionHandle connection);

  [[nodiscard]] Result<std::string> Prepare(std::string_view sql, const Parameters& parameters);

  ConnectionHandle connection_;
  StatementCache<std::string> names_;
  std::uint64_t prepared_count_ = 0;
};

}  // namespace musubi::store::postgres
