// What a Log holds; and how it comes back from its folder. Only log*.cc include this.
#pragma once

#include <atomic>
#include <future>
#include <mutex>
#include <shared_mutex>

#include "ledger/disk.h"
#include "ledger/edge.h"
#include "ledger/edge_file.h"
#include "ledger/log.h"

namespace musubi::ledger {

inline constexpr std::string_view kCheckpointName = "checkpoint";
inline constexpr std::string_view kWitnessedName = "witnessed";
inline constexpr std::string_view kVkeyName = "vkey";

struct Log::State {
  State(std::filesystem::path path, LogOptions chosen, FolderLock held)
      : folder(std::move(path)), options(std::move(chosen)), lock(std::move(held)) {}

  // --- opening
  [[nodiscard]] Result<void> Recover();
  [[nodiscard]] Result<void> CheckPublished() const;
  [[nodiscard]] Result<void> OpenEdgeFile(const Replay& replay, std::size_t file_count);

  // --- appending; the caller holds `append_mutex`
  [[nodiscard]] Result<void> Write(const Edge::Group& group);
  [[nodiscard]] Result<void> BeginEdgeFile();
  [[nodiscard]] Result<std::string> Publish(std::uint64_t size, const Digest& root) const;
  // Moves the complete tiles of the tree of `size` entries to files of their own and removes the
  // edge files before it. Runs beside appending.
  [[nodiscard]] Result<void> Seal(std::uint64_t size);

  // Beside those the same checkpoint has already; in place of a smaller one.
  [[nodiscard]] Result<void> KeepCosignature(
      SignedCheckpoint theirs, const NoteSignature& cosignature
  );

  // --- reading
  [[nodiscard]] Result<Bytes> ReadTile(const Tile& tile) const;
  [[nodiscard]] Result<ReadNode> Nodes(std::uint64_t size) const;

  std::filesystem::path folder;
  LogOptions options;
  FolderLock lock;

  std::mutex append_mutex;  // taken before `mutex`
  GrowingFile edge_file;
  Bytes buffer;                       // of the record being written
  std::uint64_t edge_base = 0;        // where the file in use begins
  std::uint64_t edge_bytes = 0;       // and how large it is
  std::future<Result<void>> sealing;  // of the file before it
  bool is_failed = false;

  mutable std::shared_mutex mutex;  // what readers see
  Edge edge;
  std::string checkpoint;

  std::mutex witnessed_mutex;
};

}  // namespace musubi::ledger
