// What the hub's own part is measured against: the same rows by simpler means.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "store/database.h"

namespace musubi::bench {

// Sorted rows of the registry's shape, straight into the hub's own table: SQLite insert, or COPY.
// `count` people of association `insurer`; committed. Returns seconds.
[[nodiscard]] Result<double> FillRegistry(
    store::Connection& connection, std::uint64_t count, std::uint64_t seed, std::uint32_t insurer
);

struct AllSqlTimes {
  double copy_in_s = 0;
  double code_s = 0;    // check digit and HMAC
  double insert_s = 0;  // INSERT .. ON CONFLICT .. ORDER BY
  double copy_out_s = 0;

  [[nodiscard]] double Total() const { return copy_in_s + code_s + insert_s + copy_out_s; }
};

// A database administrator's version, in one PostgreSQL database: COPY in, check digit, hmac,
// INSERT
// .. ON CONFLICT .. ORDER BY, COPY out. `line(i)` gives "reference,number,birth,qualified".
// `registry`: people the table holds before.
[[nodiscard]] Result<AllSqlTimes> RunAllSql(
    const std::string& url,
    std::uint64_t people,
    std::uint64_t registry,
    const std::function<std::string(std::uint64_t)>& line
);

}  // namespace musubi::bench
