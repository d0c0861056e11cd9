// Why a question is refused, and the row nearest to it. Internal to this folder.
#pragma once

#include <string_view>

#include "rules/permission_tables.h"

namespace musubi::rules {

// `asked` is allowed by nothing on `as_of`.
[[nodiscard]] PermitAnswer Refuse(const PermissionTables& tables, const FactIds& asked, Date as_of);

// `what`: the part of the question that is no code, in Japanese.
[[nodiscard]] PermitAnswer RefuseUnknown(std::string_view what);

}  // namespace musubi::rules
