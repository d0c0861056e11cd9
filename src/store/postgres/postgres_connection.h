// Connection of the server engine; gives its session back to the pool when it goes.
#pragma once

#include <memory>

#include "store/database.h"
#include "store/postgres/postgres_session.h"
#include "store/session_pool.h"

namespace musubi::store::postgres {

[[nodiscard]] std::unique_ptr<Connection> MakeConnection(
    std::unique_ptr<Session> session, std::shared_ptr<SessionPool<Session>> pool
);

}  // namespace musubi::store::postgres
