#include <atomic>
#include <mutex>

#include <sys/stat.h>

#include "base/check.h"
#include "base/io.h"
#include "crypto/issuing.h"

namespace musubi::crypto {

namespace {
constexpr std::size_t kAuthoritySizeMax = std::size_t{64} << 10U;

// What tells one state of a file from another without reading it.
struct FileStamp {
  ino_t inode = 0;
  off_t size = -1;
  std::int64_t modified_ns = 0;

  bool operator==(const FileStamp&) const = default;
};

FileStamp StampOf(const std::filesystem::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    return {};
  }
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  return {
      status.st_ino, status.st_size, status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec
  };
}

Error Refused(std::string message, std::string advice = {}) {
  return {ErrorCode::kRefused, std::move(message), {}, std::move(advice)};
}

Error NoUsableList(const std::string& reason, const std::filesystem::path& path) {
  return {
      ErrorCode::kRefused,
      "no usable revocation list: " + reason,
      path.string(),
      "get the authority's current crl.pem"
  };
}

Error ReasonOf(int code, bool is_about_authority, const std::filesystem::path& list_path) {
  const std::string whose = is_about_authority ? "the authority's certificate" : "the certificate";
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return Refused(whose + " has expired", "renew it");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Refused(whose + " is not yet valid", "is this machine's clock right?");
    case X509_V_ERR_CERT_REVOKED:
      return Refused(whose + " has been revoked");
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return NoUsableList("it is out of date", list_path);
    case X509_V_ERR_CRL_NOT_YET_VALID:
      return NoUsableList("it is dated in the future; is this machine's clock right?", list_path);
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
      return NoUsableList("it is not the authority's", list_path);
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return Refused(whose + " was issued by another authority");
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return Refused(whose + " does not carry the authority's signature");
    default:
      return Refused(whose + " is not acceptable: " + X509_verify_cert_error_string(code));
  }
}

StorePtr MakeStore(const Certificate& authority, X509_CRL* list) {
  StorePtr store(X509_STORE_new());
  MUSUBI_CHECK(store != nullptr);
  MUSUBI_CHECK(X509_STORE_add_cert(store.get(), authority.get()) == 1);
  MUSUBI_CHECK(X509_STORE_add_crl(store.get(), list) == 1);
  return store;
}

}  // namespace

struct Trust::State {
  const std::filesystem::path authority_path;
  const std::filesystem::path crl_path;
  const Certificate authority;

  std::mutex mutex;
  FileStamp stamp;
  // shared_ptr: a check that runs while the list is replaced keeps the store it began with.
  std::shared_ptr<X509_STORE> store;
  std::optional<Error> list_problem;
  std::uint64_t generation = 0;

  State(std::filesystem::path authority_file, std::filesystem::path list_file, Certificate root)
      : authority_path(std::move(authority_file)),
        crl_path(std::move(list_file)),
        authority(std::move(root)) {}

  // Under the mutex.
  void ReadAgainIfChanged();
  [[nodiscard]] Result<std::shared_ptr<X509_STORE>> ReadStore() const;
  [[nodiscard]] Result<std::shared_ptr<X509_STORE>> Store();
};

Result<std::shared_ptr<X509_STORE>> Trust::State::ReadStore() const {
  const auto text = ReadFile(crl_path);
  if (!text) {
    return NoUsableList("it cannot be read", crl_path);
  }
  const auto list = ParseRevocationList(*text);
  if (!list) {
    return NoUsableList("it is malformed", crl_path);
  }
  if (X509_CRL_verify(list->get(), X509_get0_pubkey(authority.get())) != 1) {
    return NoUsableList("it is not signed by the authority", crl_path);
  }
  return std::shared_ptr<X509_STORE>(MakeStore(authority, list->get()));
}

void Trust::State::ReadAgainIfChanged() {
  // The stamp is taken before reading: a change in between is read again the next time.
  const FileStamp now = StampOf(crl_path);
  if (generation > 0 && now == stamp) {
    return;
  }
  stamp = now;
  ++generation;
  auto read = ReadStore();
  if (read) {
    store = std::move(*read);
    list_problem.reset();
  } else {
    store.reset();  // a list that went bad must not leave yesterday's in force unnoticed
    list_problem = std::move(read).error();
  }
}

Result<std::shared_ptr<X509_STORE>> Trust::State::Store() {
  const std::scoped_lock lock(mutex);
  ReadAgainIfChanged();
  if (list_problem) {
    return *list_problem;
  }
  return store;
}

Trust::Trust(std::unique_ptr<State> state) : state_(std::move(state)) {}

Trust::~Trust() = default;

Result<std::shared_ptr<Trust>> Trust::Load(
    std::filesystem::path authority_path, std::filesystem::path crl_path
) {
  const ErrorQueueMark mark;
  MUSUBI_TRY(const std::string pem, ReadFile(authority_path, kAuthoritySizeMax));
  auto authority = Certificate::FromPem(pem);
  if (!authority) {
    authority.error().place = authority_path.string();
    return authority.error();
  }
  if (X509_check_ca(authority->get()) == 0) {
    return Error{
        ErrorCode::kInvalid, "this is not an authority's certificate", authority_path.string()
    };
  }
  auto state = std::make_unique<State>(
      std::move(authority_path), std::move(crl_path), std::move(*authority)
  );
  MUSUBI_CHECK_OK(state->Store());
  return std::shared_ptr<Trust>(new Trust(std::move(state)));
}

Result<void> Trust::Verify(const Certificate& certificate, Instant now) const {
  const ErrorQueueMark mark;
  MUSUBI_TRY(const auto store, state_->Store());
  const StoreContextPtr context(X509_STORE_CTX_new());
  if (context == nullptr ||
      X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr) != 1) {
    return OpensslFailure("check a certificate");
  }
  X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, ToSeconds(now));
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK);
  if (X509_verify_cert(context.get()) != 1) {
    const bool is_about_authority = X509_STORE_CTX_get_error_depth(context.get()) > 0;
    return ReasonOf(X509_STORE_CTX_get_error(context.get()), is_about_authority, state_->crl_path);
  }
  // No purpose was set above, since signing, TLS and opening share one certificate: what matters
  // is that it is a node's and not the authority's own.
  if (X509_check_ca(certificate.get()) != 0 ||
      (X509_get_key_usage(certificate.get()) & KU_DIGITAL_SIGNATURE) == 0) {
    return Refused("the certificate is not a node's");
  }
  return Ok();
}

const std::filesystem::path& Trust::authority_path() const {
  return state_->authority_path;
}

const std::filesystem::path& Trust::crl_path() const {
  return state_->crl_path;
}

std::uint64_t Trust::generation() const {
  const ErrorQueueMark mark;
  const std::scoped_lock lock(state_->mutex);
  state_->ReadAgainIfChanged();
  return state_->generation;
}

}  // namespace musubi::crypto
