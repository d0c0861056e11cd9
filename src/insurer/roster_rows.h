// Rows of a roster file, ready to be compared: texts, hashes, and the number judged.
#pragma once

#include <vector>

#include "insurer/person.h"
#include "insurer/register.h"
#include "insurer/report.h"

namespace musubi::insurer {

// Fills rows, problems and number counts of `report`.
[[nodiscard]] Result<std::vector<Incoming>> ReadRosterRows(
    const vault::Vault& vault, const RosterRequest& request, RosterReport& report
);

}  // namespace musubi::insurer
