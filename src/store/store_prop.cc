// Random transactions against a map in memory: the store holds the same after each.
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "store/postgres/binary.h"
#include "tests/support/store_fixture.h"

namespace musubi::store {
namespace {

using test::Must;
using Model = std::map<std::int64_t, std::string>;

Model ReadAll(Connection& connection) {
  Model all;
  Must(connection.Query("SELECT id, value FROM item", {}, [&](const Row& row) {
    all[row.Int(0)] = std::string(AsText(row.Blob(1)));
    return Ok();
  }));
  return all;
}

void Change(Connection& connection, Model& model) {
  const std::int64_t id = *rc::gen::inRange<std::int64_t>(-5, 6);
  const auto value = *rc::gen::arbitrary<std::string>();
  const auto existed = static_cast<std::int64_t>(model.count(id));
  if (*rc::gen::arbitrary<bool>()) {
    const std::string_view put =
        "INSERT INTO item (id, value) VALUES ($1, $2) "
        "ON CONFLICT (id) DO UPDATE SET value = excluded.value";
    RC_ASSERT(Must(connection.Execute(put, {id, AsBytes(value)})) == 1);
    model[id] = value;
  } else {
    RC_ASSERT(Must(connection.Execute("DELETE FROM item WHERE id = $1", {id})) == existed);
    model.erase(id);
  }
}

class StoreProperty : public test::StoreTest {};

MUSUBI_TEST_BOTH_ENGINES(StoreProperty);

TEST_P(StoreProperty, StoreBehavesLikeAMapWithUndo) {
  const auto database = OpenDatabase();
  auto connection = Must(database->Connect());
  Must(connection->ExecuteScript(
      "CREATE TABLE item (id BIGINT PRIMARY KEY, value {BLOB} NOT NULL) {STRICT}"
  ));
  Model committed;
  const bool holds = rc::check([&] {
    Model model = committed;
    {
      auto transaction = Must(Transaction::Begin(*connection, Access::kWrite));
      const int changes = *rc::gen::inRange(0, 8);
      for (int i = 0; i < changes; ++i) {
        Change(*connection, model);
      }
      RC_ASSERT(ReadAll(*connection) == model);
      if (*rc::gen::arbitrary<bool>()) {
        Must(transaction.Commit());
        committed = model;
      }
    }
    RC_ASSERT(ReadAll(*connection) == committed);
  });
  EXPECT_TRUE(holds);
}

// Numbers in the server's own binary form, from its own sum().
RC_GTEST_PROP(PostgresNumeric, SumIsReadBackForEveryInteger, ()) {
  static const auto database = Must(Database::Open(test::SharedServer().NewDatabase()));
  static const auto connection = Must(database->Connect());
  const auto shift = *rc::gen::inRange(0, 64);
  const auto value = *rc::gen::arbitrary<std::int64_t>() >> shift;
  RC_ASSERT(
      Must(connection->QueryInt("SELECT sum(x) FROM (SELECT $1 AS x) AS one", {value})) == value
  );
}

TEST(PostgresNumeric, FractionsAndNonsenseAreNotIntegers) {
  const Bytes half = {0, 1, 0xff, 0xff, 0, 0, 0, 1, 0x13, 0x88};
  const Bytes nan = {0, 0, 0, 0, 0xc0, 0, 0, 0};
  const Bytes huge = {0, 1, 0, 5, 0, 0, 0, 0, 0, 1};
  const Bytes zero = {0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_FALSE(postgres::ReadNumeric(half).has_value());
  EXPECT_FALSE(postgres::ReadNumeric(nan).has_value());
  EXPECT_FALSE(postgres::ReadNumeric(huge).has_value());
  EXPECT_FALSE(postgres::ReadNumeric({}).has_value());
  EXPECT_EQ(postgres::ReadNumeric(zero), 0);
}

}  // namespace
}  // namespace musubi::store
