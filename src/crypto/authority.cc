#include <algorithm>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/io.h"
#include "base/secret.h"
#include "crypto/issuing.h"

namespace musubi::crypto {

namespace {
constexpr std::string_view kCertificateFile = "authority.pem";
constexpr std::string_view kKeyFile = "authority.key";
constexpr std::string_view kListFile = "crl.pem";
constexpr std::string_view kIndexFile = "index.csv";
constexpr std::string_view kIndexHeader = "serial,id,issued,expires,revoked";
constexpr std::chrono::days kAuthorityValidity{3652};  // ten years
constexpr std::size_t kNameSizeMax = 64;
constexpr unsigned kPublicMode = 0644;

// Two commands that issue at the same time must not write over each other's index.
class FolderLock {
 public:
  static Result<FolderLock> Take(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0 || ::flock(descriptor, LOCK_EX) != 0) {
      if (descriptor >= 0) {
        ::close(descriptor);
      }
      return Error{
          ErrorCode::kNotFound, "the authority's folder cannot be opened", folder.string()
      };
    }
    return FolderLock(descriptor);
  }

  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  FolderLock& operator=(FolderLock&&) = delete;

  ~FolderLock() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

std::string_view TakeUntil(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return taken;
}

Result<IssuedCertificate> ParseIndexLine(std::string_view line) {
  const Error corrupt{ErrorCode::kCorrupt, "the index of issued certificates is damaged"};
  if (std::count(line.begin(), line.end(), ',') != 4) {
    return corrupt;
  }
  const std::string_view serial = TakeUntil(line, ',');
  const std::string_view id = TakeUntil(line, ',');
  const auto issued_at = ParseInstant(TakeUntil(line, ','));
  const auto expires_at = ParseInstant(TakeUntil(line, ','));
  if (!FromHex(serial) || !CheckNodeId(id) || !issued_at || !expires_at) {
    return corrupt;
  }
  IssuedCertificate issued{std::string(serial), std::string(id), *issued_at, *expires_at, {}};
  if (!line.empty()) {
    const auto revoked_at = ParseInstant(line);
    if (!revoked_at) {
      return corrupt;
    }
    issued.revoked_at = *revoked_at;
  }
  return issued;
}

Result<std::vector<IssuedCertificate>> ReadIndex(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kIndexFile;
  MUSUBI_TRY(const std::string text, ReadFile(path));
  std::string_view left = text;
  std::vector<IssuedCertificate> index;
  std::size_t line_number = 1;
  if (TakeUntil(left, '\n') != kIndexHeader) {
    return Error{ErrorCode::kCorrupt, "not an index of issued certificates", path.string() + ":1"};
  }
  while (!left.empty()) {
    ++line_number;
    auto issued = ParseIndexLine(TakeUntil(left, '\n'));
    if (!issued) {
      issued.error().place = path.string() + ":" + std::to_string(line_number);
      return issued.error();
    }
    index.push_back(std::move(*issued));
  }
  return index;
}

Result<void> WriteIndex(
    const std::filesystem::path& folder, const std::vector<IssuedCertificate>& index
) {
  std::string text = std::string(kIndexHeader) + "\n";
  for (const IssuedCertificate& issued : index) {
    text += issued.serial + "," + issued.id + "," + FormatUtc(issued.issued_at) + "," +
            FormatUtc(issued.expires_at) + "," +
            (issued.revoked_at ? FormatUtc(*issued.revoked_at) : "") + "\n";
  }
  return WriteFile(folder / kIndexFile, text, kPublicMode);
}

// Numbers grow even if the list in the folder was lost: the time since 1970 is above any count.
std::uint64_t NextListNumber(const std::filesystem::path& path, Instant now) {
  const auto text = ReadFile(path);
  const auto list = text ? ParseRevocationList(*text) : Result<RevocationListPtr>(text.error());
  const std::uint64_t last = list ? RevocationListNumber(list->get()) : 0;
  return std::max(last + 1, static_cast<std::uint64_t>(std::max<std::time_t>(ToSeconds(now), 0)));
}

Result<void> WriteList(
    const std::filesystem::path& folder,
    const Identity& authority,
    const std::vector<IssuedCertificate>& index,
    Instant now
) {
  const std::filesystem::path path = folder / kListFile;
  MUSUBI_TRY(
      const std::string pem, MakeRevocationList(authority, index, NextListNumber(path, now), now)
  );
  return WriteFile(path, pem, kPublicMode);
}

// Nobody hands out a certificate that outlives its issuer.
Result<void> CheckValidity(
    const Certificate& authority, Instant now, std::chrono::seconds validity
) {
  if (validity <= std::chrono::seconds::zero()) {
    return Error{ErrorCode::kInvalid, "a certificate must be valid for at least a second"};
  }
  if (now + validity > authority.expires_at()) {
    return Error{
        ErrorCode::kPrecondition,
        "the certificate would be valid longer than the authority's own",
        {},
        "ask for fewer days, or create a new authority"
    };
  }
  return Ok();
}

}  // namespace

Authority::Authority(std::filesystem::path folder, Identity identity)
    : folder_(std::move(folder)), identity_(std::move(identity)) {}

Result<Authority> Authority::Create(
    const std::filesystem::path& folder, std::string_view name, Instant now
) {
  if (name.empty() || name.size() > kNameSizeMax) {
    return Error{ErrorCode::kInvalid, "an authority's name has 1 to 64 bytes"};
  }
  MUSUBI_CHECK_OK(MakeFolder(folder));
  MUSUBI_TRY(const FolderLock lock, FolderLock::Take(folder));
  if (std::error_code code; std::filesystem::exists(folder / kKeyFile, code) || code) {
    return Error{
        ErrorCode::kConflict,
        "an authority exists already",
        folder.string(),
        "choose another folder: its certificates would become worthless"
    };
  }
  MUSUBI_TRY(
      Identity identity,
      MakeCertificate(
          {CertificateKind::kAuthority, std::string(name), now, kAuthorityValidity}, std::nullopt
      )
  );
  // The key comes last: a folder without one can be created again.
  MUSUBI_CHECK_OK(WriteFile(folder / kCertificateFile, identity.certificate.Pem(), kPublicMode));
  MUSUBI_CHECK_OK(WriteIndex(folder, {}));
  MUSUBI_CHECK_OK(WriteList(folder, identity, {}, now));
  std::string key = identity.key.Pem();
  const auto written = WriteFile(folder / kKeyFile, key);
  WipeMemory(key.data(), key.size());
  MUSUBI_CHECK_OK(written);
  return Authority(folder, std::move(identity));
}

Result<Authority> Authority::Open(const std::filesystem::path& folder) {
  MUSUBI_TRY(Identity identity, Identity::Load(folder / kCertificateFile, folder / kKeyFile));
  MUSUBI_TRY(auto index, ReadIndex(folder));
  Authority authority(folder, std::move(identity));
  authority.issued_ = std::move(index);
  return authority;
}

Result<Identity> Authority::Issue(
    std::string_view id, Instant now, std::chrono::seconds validity, std::string_view host
) {
  MUSUBI_CHECK_OK(CheckNodeId(id));
  MUSUBI_CHECK_OK(CheckValidity(identity_.certificate, now, validity));
  MUSUBI_TRY(const FolderLock lock, FolderLock::Take(folder_));
  MUSUBI_TRY(auto index, ReadIndex(folder_));
  MUSUBI_TRY(
      Identity issued,
      MakeCertificate(
          {CertificateKind::kNode, std::string(id), now, validity, std::string(host)}, identity_
      )
  );
  // Index before certificate: what was handed out can always be revoked.
  index.push_back(
      {issued.certificate.serial(), std::string(id), now, issued.certificate.expires_at(), {}}
  );
  MUSUBI_CHECK_OK(WriteIndex(folder_, index));
  issued_ = std::move(index);
  return issued;
}

Result<void> Authority::Revoke(std::string_view serial, Instant now) {
  MUSUBI_TRY(const FolderLock lock, FolderLock::Take(folder_));
  MUSUBI_TRY(auto index, ReadIndex(folder_));
  const auto found = std::find_if(index.begin(), index.end(), [&](const IssuedCertificate& one) {
    return std::equal(
        one.serial.begin(),
        one.serial.end(),
        serial.begin(),
        serial.end(),
        [](char ours, char given) {
          return ours == (given >= 'A' && given <= 'F' ? static_cast<char>(given + 32) : given);
        }
    );
  });
  if (found == index.end()) {
    return Error{ErrorCode::kNotFound, "no certificate of this serial was issued here"};
  }
  // Index before list: the list is made from the index, so a repeated call mends an interruption.
  // The first time of revoking stays.
  if (!found->revoked_at) {
    found->revoked_at = now;
    MUSUBI_CHECK_OK(WriteIndex(folder_, index));
  }
  issued_ = std::move(index);
  return WriteList(folder_, identity_, issued_, now);
}

Result<void> Authority::RefreshRevocationList(Instant now) {
  MUSUBI_TRY(const FolderLock lock, FolderLock::Take(folder_));
  MUSUBI_TRY(issued_, ReadIndex(folder_));
  return WriteList(folder_, identity_, issued_, now);
}

}  // namespace musubi::crypto
