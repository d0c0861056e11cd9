#include "hub/spool_file.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "crypto/digest.h"

namespace musubi::hub {

Result<std::string> HashSpoolFile(const std::filesystem::path& path) {
  MUSUBI_TRY(auto source, FileSource::Open(path));
  crypto::Sha256 digest;
  Bytes buffer(std::size_t{256} << 10U);
  for (;;) {
    MUSUBI_TRY(const std::size_t count, source->Read(buffer));
    if (count == 0) {
      return ToHex(digest.Finish());
    }
    digest.Update(BytesView(buffer).first(count));
  }
}

Result<void> AppendToSpoolFile(
    const std::filesystem::path& path, std::uint64_t offset, BytesView bytes
) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return Error{ErrorCode::kInternal, "cannot open the spool file", path.string()};
  }
  Result<void> result;
  while (!bytes.empty()) {
    const ssize_t count =
        ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count <= 0) {
      result = Error{ErrorCode::kExhausted, "cannot write the spool file", path.string()};
      break;
    }
    offset += static_cast<std::uint64_t>(count);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  ::close(descriptor);
  return result;
}

}  // namespace musubi::hub
