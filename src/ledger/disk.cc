#include "ledger/disk.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/io.h"

namespace musubi::ledger {

namespace {
constexpr unsigned kFileMode = 0600;
constexpr std::size_t kWriters = 16;  // twice as fast as 8 where it was measured; 32 was no better

Error SystemError(const std::filesystem::path& path, std::string_view doing) {
  const int number = errno;
  std::array<char, 128> buffer{};
  return Error{
      number == ENOSPC ? ErrorCode::kExhausted : ErrorCode::kInternal,
      std::string("cannot ").append(doing).append(": ").append(
          strerror_r(number, buffer.data(), buffer.size())
      ),
      path.string()
  };
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}

  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

Result<void> WriteAll(int descriptor, BytesView bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return SystemError(path, "write");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return Ok();
}

Result<void> WriteTile(const std::filesystem::path& path, BytesView bytes, Sync sync) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode));
  if (file.get() < 0) {
    return SystemError(path, "create");
  }
  MUSUBI_CHECK_OK(WriteAll(file.get(), bytes, path));
  return sync == Sync::kNo || ::fsync(file.get()) == 0
             ? Ok()
             : Result<void>(SystemError(path, "write to disk"));
}

// Folders that hold the tiles, and theirs up to the log's: all whose names must be durable.
Result<std::set<std::filesystem::path>> MakeTileFolders(
    const std::filesystem::path& folder, const std::vector<Tile>& tiles
) {
  std::set<std::filesystem::path> folders{folder};
  for (const Tile& tile : tiles) {
    std::filesystem::path relative = std::filesystem::path(tile.Path()).parent_path();
    for (; !relative.empty() && folders.insert(folder / relative).second;) {
      relative = relative.parent_path();
    }
  }
  for (const std::filesystem::path& path : folders) {  // parents sort before their children
    MUSUBI_CHECK_OK(MakeFolder(path));
  }
  return folders;
}

}  // namespace

GrowingFile::~GrowingFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

GrowingFile::GrowingFile(GrowingFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      sync_(other.sync_) {}

GrowingFile& GrowingFile::operator=(GrowingFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  std::swap(sync_, other.sync_);
  return *this;
}

Result<GrowingFile> GrowingFile::Create(const std::filesystem::path& path, Sync sync) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, kFileMode);
  if (descriptor < 0) {
    return SystemError(path, "create");
  }
  GrowingFile file(descriptor, path, sync);
  if (sync == Sync::kYes) {
    MUSUBI_CHECK_OK(SyncFolder(path.parent_path()));
  }
  return file;
}

Result<GrowingFile> GrowingFile::Open(
    const std::filesystem::path& path, std::uint64_t size, Sync sync
) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor < 0) {
    return SystemError(path, "open");
  }
  GrowingFile file(descriptor, path, sync);
  if (::ftruncate(descriptor, static_cast<off_t>(size)) != 0) {
    return SystemError(path, "cut");
  }
  MUSUBI_CHECK_OK(file.Flush());
  return file;
}

Result<void> GrowingFile::Write(BytesView bytes) {
  return WriteAll(descriptor_, bytes, path_);
}

Result<void> GrowingFile::Flush() {
  return sync_ == Sync::kNo || ::fdatasync(descriptor_) == 0
             ? Ok()
             : Result<void>(SystemError(path_, "write to disk"));
}

Result<void> SyncFolder(const std::filesystem::path& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) {
    return SystemError(path, "open");
  }
  // EINVAL: a file system that keeps names without being asked.
  return ::fsync(folder.get()) == 0 || errno == EINVAL
             ? Ok()
             : Result<void>(SystemError(path, "write to disk"));
}

Result<void> WriteTiles(
    const std::filesystem::path& folder,
    const std::vector<Tile>& tiles,
    const ReadResource& read,
    Sync sync
) {
  MUSUBI_TRY(const auto folders, MakeTileFolders(folder, tiles));
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  Result<void> result;
  const auto work = [&] {
    for (std::size_t i = next++; i < tiles.size(); i = next++) {
      const std::string path = tiles[i].Path();
      const Result<Bytes> bytes = read(path);
      Result<void> written =
          bytes.ok() ? WriteTile(folder / path, *bytes, sync) : Result<void>(bytes.error());
      if (!written.ok()) {
        const std::lock_guard lock(mutex);
        result = std::move(written);
        next = tiles.size();
      }
    }
  };
  {
    std::vector<std::jthread> writers;
    for (std::size_t i = 1; i < std::min(kWriters, tiles.size()); ++i) {
      writers.emplace_back(work);
    }
    work();
  }
  MUSUBI_CHECK_OK(result);
  for (const std::filesystem::path& path : folders) {
    if (sync == Sync::kYes) {
      MUSUBI_CHECK_OK(SyncFolder(path));
    }
  }
  return Ok();
}

Result<Bytes> ReadTileFile(const std::filesystem::path& folder, const Tile& tile) {
  Tile whole = tile;
  whole.width = kTileWidth;
  const std::string path = whole.Path();
  const auto content = ReadFile(folder / path, kTileWidth * (kEntrySizeMax + 2));
  if (!content) {
    return Error{
        ErrorCode::kCorrupt, "a complete tile cannot be read: " + content.error().message, path
    };
  }
  const BytesView bytes = AsBytes(*content);
  std::size_t end = 0;
  for (unsigned i = 0; i < tile.width; ++i) {
    const bool has_length = end + 2 <= bytes.size();
    end += !tile.is_entries ? Digest{}.size()
           : has_length     ? 2 + (std::size_t{bytes[end]} << 8U | bytes[end + 1])
                            : 2;
  }
  if (end > bytes.size() || (tile.width == kTileWidth && end != bytes.size())) {
    return Error{ErrorCode::kCorrupt, "a complete tile has not the size it should have", path};
  }
  return Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(end));
}

Result<void> ReplaceFile(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path beside = path.string() + ".new";
  MUSUBI_CHECK_OK(WriteTile(beside, AsBytes(content), Sync::kNo));
  return ::rename(beside.c_str(), path.c_str()) == 0
             ? Ok()
             : Result<void>(SystemError(path, "rename into place"));
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

Result<FolderLock> FolderLock::Take(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "lock";
  FolderLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode));
  if (lock.descriptor_ < 0) {
    return SystemError(path, "open");
  }
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    return Error{ErrorCode::kConflict, "another process writes this log", folder.string()};
  }
  return lock;
}

}  // namespace musubi::ledger
