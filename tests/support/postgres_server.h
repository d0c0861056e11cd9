// The tests' name for the server that measurements use too.
#pragma once

#include "bench/local_postgres.h"

namespace musubi::test {

using PostgresServer = bench::LocalPostgres;
using bench::Sync;

}  // namespace musubi::test
