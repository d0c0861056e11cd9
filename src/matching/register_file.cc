#include "matching/register_file.h"

#include <array>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace musubi::matching {

namespace {

constexpr std::size_t kChunkSize = std::size_t{1} << 20U;
constexpr std::size_t kTailSize = std::size_t{64} << 10U;  // the last line may end this far behind
constexpr std::array kGzipMagic{'\x1f', '\x8b'};

}  // namespace

RegisterFile::RegisterFile(const std::filesystem::path& path)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  struct stat status{};
  if (descriptor_ >= 0 && ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode)) {
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
  std::array<char, kGzipMagic.size()> magic{};
  is_plain_ = size_ != 0 && Read(magic, 0) == magic.size() && magic != kGzipMagic;
}

RegisterFile::~RegisterFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

std::size_t RegisterFile::ChunkCount() const {
  return static_cast<std::size_t>((size_ + kChunkSize - 1) / kChunkSize);
}

std::size_t RegisterFile::Read(std::span<char> into, std::uint64_t offset) const {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t count = ::pread(
        descriptor_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done)
    );
    if (count <= 0) {
      break;
    }
    done += static_cast<std::size_t>(count);
  }
  return done;
}

bool RegisterFile::ReadChunk(std::size_t chunk, std::vector<char>& buffer, std::string_view& text)
    const {
  const std::uint64_t begin = std::uint64_t{chunk} * kChunkSize;
  const std::uint64_t from = begin == 0 ? 0 : begin - 1;  // whether a line begins at `begin`
  buffer.resize(kChunkSize + 1 + kTailSize);
  const std::size_t size = Read(buffer, from);
  const std::string_view all(buffer.data(), size);
  std::size_t first = 0;
  if (begin != 0) {
    const std::size_t end = all.find('\n');
    first = end == std::string_view::npos ? size : end + 1;
  }
  const auto limit = static_cast<std::size_t>(begin + kChunkSize - from);
  if (first >= limit) {
    text = {};
    return size < buffer.size() || first != size;
  }
  const bool is_last = from + limit >= size_;
  const std::size_t end = is_last ? size - 1 : all.find('\n', limit - 1);
  if (end == std::string_view::npos) {
    return false;
  }
  text = all.substr(first, end + 1 - first);
  return true;
}

}  // namespace musubi::matching
