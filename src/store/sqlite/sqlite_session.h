// One open SQLite file handle with its prepared statements. One thread at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/database.h"
#include "store/sqlite/batch_table.h"
#include "store/sqlite/handle.h"
#include "store/statement_cache.h"

namespace musubi::store::sqlite {

// SQLite numbers "$2" by first appearance; `parameter_of` leads back from its index to ours.
struct Statement {
  StatementHandle handle;
  std::vector<std::size_t> parameter_of;
  std::size_t parameter_count = 0;
};

class Session {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Session>> Open(
      const std::filesystem::path& path, const OpenOptions& options
  );

  [[nodiscard]] sqlite3* handle() const { return database_.get(); }

  [[nodiscard]] Result<Statement*> Prepare(std::string_view sql);
  // Several statements; rows are thrown away.
  [[nodiscard]] Result<void> Run(const std::string& script);

  // A statement of this session gives rows right now.
  bool in_query = false;
  // What the table musubi_batch shows to the statement that runs.
  const Batch* batch = nullptr;

 private:
  explicit Session(DatabaseHandle database);

  [[nodiscard]] Result<void> Configure(const OpenOptions& options);
  [[nodiscard]] Result<void> EnterWal(int busy_timeout_ms);

  DatabaseHandle database_;
  StatementCache<Statement> statements_;
};

}  // namespace musubi::store::sqlite
