// The rehearsal: the main job done over a running scheme, from the rosters to the insured numbers,
// through our own commands as a clerk would give them, and a report of what came out.
//
// For each association: roster in, number list out, up to the hub, pairs down and in, acknowledged.
// Then the numbers that came back and whose right value the sample knows are corrected (some one by
// one as at a counter, the rest as a new export of the association's system) and sent again. At the
// end every file of the hub is searched for every number of every list.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "scheme/layout.h"
#include "scheme/number_scan.h"

namespace musubi::scheme {

struct RehearsalOptions {
  bool once = false;  // no second round
  std::function<void(std::string_view)> on_line;
  std::function<bool()> stop = {};  // asked before each command; true ends with kUnavailable
};

struct RehearsalReport {
  // Every row sent came back, what could be corrected is tied, and the hub holds no number.
  bool is_good = true;
  ScanReport scan;
};

// kPrecondition: the scheme has no sample people. Other errors: a command could not do its work;
// its own words stand on standard error.
[[nodiscard]] Result<RehearsalReport> Rehearse(
    const Layout& layout, const RehearsalOptions& options
);

}  // namespace musubi::scheme
