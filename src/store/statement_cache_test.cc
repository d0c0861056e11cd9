#include "store/statement_cache.h"

#include <gtest/gtest.h>

namespace musubi::store {
namespace {

TEST(StatementCache, TheOneNotUsedForLongestLeaves) {
  StatementCache<int> cache(2);
  EXPECT_FALSE(cache.Insert("a", 1).has_value());
  EXPECT_FALSE(cache.Insert("b", 2).has_value());
  ASSERT_NE(cache.Find("a"), nullptr);
  EXPECT_EQ(cache.Insert("c", 3), 2);
  EXPECT_EQ(cache.Find("b"), nullptr);
  EXPECT_EQ(*cache.Find("a"), 1);
  EXPECT_EQ(cache.size(), 2U);
}

TEST(StatementCache, ErasedStatementIsGone) {
  StatementCache<int> cache(2);
  cache.Insert("a", 1);
  cache.Erase("a");
  cache.Erase("never there");
  EXPECT_EQ(cache.Find("a"), nullptr);
  EXPECT_EQ(cache.size(), 0U);
}

}  // namespace
}  // namespace musubi::store
