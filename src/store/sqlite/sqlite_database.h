// The embedded engine behind store/database.h.
#pragma once

#include <filesystem>
#include <memory>

#include "store/database.h"

namespace musubi::store::sqlite {

// Creates the file (mode 0600; its log takes the same mode) when it is not there.
[[nodiscard]] Result<std::unique_ptr<Database>> OpenDatabase(
    const std::filesystem::path& path, const OpenOptions& options
);

}  // namespace musubi::store::sqlite
