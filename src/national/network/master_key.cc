#include "national/network/master_key.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "crypto/cipher.h"

namespace musubi::national::network {

namespace {

constexpr std::size_t kKeySize = 32;

Error MachineError(const char* what, const std::filesystem::path& path) {
  return Error{
      ErrorCode::kInternal,
      std::string(what) + ": " + std::generic_category().message(errno),
      path.string()
  };
}

Result<void> SyncFolder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return MachineError("cannot open the folder", folder);
  }
  const int status = ::fsync(descriptor);
  ::close(descriptor);
  return status == 0 ? Ok() : MachineError("cannot write the folder to disk", folder);
}

}  // namespace

Result<SecretBytes> ReadMasterKey(const std::filesystem::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return Error{ErrorCode::kNotFound, "there is no master key", path.string()};
    }
    return MachineError("cannot look at the master key", path);
  }
  if ((status.st_mode & 077U) != 0) {
    return Error{
        ErrorCode::kPrecondition, "others may read the master key", path.string(), "chmod 600"
    };
  }
  MUSUBI_TRY(std::string text, ReadFile(path, 1024));
  SecretBytes key(kKeySize);
  const bool is_key = text.size() == 2 * kKeySize + 1 && text.back() == '\n' &&
                      ReadHex(std::string_view(text).substr(0, 2 * kKeySize), key);
  WipeMemory(text.data(), text.size());
  if (!is_key) {
    return Error{ErrorCode::kCorrupt, "not a master key", path.string(), "restore the file"};
  }
  return key;
}

Result<SecretBytes> MakeMasterKey(const std::filesystem::path& path) {
  auto present = ReadMasterKey(path);
  if (present.ok() || present.error().code != ErrorCode::kNotFound) {
    return present;
  }
  // Written whole under a name of our own, then linked: link() fails where rename() would replace.
  Code16 name{};
  crypto::FillRandom(name);
  const std::filesystem::path draft = path.string() + "." + ToHex(name);
  const SecretBytes key = crypto::RandomKey();
  SecretVector<char> text(2 * kKeySize + 1, '\n');
  WriteHex(key, text.data());
  MUSUBI_CHECK_OK(WriteFile(draft, {text.data(), text.size()}, 0600));
  const bool is_linked = ::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const int reason = errno;
  ::unlink(draft.c_str());
  if (!is_linked) {
    errno = reason;
    return MachineError("cannot make the master key", path);
  }
  MUSUBI_CHECK_OK(SyncFolder(path.parent_path()));
  return ReadMasterKey(path);
}

}  // namespace musubi::national::network
