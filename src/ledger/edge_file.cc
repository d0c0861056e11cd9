#include "ledger/edge_file.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/io.h"

namespace musubi::ledger {

namespace {
constexpr std::string_view kMagic = "musubi edge 1\n";
constexpr std::size_t kNameDigits = 20;
constexpr std::size_t kFileSizeMax = std::size_t{8} << 30U;

void AddNumber(std::uint64_t number, unsigned bytes, Bytes& out) {
  for (unsigned i = bytes; i-- > 0;) {
    out.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  }
}

void AddDigest(const Digest& digest, Bytes& out) {
  out.insert(out.end(), digest.begin(), digest.end());
}

// Takes from the front; once something is missing, everything is.
class Cursor {
 public:
  explicit Cursor(BytesView bytes) : left_(bytes) {}

  BytesView Take(std::uint64_t count) {
    if (count > left_.size()) {
      is_short_ = true;
      left_ = {};
      return {};
    }
    const BytesView taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }

  std::uint64_t Number(unsigned bytes) {
    std::uint64_t number = 0;
    for (const std::uint8_t byte : Take(bytes)) {
      number = number << 8U | byte;
    }
    return number;
  }

  Digest TakeDigest() {
    Digest digest{};
    const BytesView bytes = Take(digest.size());
    std::copy(bytes.begin(), bytes.end(), digest.begin());
    return digest;
  }

  [[nodiscard]] bool is_short() const { return is_short_; }

  [[nodiscard]] std::size_t left() const { return left_.size(); }

 private:
  BytesView left_;
  bool is_short_ = false;
};

std::optional<Edge> ReadHead(Cursor& cursor, std::uint64_t named_size) {
  if (AsText(cursor.Take(kMagic.size())) != kMagic) {
    return std::nullopt;
  }
  Edge::Base base;
  base.size = cursor.Number(8);
  for (std::vector<Digest>& tile : base.tiles) {
    tile.resize(cursor.Number(1));
    std::generate(tile.begin(), tile.end(), [&] { return cursor.TakeDigest(); });
  }
  const BytesView bundle = cursor.Take(cursor.Number(4));
  base.bundle.assign(bundle.begin(), bundle.end());
  const Digest root = cursor.TakeDigest();
  if (cursor.is_short() || base.size != named_size) {
    return std::nullopt;
  }
  Result<Edge> edge = Edge::Load(base);
  return edge.ok() && edge->root() == root ? std::optional(std::move(edge).value()) : std::nullopt;
}

// What a crash may leave at the end of the last file, and what only damage explains.
enum class RecordState { kGood, kCut, kDamaged };

RecordState ReadRecord(Cursor& cursor, Edge& edge) {
  const std::uint64_t count = cursor.Number(4);
  const BytesView bundle = cursor.Take(cursor.Number(4));
  const Digest root = cursor.TakeDigest();
  // A group is synced before the next is written: only the last record can be half there. Its
  // unwritten pages read as zero.
  if (cursor.is_short() || count == 0) {
    return RecordState::kCut;
  }
  const RecordState bad = cursor.left() == 0 ? RecordState::kCut : RecordState::kDamaged;
  if (count > bundle.size()) {
    return bad;
  }
  const auto entries = ParseBundle(bundle, static_cast<unsigned>(count));
  if (!entries) {
    return bad;
  }
  Edge::Group group = edge.Prepare(*entries);
  if (group.root() != root) {
    return bad;
  }
  edge.Apply(std::move(group));
  return RecordState::kGood;
}

Error Damaged(const EdgeFile& file) {
  return {
      ErrorCode::kCorrupt,
      "the edge of the log is damaged",
      file.path.string(),
      "bring the folder back from a copy; never go on with another history"
  };
}

Result<void> ReplayFile(const EdgeFile& file, bool is_first, bool is_last, Replay& replay) {
  MUSUBI_TRY(const std::string content, ReadFile(file.path, kFileSizeMax));
  Cursor cursor(AsBytes(content));
  std::optional<Edge> head = ReadHead(cursor, file.base);
  if (!head) {
    replay.is_last_file_void = is_last;
    return is_last ? Ok() : Result<void>(Damaged(file));
  }
  if (is_first) {
    replay.edge = std::move(*head);
  } else if (head->size() != replay.edge.size() || head->root() != replay.edge.root()) {
    return Damaged(file);
  }
  replay.last_base = file.base;
  replay.good_bytes = content.size() - cursor.left();
  while (cursor.left() > 0) {
    const RecordState state = ReadRecord(cursor, replay.edge);
    if (state == RecordState::kCut && is_last) {
      replay.is_cut = true;
      return Ok();
    }
    if (state != RecordState::kGood) {
      return Damaged(file);
    }
    replay.good_bytes = content.size() - cursor.left();
  }
  return Ok();
}

}  // namespace

Bytes EncodeHead(const Edge::Base& base, const Digest& root) {
  Bytes out(kMagic.begin(), kMagic.end());
  AddNumber(base.size, 8, out);
  for (const std::vector<Digest>& tile : base.tiles) {
    AddNumber(tile.size(), 1, out);
    std::for_each(tile.begin(), tile.end(), [&](const Digest& hash) { AddDigest(hash, out); });
  }
  AddNumber(base.bundle.size(), 4, out);
  out.insert(out.end(), base.bundle.begin(), base.bundle.end());
  AddDigest(root, out);
  return out;
}

void EncodeRecord(const Edge::Group& group, Bytes& out) {
  AddNumber(group.sizes.size(), 4, out);
  AddNumber(group.bundle.size(), 4, out);
  out.insert(out.end(), group.bundle.begin(), group.bundle.end());
  AddDigest(group.root(), out);
}

std::filesystem::path EdgePath(const std::filesystem::path& log_folder, std::uint64_t base) {
  std::string name = std::to_string(base);
  name.insert(0, kNameDigits - name.size(), '0');
  return log_folder / "edge" / name;
}

Result<std::vector<EdgeFile>> ListEdgeFiles(const std::filesystem::path& log_folder) {
  std::vector<EdgeFile> files;
  std::error_code fault;
  std::filesystem::directory_iterator entry(log_folder / "edge", fault);
  for (; !fault && entry != std::filesystem::directory_iterator(); entry.increment(fault)) {
    const std::string name = entry->path().filename().string();
    EdgeFile file{entry->path()};
    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), file.base);
    if (name.size() == kNameDigits && wrong == std::errc{} && end == name.data() + name.size()) {
      files.push_back(std::move(file));
    }
  }
  if (fault && fault != std::errc::no_such_file_or_directory) {
    return Error{
        ErrorCode::kInternal, "cannot list the edge: " + fault.message(), log_folder.string()
    };
  }
  std::sort(files.begin(), files.end(), [](const EdgeFile& a, const EdgeFile& b) {
    return a.base < b.base;
  });
  return files;
}

Result<Replay> ReplayEdge(const std::vector<EdgeFile>& files) {
  Replay replay;
  for (std::size_t i = 0; i < files.size(); ++i) {
    MUSUBI_CHECK_OK(ReplayFile(files[i], i == 0, i + 1 == files.size(), replay));
  }
  return replay;
}

}  // namespace musubi::ledger
