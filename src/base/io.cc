#include "base/io.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace musubi {

namespace {

Error SystemError(const std::filesystem::path& path, std::string_view doing) {
  const int number = errno;
  const ErrorCode code = number == ENOENT   ? ErrorCode::kNotFound
                         : number == ENOSPC ? ErrorCode::kExhausted
                                            : ErrorCode::kInternal;
  char buffer[128];
  return Error{
      code,
      std::string("cannot ").append(doing).append(": ").append(
          strerror_r(number, buffer, sizeof buffer)
      ),
      path.string()
  };
}

Result<void> WriteAll(int descriptor, BytesView bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      return SystemError(path, "write");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return Ok();
}

}  // namespace

Result<std::size_t> MemorySource::Read(std::span<std::uint8_t> into) {
  const std::size_t count = std::min(into.size(), left_.size());
  std::copy_n(left_.begin(), count, into.begin());
  left_ = left_.subspan(count);
  return count;
}

Result<void> MemorySink::Write(BytesView bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return Ok();
}

Result<std::unique_ptr<FileSource>> FileSource::Open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return SystemError(path, "open");
  }
  return std::unique_ptr<FileSource>(new FileSource(descriptor, path));
}

FileSource::~FileSource() {
  ::close(descriptor_);
}

Result<std::size_t> FileSource::Read(std::span<std::uint8_t> into) {
  for (;;) {
    const ssize_t count = ::read(descriptor_, into.data(), into.size());
    if (count >= 0) {
      return static_cast<std::size_t>(count);
    }
    if (errno != EINTR) {
      return SystemError(path_, "read");
    }
  }
}

FileSink::FileSink(int descriptor, std::filesystem::path path, std::filesystem::path temporary)
    : descriptor_(descriptor), path_(std::move(path)), temporary_(std::move(temporary)) {}

Result<std::unique_ptr<FileSink>> FileSink::Create(std::filesystem::path path, unsigned mode) {
  std::error_code ignored;
  const std::filesystem::file_status there = std::filesystem::symlink_status(path, ignored);
  if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there)) {
    return Error{ErrorCode::kInvalid, "is there and is no plain file", path.string()};
  }
  std::string pattern = path.string() + ".XXXXXX";
  const int descriptor = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (descriptor < 0) {
    return SystemError(path, "create");
  }
  ::fchmod(descriptor, static_cast<mode_t>(mode));
  return std::unique_ptr<FileSink>(new FileSink(descriptor, std::move(path), pattern));
}

FileSink::~FileSink() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
  }
}

Result<void> FileSink::Write(BytesView bytes) {
  return WriteAll(descriptor_, bytes, path_);
}

Result<void> FileSink::Commit() {
  if (::fsync(descriptor_) != 0) {
    return SystemError(path_, "write to disk");
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return SystemError(path_, "rename into place");
  }
  ::close(descriptor_);
  descriptor_ = -1;
  const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) {
    return SystemError(folder, "open");
  }
  const bool is_synced = ::fsync(directory) == 0 || errno == EINVAL;  // a file system without it
  Result<void> result = is_synced ? Ok() : SystemError(folder, "write to disk");
  ::close(directory);
  return result;
}

Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t size_max) {
  MUSUBI_TRY(auto source, FileSource::Open(path));
  std::string content;
  Bytes buffer(std::size_t{64} << 10U);
  for (;;) {
    MUSUBI_TRY(const std::size_t count, source->Read(buffer));
    if (count == 0) {
      return content;
    }
    if (content.size() + count > size_max) {
      return Error{ErrorCode::kExhausted, "the file is too large", path.string()};
    }
    content.append(AsText(BytesView(buffer).first(count)));
  }
}

Result<Bytes> ReadPiece(
    const std::filesystem::path& path, std::uint64_t offset, std::uint64_t size_max
) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return SystemError(path, "open");
  }
  struct stat status{};
  std::uint64_t left = 0;
  if (::fstat(descriptor, &status) == 0 && static_cast<std::uint64_t>(status.st_size) > offset) {
    left = static_cast<std::uint64_t>(status.st_size) - offset;
  }
  Bytes piece(std::min(left, size_max));
  std::size_t done = 0;
  while (done < piece.size()) {
    const ssize_t count = ::pread(
        descriptor, piece.data() + done, piece.size() - done, static_cast<off_t>(offset + done)
    );
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      errno = count == 0 ? EIO : errno;  // the file shrank under us
      const Error error = SystemError(path, "read");
      ::close(descriptor);
      return error;
    }
    done += static_cast<std::size_t>(count);
  }
  ::close(descriptor);
  return piece;
}

Result<void> WriteFile(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  MUSUBI_TRY(auto sink, FileSink::Create(path, mode));
  MUSUBI_CHECK_OK(sink->Write(AsBytes(content)));
  return sink->Commit();
}

Result<void> MakeFolder(const std::filesystem::path& path) {
  std::error_code code;
  const std::filesystem::path parent = path.parent_path();
  if (!parent.empty() && parent != path && !std::filesystem::exists(parent, code)) {
    MUSUBI_CHECK_OK(MakeFolder(parent));
  }
  if (::mkdir(path.c_str(), 0700) != 0) {
    const int number = errno;
    if (number != EEXIST || !std::filesystem::is_directory(path, code)) {
      errno = number;
      return SystemError(path, "create the folder");
    }
  }
  return Ok();
}

}  // namespace musubi
