// Reads a residents' register (text/residents.h) in batches on several threads.
//
// A plain file without quotes is cut at line ends and read in parallel; a compressed or quoted one
// is read by one thread while the others work. Batches are numbered from 0 and are the same at
// every reading of the same file. A row that cannot be read refuses the file.
#pragma once

#include <filesystem>
#include <functional>
#include <span>

#include "base/result.h"
#include "text/residents.h"

namespace musubi::matching {

// Good until the callback returns.
struct ResidentBatch {
  std::size_t number = 0;
  std::span<const text::ResidentRow> rows;
};

// Called from several threads at once, each batch once.
using OnBatch = std::function<Result<void>(const ResidentBatch&)>;

// Rows read so far, now and then, from any thread, one at a time.
using OnProgress = std::function<void(std::uint64_t)>;

[[nodiscard]] Result<std::uint64_t> ReadResidentBatches(
    const std::filesystem::path& path,
    unsigned threads,
    const OnBatch& on_batch,
    const OnProgress& on_progress
);

// The places (0-based, rising) of the rows wanted of a batch; none: the batch is passed over.
using PlacesOf = std::function<std::span<const std::uint32_t>(std::size_t batch)>;

// A further reading of a file that ReadResidentBatches has found good: only the chosen rows, in
// batches of the same numbers. Much faster, because nothing else is looked at.
[[nodiscard]] Result<void> ReadChosenResidents(
    const std::filesystem::path& path,
    unsigned threads,
    const PlacesOf& places_of,
    const OnBatch& on_batch
);

}  // namespace musubi::matching
