// Connection of the embedded engine; gives its session back to the pool when it goes.
#pragma once

#include <memory>

#include "store/database.h"
#include "store/session_pool.h"
#include "store/sqlite/sqlite_session.h"

namespace musubi::store::sqlite {

[[nodiscard]] std::unique_ptr<Connection> MakeConnection(
    std::unique_ptr<Session> session, std::shared_ptr<SessionPool<Session>> pool
);

}  // namespace musubi::store::sqlite
