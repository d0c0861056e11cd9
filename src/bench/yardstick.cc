#include "bench/yardstick.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>

#include <libpq-fe.h>

#include "base/bytes.h"

namespace musubi::bench {

namespace {

class Watch {
 public:
  // Seconds since the last call.
  double Lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

using Session = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

Error Failed(PGconn* session) {
  return Error{ErrorCode::kInternal, std::string("yardstick: ") + PQerrorMessage(session)};
}

Result<void> Execute(PGconn* session, const char* sql) {
  const Answer answer(PQexec(session, sql), &PQclear);
  const ExecStatusType status = PQresultStatus(answer.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN &&
      status != PGRES_COPY_OUT) {
    return Failed(session);
  }
  return Ok();
}

Result<void> CopyIn(
    PGconn* session, std::uint64_t people, const std::function<std::string(std::uint64_t)>& line
) {
  constexpr std::size_t kPiece = std::size_t{256} << 10U;
  MUSUBI_CHECK_OK(Execute(session, "COPY list FROM STDIN (FORMAT csv)"));
  std::string piece;
  for (std::uint64_t i = 0; i < people; ++i) {
    piece += line(i);
    piece += '\n';
    if (piece.size() > kPiece || i + 1 == people) {
      if (PQputCopyData(session, piece.data(), static_cast<int>(piece.size())) != 1) {
        return Failed(session);
      }
      piece.clear();
    }
  }
  if (PQputCopyEnd(session, nullptr) != 1) {
    return Failed(session);
  }
  const Answer answer(PQgetResult(session), &PQclear);
  while (PGresult* rest = PQgetResult(session)) {
    PQclear(rest);
  }
  return PQresultStatus(answer.get()) == PGRES_COMMAND_OK ? Ok() : Result<void>(Failed(session));
}

Result<void> CopyOut(PGconn* session) {
  MUSUBI_CHECK_OK(Execute(
      session,
      "COPY (SELECT coded.reference, coded.number, person.insured, 1 FROM coded "
      "JOIN person USING (code)) TO STDOUT (FORMAT csv)"
  ));
  char* row = nullptr;
  while (PQgetCopyData(session, &row, 0) > 0) {
    PQfreemem(row);
  }
  while (PGresult* rest = PQgetResult(session)) {
    PQclear(rest);
  }
  return Ok();
}

constexpr const char* kTables =
    "CREATE EXTENSION IF NOT EXISTS pgcrypto;"
    "DROP TABLE IF EXISTS person; DROP SEQUENCE IF EXISTS insured_number;"
    "CREATE TABLE person (code BYTEA PRIMARY KEY, insured BIGINT NOT NULL, qualified DATE NOT "
    "NULL);"
    "CREATE SEQUENCE insured_number CACHE 1000;"
    "CREATE TEMPORARY TABLE list (reference TEXT, number TEXT, birth DATE, qualified DATE);"
    "CREATE TEMPORARY TABLE coded (reference TEXT, number TEXT, code BYTEA, qualified DATE);"
    "SET work_mem = '256MB'";

// Weights of the check digit from the left: 6,5,4,3,2,7,6,5,4,3,2.
constexpr const char* kCode =
    "INSERT INTO coded "
    "SELECT reference, number, substring(hmac(number, 'yardstick key', 'sha256') FOR 16), "
    "qualified "
    "FROM (SELECT *, (substr(number,1,1)::int*6 + substr(number,2,1)::int*5 + "
    "substr(number,3,1)::int*4 + substr(number,4,1)::int*3 + substr(number,5,1)::int*2 + "
    "substr(number,6,1)::int*7 + substr(number,7,1)::int*6 + substr(number,8,1)::int*5 + "
    "substr(number,9,1)::int*4 + substr(number,10,1)::int*3 + substr(number,11,1)::int*2) % 11 AS "
    "r "
    "FROM list) AS l "
    "WHERE substr(number,12,1)::int = CASE WHEN r <= 1 THEN 0 ELSE 11 - r END";
constexpr const char* kInsert =
    "INSERT INTO person SELECT code, nextval('insured_number'), qualified FROM coded ORDER BY code "
    "ON CONFLICT (code) DO NOTHING";
constexpr const char* kPrefill =
    "INSERT INTO person SELECT substring(sha256(i::text::bytea) FOR 16) AS code, i, '2020-04-01' "
    "FROM generate_series(1, $1) AS i ORDER BY code";

}  // namespace

Result<double> FillRegistry(
    store::Connection& connection, std::uint64_t count, std::uint64_t seed, std::uint32_t insurer
) {
  std::mt19937_64 random(seed);
  std::vector<Code16> codes(count);
  for (Code16& code : codes) {
    for (std::size_t i = 0; i < code.size(); i += 8) {
      const std::uint64_t word = random();
      for (std::size_t j = 0; j < 8; ++j) {
        code[i + j] = static_cast<std::uint8_t>(word >> (8 * j));
      }
    }
  }
  std::sort(codes.begin(), codes.end());
  Watch watch;
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(connection, store::Access::kWrite));
  const store::Column columns[] = {
      {"code", store::ColumnType::kBlob},
      {"insurer", store::ColumnType::kInt},
      {"number", store::ColumnType::kInt},
      {"branch", store::ColumnType::kInt},
      {"qualified_on", store::ColumnType::kInt},
      {"batch", store::ColumnType::kInt}
  };
  MUSUBI_TRY(auto insert, connection.MakeBulkInsert("enrolment", columns));
  std::int64_t number = 0;
  for (const Code16& code : codes) {
    insert->Blob(code);
    insert->Int(insurer);
    insert->Int(++number);
    insert->Int(1);
    insert->Int(20200401);
    insert->Int(0);
    MUSUBI_CHECK_OK(insert->EndRow());
  }
  MUSUBI_CHECK_OK(insert->Finish());
  MUSUBI_CHECK_OK(transaction.Commit());
  return watch.Lap();
}

Result<AllSqlTimes> RunAllSql(
    const std::string& url,
    std::uint64_t people,
    std::uint64_t registry,
    const std::function<std::string(std::uint64_t)>& line
) {
  const Session session(PQconnectdb(url.c_str()), &PQfinish);
  if (PQstatus(session.get()) != CONNECTION_OK) {
    return Failed(session.get());
  }
  MUSUBI_CHECK_OK(Execute(session.get(), kTables));
  if (registry > 0) {
    std::string prefill = kPrefill;
    prefill.replace(prefill.find("$1"), 2, std::to_string(registry));
    MUSUBI_CHECK_OK(Execute(session.get(), prefill.c_str()));
  }
  AllSqlTimes times;
  Watch watch;
  MUSUBI_CHECK_OK(CopyIn(session.get(), people, line));
  times.copy_in_s = watch.Lap();
  MUSUBI_CHECK_OK(Execute(session.get(), kCode));
  MUSUBI_CHECK_OK(Execute(session.get(), "ANALYZE coded"));
  times.code_s = watch.Lap();
  MUSUBI_CHECK_OK(Execute(session.get(), kInsert));
  times.insert_s = watch.Lap();
  MUSUBI_CHECK_OK(CopyOut(session.get()));
  times.copy_out_s = watch.Lap();
  return times;
}

}  // namespace musubi::bench
