// records.csv beside each roster of a sample: benefits and contributions for `insurer
// import-records`.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace musubi::scheme {

// `folder`: of the association, with truth.csv. References are those a register gives when
// roster.csv is the first roster it reads.
[[nodiscard]] Result<void> WriteRecordSample(
    const std::filesystem::path& folder, std::uint64_t seed
);

}  // namespace musubi::scheme
