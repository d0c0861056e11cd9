// The bytes of an upload under way, sealed to a batch key. Not synced: a crash loses the key
// anyway.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace musubi::hub {

// SHA-256 of the whole file, hex.
[[nodiscard]] Result<std::string> HashSpoolFile(const std::filesystem::path& path);

// Writes at `offset`; creates the file (mode 0600). kExhausted: the disk is full.
[[nodiscard]] Result<void> AppendToSpoolFile(
    const std::filesystem::path& path, std::uint64_t offset, BytesView bytes
);

}  // namespace musubi::hub
