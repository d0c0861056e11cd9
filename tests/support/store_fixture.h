// Every test of a store runs on both engines:
//
//   class HubStoreTest : public musubi::test::StoreTest {};
//   MUSUBI_TEST_BOTH_ENGINES(HubStoreTest);
//   TEST_P(HubStoreTest, ...) { auto database = OpenDatabase(); ... }
#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "store/database.h"
#include "tests/support/postgres_server.h"

namespace musubi::test {

// The value, or the test ends with the error's text.
template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) {
    throw std::runtime_error(result.error().Text());
  }
  return std::move(result).value();
}

inline void Must(Result<void> result) {
  if (!result.ok()) {
    throw std::runtime_error(result.error().Text());
  }
}

// Without fsync: tests kill processes, never the machine, and many files synced take long.
inline PostgresServer& SharedServer() {
  return PostgresServer::Shared(Sync::kNo);
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "musubi-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw std::runtime_error("cannot make " + pattern);
    }
    path_ = pattern;
  }

  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class StoreTest : public testing::TestWithParam<store::Engine> {
 protected:
  StoreTest() {
    url_ = IsSqlite() ? "sqlite:" + (folder_.path() / "test.db").string()
                      : SharedServer().NewDatabase();
  }

  [[nodiscard]] static bool IsSqlite() { return GetParam() == store::Engine::kSqlite; }

  [[nodiscard]] const std::string& url() const { return url_; }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

  [[nodiscard]] std::unique_ptr<store::Database> OpenDatabase(
      const store::OpenOptions& options = {}
  ) const {
    return Must(store::Database::Open(url_, {}, options));
  }

 private:
  TemporaryFolder folder_;
  std::string url_;
};

inline std::string EngineName(const testing::TestParamInfo<store::Engine>& info) {
  return info.param == store::Engine::kSqlite ? "Sqlite" : "Postgres";
}

}  // namespace musubi::test

#define MUSUBI_TEST_BOTH_ENGINES(fixture)                                                \
  INSTANTIATE_TEST_SUITE_P(                                                              \
      Both,                                                                              \
      fixture,                                                                           \
      testing::Values(musubi::store::Engine::kSqlite, musubi::store::Engine::kPostgres), \
      musubi::test::EngineName                                                           \
  )
