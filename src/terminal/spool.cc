#include "terminal/spool.h"

#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "crypto/digest.h"
#include "crypto/sealed_package.h"

namespace musubi::terminal {

namespace {

constexpr std::size_t kBufferSize = std::size_t{256} << 10U;

std::filesystem::path PackagePath(
    const std::filesystem::path& folder, const std::string& package_id
) {
  return folder / (package_id + ".p7m");
}

std::filesystem::path SerialPath(
    const std::filesystem::path& folder, const std::string& package_id
) {
  return folder / (package_id + ".serial");
}

bool IsSpooledFor(const SpoolEntry& entry, const std::string& serial) {
  std::error_code code;
  if (!std::filesystem::exists(PackagePath(entry.folder, entry.package_id), code)) {
    return false;
  }
  const auto written = ReadFile(SerialPath(entry.folder, entry.package_id), 256);
  return written.ok() && written.value() == serial;
}

}  // namespace

Result<FileDigest> DigestOfFile(const std::filesystem::path& path) {
  MUSUBI_TRY(auto source, FileSource::Open(path));
  crypto::Sha256 sha256;
  FileDigest digest;
  Bytes buffer(kBufferSize);
  for (;;) {
    MUSUBI_TRY(const std::size_t size, source->Read(buffer));
    if (size == 0) {
      digest.hex = ToHex(sha256.Finish());
      return digest;
    }
    sha256.Update(BytesView(buffer).first(size));
    digest.size += size;
  }
}

Result<std::filesystem::path> SpoolResealed(
    const SpoolEntry& entry,
    const crypto::Identity& terminal,
    const crypto::Trust& trust,
    Instant now,
    const crypto::Certificate& sealing_certificate
) {
  const std::filesystem::path path = PackagePath(entry.folder, entry.package_id);
  const std::string serial = sealing_certificate.serial();
  if (IsSpooledFor(entry, serial)) {
    return path;
  }
  RemoveSpooled(entry.folder, entry.package_id);
  MUSUBI_CHECK_OK(MakeFolder(entry.folder));
  MUSUBI_TRY(auto source, FileSource::Open(entry.file));
  MUSUBI_TRY(auto sink, FileSink::Create(path));
  MUSUBI_TRY(
      const auto opened,
      crypto::ResealPackage(*source, terminal, trust, now, sealing_certificate, *sink)
  );
  MUSUBI_CHECK_OK(sink->Commit());
  MUSUBI_CHECK_OK(WriteFile(SerialPath(entry.folder, entry.package_id), serial));
  return path;
}

void RemoveSpooled(const std::filesystem::path& folder, const std::string& package_id) {
  std::error_code ignored;  // nothing there is as good as removed
  std::filesystem::remove(SerialPath(folder, package_id), ignored);
  // A program that was killed leaves half-written files of the same beginning.
  std::vector<std::filesystem::path> remains;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.path().filename().string().starts_with(package_id + ".p7m")) {
      remains.push_back(entry.path());
    }
  }
  for (const std::filesystem::path& path : remains) {
    std::filesystem::remove(path, ignored);
  }
}

Result<PieceReader> PieceReader::Open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return Error{ErrorCode::kInternal, "cannot open the spooled package", path.string()};
  }
  return PieceReader(descriptor, path);
}

PieceReader::PieceReader(PieceReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

PieceReader::~PieceReader() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

Result<http::Body> PieceReader::Read(std::uint64_t offset, std::size_t size_max) const {
  http::Body piece(size_max);
  std::size_t size = 0;
  while (size < size_max) {
    const ssize_t count = ::pread(
        descriptor_, piece.data() + size, size_max - size, static_cast<off_t>(offset + size)
    );
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return Error{ErrorCode::kInternal, "cannot read the spooled package", path_.string()};
    }
    if (count == 0) {
      break;
    }
    size += static_cast<std::size_t>(count);
  }
  piece.resize(size);
  return piece;
}

}  // namespace musubi::terminal
