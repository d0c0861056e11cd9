// The server engine behind store/database.h.
#pragma once

#include <memory>
#include <string_view>

#include "store/database.h"

namespace musubi::store::postgres {

// kUsage: not a libpq URI. kUnavailable: nobody answers there. No message holds the password.
[[nodiscard]] Result<std::unique_ptr<Database>> OpenDatabase(
    std::string_view url, const OpenOptions& options
);

}  // namespace musubi::store::postgres
