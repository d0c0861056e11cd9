// A compressed or quoted register in batches: one thread reads and checks by text/residents.h, the
// others work. Batches are the same at every reading of the same file.
#pragma once

#include <filesystem>

#include "matching/resident_batches.h"

namespace musubi::matching {

[[nodiscard]] Result<std::uint64_t> ReadCarefully(
    const std::filesystem::path& path,
    unsigned threads,
    const OnBatch& on_batch,
    const SkipBatch& skip,
    ProgressCounter& counter
);

}  // namespace musubi::matching
