// 名簿突合 (roster match): every person of a roster against a register on disk.
//
// The decisions are those of ResidentIndex::Match over the same register. The register is not
// loaded: only residents that share a key with some row are kept, found in one parallel reading;
// rows that nobody fits (mis-dated, strangers) take one or two further readings. Memory: the
// roster, its candidates and 12 bytes a resident.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "base/result.h"
#include "matching/comparison.h"
#include "matching/resident_batches.h"
#include "matching/roster_people.h"

namespace musubi::matching {

struct RosterMatchOptions {
  unsigned threads = 1;
  text::Rules allowed = kLenientRules;  // lenient rules that count as notation
  Explain explain = Explain::kNo;
  OnProgress on_progress;  // residents read, in the first reading
};

// One decision per person, in their order.
[[nodiscard]] Result<std::vector<Decision>> MatchRoster(
    const RosterPeople& people,
    const std::filesystem::path& residents,
    const text::Normaliser& normaliser,
    const RosterMatchOptions& options
);

}  // namespace musubi::matching
