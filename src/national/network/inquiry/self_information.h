// 自己情報: the person's own look at what an institution holds about them, through the portal
// (情報提供等記録開示システム). rules/permission has no row for it, since it is not a provision
// under 番号法19条 8号: the person asks, no institution does.
//
// One row of data. [G] The citation (番号法附則6条3項) and the first day (the portal's opening) are
// from guides, not checked against the text of the act.
#pragma once

#include <string_view>

#include "base/date.h"

namespace musubi::national::network {

struct SelfInformationRow {
  std::string_view inquirer;   // kind in the directory
  std::string_view procedure;  // in the question
  std::string_view basis;
  std::string_view citation;
  Date valid_from;
};

inline constexpr SelfInformationRow kSelfInformation{
    .inquirer = "portal",
    .procedure = "self-information",
    .basis = "number-act-supplementary:6:3項",
    .citation = "番号法附則6条3項",
    .valid_from = Date::FromPacked(20171113),
};

}  // namespace musubi::national::network
