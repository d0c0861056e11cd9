#include "store/dialect.h"

#include <gtest/gtest.h>

namespace musubi::store {
namespace {

TEST(Dialect, OptionsAreJoinedForSqliteAndGoneForPostgres) {
  for (const char* sql :
       {"t (x) {STRICT}, {WITHOUT_ROWID};",
        "t (x) {STRICT} {WITHOUT_ROWID};",
        "t (x) {STRICT}{WITHOUT_ROWID};",
        "t (x) {STRICT},\n{WITHOUT_ROWID};"}) {
    EXPECT_EQ(ExpandDialect(sql, Engine::kSqlite), "t (x) STRICT, WITHOUT ROWID;");
    EXPECT_EQ(ExpandDialect(sql, Engine::kPostgres), "t (x) ;");
  }
  EXPECT_EQ(ExpandDialect("t {WITHOUT_ROWID}", Engine::kSqlite), "t WITHOUT ROWID");
}

TEST(Dialect, TypesBecomeTheWordsOfTheEngine) {
  EXPECT_EQ(ExpandDialect("a {BLOB}, b BIGINT", Engine::kSqlite), "a BLOB, b INTEGER");
  EXPECT_EQ(ExpandDialect("a {BLOB}, b BIGINT", Engine::kPostgres), "a BYTEA, b BIGINT");
}

TEST(Dialect, OtherWordsAndQuotedTextStay) {
  const char* sql = "BIGINTS x_BIGINT '{BLOB} BIGINT' 'it''s {STRICT}' {OTHER}";
  EXPECT_EQ(ExpandDialect(sql, Engine::kSqlite), sql);
}

TEST(Dialect, NameOfAStatementHoldsNoLiteral) {
  EXPECT_EQ(
      StatementName("  SELECT\n  id FROM p WHERE name = 'Sato'"), "SELECT id FROM p WHERE name ="
  );
  EXPECT_EQ(StatementName("INSERT INTO p (a, b) VALUES (1, 2)"), "INSERT INTO p");
  EXPECT_LE(StatementName(std::string(500, 'x')).size(), 60U);
}

}  // namespace
}  // namespace musubi::store
