// The few ways in which a log touches the disk: a file that only grows, many small files made
// durable together, a lock.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/log.h"
#include "ledger/tile.h"

namespace musubi::ledger {

// Appends to one file. What was written counts only after Flush.
class GrowingFile {
 public:
  GrowingFile() = default;
  ~GrowingFile();
  GrowingFile(GrowingFile&& other) noexcept;
  GrowingFile& operator=(GrowingFile&& other) noexcept;

  // A new file; its name is durable when this returns.
  [[nodiscard]] static Result<GrowingFile> Create(const std::filesystem::path& path, Sync sync);
  // An existing one, cut to `size` bytes.
  [[nodiscard]] static Result<GrowingFile> Open(
      const std::filesystem::path& path, std::uint64_t size, Sync sync
  );
  [[nodiscard]] Result<void> Write(BytesView bytes);
  [[nodiscard]] Result<void> Flush();

 private:
  GrowingFile(int descriptor, std::filesystem::path path, Sync sync)
      : descriptor_(descriptor), path_(std::move(path)), sync_(sync) {}

  int descriptor_ = -1;
  std::filesystem::path path_;  // for messages
  Sync sync_ = Sync::kYes;
};

// Writes tiles to files of their own below `folder` and makes them and their folders durable.
// Several threads, because the file system commits their syncs together.
[[nodiscard]] Result<void> WriteTiles(
    const std::filesystem::path& folder,
    const std::vector<Tile>& tiles,
    const ReadResource& read,
    Sync sync
);
// The first `tile.width` of a complete tile's file. kCorrupt: it is missing or too short.
[[nodiscard]] Result<Bytes> ReadTileFile(const std::filesystem::path& folder, const Tile& tile);

// Replaces a small file. Readers see the old one or the new one; a crash of the machine may bring
// the old one back.
[[nodiscard]] Result<void> ReplaceFile(const std::filesystem::path& path, std::string_view content);

[[nodiscard]] Result<void> SyncFolder(const std::filesystem::path& path);

// Held as long as the object lives, also against other threads of this process.
class FolderLock {
 public:
  // kConflict: somebody else holds it.
  [[nodiscard]] static Result<FolderLock> Take(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace musubi::ledger
