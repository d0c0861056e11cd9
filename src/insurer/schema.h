// Tables of the register. Every personal attribute is text as the roster wrote it (dates as
// YYYY-MM-DD); an Individual Number is there only as the vault's ciphertext and blind index.
#pragma once

#include <span>

#include "store/database.h"

namespace musubi::insurer {

inline constexpr std::string_view kSchemaComponent = "insurer";

[[nodiscard]] std::span<const store::Migration> Migrations();

}  // namespace musubi::insurer
