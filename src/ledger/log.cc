#include "ledger/log.h"

#include <algorithm>

#include "base/io.h"
#include "ledger/log_state.h"

namespace musubi::ledger {

namespace {
// An edge file is sealed from this size on: large enough that syncing its tiles together is cheap,
// small enough for memory and for reading it at the start.
constexpr std::uint64_t kEdgeEntriesMax = 128 * kTileWidth;
constexpr std::uint64_t kEdgeBytesMax = 8U << 20U;
constexpr std::uint64_t kGroupBytesMax = 256U << 20U;

Result<void> CheckGroup(std::span<const BytesView> entries) {
  std::uint64_t bytes = 0;
  for (const BytesView entry : entries) {
    if (entry.size() > kEntrySizeMax) {
      return Error{ErrorCode::kInvalid, "an entry of the log is too large"};
    }
    bytes += entry.size();
  }
  return !entries.empty() && bytes <= kGroupBytesMax
             ? Ok()
             : Result<void>(Error{ErrorCode::kInvalid, "a group of entries is empty or too large"});
}

}  // namespace

Log::Log(std::unique_ptr<State> state) : state_(std::move(state)) {}

Log::~Log() {
  if (state_->sealing.valid()) {
    state_->sealing.wait();  // a failure is found again by the next Open, which seals again
  }
}

Result<Position> Log::Append(std::span<const BytesView> entries) {
  MUSUBI_CHECK_OK(CheckGroup(entries));
  const std::lock_guard appending(state_->append_mutex);
  if (state_->is_failed) {
    return Error{
        ErrorCode::kPrecondition,
        "the log has failed to write before",
        state_->folder.string(),
        "mend the disk and restart"
    };
  }
  state_->is_failed = true;                           // until it is known to have gone well
  Edge::Group group = state_->edge.Prepare(entries);  // only Append changes the edge's size
  const Position position{state_->edge.size(), group.range.size()};
  MUSUBI_CHECK_OK(state_->Write(group));
  MUSUBI_TRY(std::string checkpoint, state_->Publish(group.range.size(), group.root()));
  const std::unique_lock changing(state_->mutex);
  state_->edge.Apply(std::move(group));
  state_->checkpoint = std::move(checkpoint);
  state_->is_failed = false;
  return position;
}

Result<void> Log::State::Write(const Edge::Group& group) {
  buffer.clear();
  const bool is_full = edge.size() - edge_base >= kEdgeEntriesMax || edge_bytes >= kEdgeBytesMax;
  if (is_full) {
    MUSUBI_CHECK_OK(BeginEdgeFile());
  }
  EncodeRecord(group, buffer);
  MUSUBI_CHECK_OK(edge_file.Write(buffer));
  MUSUBI_CHECK_OK(edge_file.Flush());
  edge_bytes += buffer.size();
  if (is_full) {
    sealing = std::async(std::launch::async, [this, size = edge_base] { return Seal(size); });
  }
  return Ok();
}

// The head goes to `buffer`: it reaches the disk with the first record.
Result<void> Log::State::BeginEdgeFile() {
  if (sealing.valid()) {
    MUSUBI_CHECK_OK(sealing.get());  // never more than two edge files
  }
  MUSUBI_TRY(edge_file, GrowingFile::Create(EdgePath(folder, edge.size()), options.sync));
  edge_base = edge.size();
  edge_bytes = 0;
  buffer = EncodeHead(edge.MakeBase(), edge.root());
  return Ok();
}

Result<std::string> Log::State::Publish(std::uint64_t size, const Digest& root) const {
  const SigningKey& key = options.key;
  std::string note = SignCheckpoint(ledger::Checkpoint{key.verifier().name(), size, root}, key);
  MUSUBI_CHECK_OK(ReplaceFile(folder / kCheckpointName, note));
  return note;
}

Result<void> Log::State::Seal(std::uint64_t size) {
  std::vector<Tile> tiles;
  {
    const std::shared_lock reading(mutex);
    tiles = edge.CompleteTiles(size);
  }
  const auto read = [this](const std::string& path) -> Result<Bytes> {
    MUSUBI_TRY(const Tile tile, Tile::Parse(path));
    return ReadTile(tile);
  };
  MUSUBI_CHECK_OK(WriteTiles(folder, tiles, read, options.sync));
  {
    const std::unique_lock changing(mutex);
    edge.Forget(size);
  }
  MUSUBI_TRY(const std::vector<EdgeFile> files, ListEdgeFiles(folder));
  for (const EdgeFile& file : files) {
    std::error_code ignored;  // one that stays is removed by the next Seal or Open
    if (file.base < size) {
      std::filesystem::remove(file.path, ignored);
    }
  }
  return Ok();
}

std::uint64_t Log::size() const {
  const std::shared_lock reading(state_->mutex);
  return state_->edge.size();
}

Digest Log::root() const {
  const std::shared_lock reading(state_->mutex);
  return state_->edge.root();
}

std::string Log::Checkpoint() const {
  const std::shared_lock reading(state_->mutex);
  return state_->checkpoint;
}

}  // namespace musubi::ledger
