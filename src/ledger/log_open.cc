#include "base/io.h"
#include "ledger/log_state.h"

namespace musubi::ledger {

namespace {
constexpr int kTries = 5;

Error Lost(const std::filesystem::path& folder, std::string message) {
  return {
      ErrorCode::kCorrupt,
      std::move(message),
      folder.string(),
      "bring the folder back from a copy; going on would make a second history"
  };
}

}  // namespace

Result<std::unique_ptr<Log>> Log::Open(const std::filesystem::path& folder, LogOptions options) {
  if (options.key.verifier().kind() != KeyKind::kLog) {
    return Error{ErrorCode::kUsage, "a log is not signed with the key of a witness"};
  }
  MUSUBI_CHECK_OK(MakeFolder(folder / "edge"));
  MUSUBI_TRY(FolderLock lock, FolderLock::Take(folder));
  auto state = std::make_unique<State>(folder, std::move(options), std::move(lock));
  if (state->options.sync == Sync::kYes) {  // the names of the folders made above
    MUSUBI_CHECK_OK(SyncFolder(folder));
    MUSUBI_CHECK_OK(SyncFolder(folder.has_parent_path() ? folder.parent_path() : "."));
  }
  MUSUBI_CHECK_OK(state->Recover());
  return std::unique_ptr<Log>(new Log(std::move(state)));
}

Result<void> Log::State::Recover() {
  MUSUBI_TRY(const std::vector<EdgeFile> files, ListEdgeFiles(folder));
  MUSUBI_TRY(Replay replay, ReplayEdge(files));
  edge = std::move(replay.edge);
  MUSUBI_CHECK_OK(CheckPublished());  // before anything is cut or removed
  std::size_t file_count = files.size();
  if (replay.is_last_file_void) {
    std::error_code ignored;
    std::filesystem::remove(files.back().path, ignored);
    --file_count;
  }
  MUSUBI_CHECK_OK(OpenEdgeFile(replay, file_count));
  MUSUBI_TRY(checkpoint, Publish(edge.size(), edge.root()));
  return Ok();
}

// What was promised last must still be there.
Result<void> Log::State::CheckPublished() const {
  const auto note = ReadFile(folder / kCheckpointName, kNoteSizeMax);
  std::error_code ignored;
  if (!note && note.error().code != ErrorCode::kNotFound) {
    return note.error();
  }
  // A crash of the machine may leave it empty: then the edge alone tells.
  if (!note || note->empty()) {
    const bool has_tiles = std::filesystem::exists(folder / "tile", ignored);
    return edge.size() == 0 && has_tiles
               ? Result<void>(Lost(folder, "the log's edge is gone, but there are tiles"))
               : Ok();
  }
  const auto published = OpenCheckpoint(*note, options.key.verifier());
  if (!published) {
    return Lost(folder, "the checkpoint cannot be trusted: " + published.error().message);
  }
  const ledger::Checkpoint& promised = published->checkpoint;
  if (promised.size > edge.size()) {
    return Lost(folder, "entries that were published are gone");
  }
  MUSUBI_TRY(const ReadNode nodes, Nodes(promised.size));
  MUSUBI_TRY(const Digest root, ledger::RootAt(promised.size, nodes));
  return root == promised.root
             ? Ok()
             : Result<void>(Lost(folder, "entries that were published have changed"));
}

Result<void> Log::State::OpenEdgeFile(const Replay& replay, std::size_t file_count) {
  if (file_count == 0) {
    MUSUBI_CHECK_OK(BeginEdgeFile());
    MUSUBI_CHECK_OK(edge_file.Write(buffer));
    edge_bytes = buffer.size();
    return edge_file.Flush();
  }
  edge_base = replay.last_base;
  edge_bytes = replay.good_bytes;
  MUSUBI_TRY(
      edge_file, GrowingFile::Open(EdgePath(folder, edge_base), replay.good_bytes, options.sync)
  );
  return file_count > 1 ? Seal(edge_base) : Ok();  // a crash came between the two
}

namespace {

// A log's folder as of one instant.
struct FolderView {
  std::filesystem::path folder;
  std::string checkpoint;
  std::uint64_t size = 0;
  Edge edge;

  [[nodiscard]] Result<Bytes> Read(const std::string& path) const {
    if (path == kCheckpointName) {
      return Bytes(checkpoint.begin(), checkpoint.end());
    }
    if (path == kWitnessedName) {
      MUSUBI_TRY(const std::string note, ReadFile(folder / kWitnessedName, kNoteSizeMax));
      return Bytes(note.begin(), note.end());
    }
    MUSUBI_TRY(const Tile tile, Tile::Parse(path));
    if (tile.width > TileWidth(size, tile.level, tile.index)) {
      return Error{ErrorCode::kNotFound, "the log has no such entry or tile"};
    }
    std::optional<Bytes> bytes = edge.Read(tile);
    return bytes ? Result<Bytes>(std::move(*bytes)) : ReadTileFile(folder, tile);
  }
};

Result<FolderView> ReadView(const std::filesystem::path& folder) {
  FolderView view{folder, {}, 0, {}};
  MUSUBI_TRY(view.checkpoint, ReadFile(folder / kCheckpointName, kNoteSizeMax));
  MUSUBI_TRY(const Note note, Note::Parse(view.checkpoint));
  MUSUBI_TRY(const Checkpoint checkpoint, Checkpoint::Parse(note.text));
  view.size = checkpoint.size;
  MUSUBI_TRY(const std::vector<EdgeFile> files, ListEdgeFiles(folder));
  MUSUBI_TRY(Replay replay, ReplayEdge(files));
  view.edge = std::move(replay.edge);
  if (view.edge.size() < view.size) {
    return Lost(folder, "entries that were published are gone");
  }
  return view;
}

}  // namespace

Result<ReadResource> OpenFolder(const std::filesystem::path& folder) {
  if (std::error_code ignored; !std::filesystem::exists(folder / kCheckpointName, ignored)) {
    return Error{ErrorCode::kNotFound, "no log here", folder.string()};
  }
  for (int i = 0;; ++i) {
    Result<FolderView> view = ReadView(folder);
    const bool went_away = !view.ok() && view.error().code == ErrorCode::kNotFound;
    if (went_away && i < kTries) {
      continue;  // an edge file was sealed while we read
    }
    MUSUBI_TRY(FolderView found, std::move(view));
    // shared_ptr: std::function wants to be copied.
    auto shared = std::make_shared<const FolderView>(std::move(found));
    return ReadResource([shared](const std::string& path) { return shared->Read(path); });
  }
}

}  // namespace musubi::ledger
