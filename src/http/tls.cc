#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include "base/io.h"

namespace musubi::http {

namespace {

constexpr std::chrono::minutes kCheckAgain{1};
constexpr int kAlertOffset = 1000;  // SSL_AD_REASON_OFFSET: reasons from here on are peers' alerts

int RefusalIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// Chosen for the alert OpenSSL makes of it.
int VerifyErrorOf(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kExpired:
      return X509_V_ERR_CERT_HAS_EXPIRED;
    case RefusalReason::kNotYetValid:
      return X509_V_ERR_CERT_NOT_YET_VALID;
    case RefusalReason::kRevoked:
      return X509_V_ERR_CERT_REVOKED;
    case RefusalReason::kOtherAuthority:
      return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    default:
      return X509_V_ERR_CERT_REJECTED;
  }
}

void Harden(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_options(context, SSL_OP_CLEANSE_PLAINTEXT | SSL_OP_NO_TICKET);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

Result<void> UseIdentity(SSL_CTX* context, const crypto::Identity& identity) {
  const bool is_used = SSL_CTX_use_certificate(context, identity.certificate.get()) == 1 &&
                       SSL_CTX_use_PrivateKey(context, identity.key.get()) == 1 &&
                       SSL_CTX_check_private_key(context) == 1;
  if (!is_used) {
    ERR_clear_error();
    return Error{ErrorCode::kPrecondition, "TLS does not accept the node's certificate and key"};
  }
  return Ok();
}

}  // namespace

TlsContext::TlsContext(
    std::shared_ptr<const crypto::Trust> trust,
    crypto::Certificate authority,
    std::string expected_id
)
    : context_(boost::asio::ssl::context::tls),
      trust_(std::move(trust)),
      authority_(std::move(authority)),
      expected_id_(std::move(expected_id)) {}

Result<std::unique_ptr<TlsContext>> TlsContext::Make(
    Side side,
    const crypto::Identity& identity,
    std::shared_ptr<const crypto::Trust> trust,
    std::string expected_id
) {
  MUSUBI_TRY(const std::string pem, ReadFile(trust->authority_path()));
  MUSUBI_TRY(crypto::Certificate authority, crypto::Certificate::FromPem(pem));
  std::unique_ptr<TlsContext> made;
  try {
    made.reset(new TlsContext(std::move(trust), std::move(authority), std::move(expected_id)));
  } catch (const std::exception&) {
    return Error{ErrorCode::kInternal, "TLS cannot be set up"};
  }
  SSL_CTX* context = made->context_.native_handle();
  Harden(context);
  MUSUBI_CHECK_OK(UseIdentity(context, identity));
  const int demand = side == Side::kServer ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | demand, nullptr);
  SSL_CTX_set_cert_verify_callback(context, &TlsContext::OnVerify, made.get());
  return made;
}

void TlsContext::Watch(SSL* ssl, Refusal* refusal) {
  SSL_set_ex_data(ssl, RefusalIndex(), refusal);
}

int TlsContext::OnVerify(X509_STORE_CTX* store, void* self) {
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  if (leaf == nullptr) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED);
    return 0;
  }
  X509_up_ref(leaf);
  const Refusal refusal =
      static_cast<const TlsContext*>(self)->Judge(crypto::Certificate::Adopt(leaf));
  if (refusal.reason == RefusalReason::kNone) {
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
  }
  X509_STORE_CTX_set_error(store, VerifyErrorOf(refusal.reason));
  const void* ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
  void* told = SSL_get_ex_data(static_cast<const SSL*>(ssl), RefusalIndex());
  if (told != nullptr) {
    *static_cast<Refusal*>(told) = refusal;
  }
  return 0;
}

Refusal TlsContext::Judge(const crypto::Certificate& certificate) const {
  const Instant now = SystemClock().Now();
  const Result<void> verdict = trust_->Verify(certificate, now);
  if (!verdict.ok()) {
    const RefusalReason reason = ReasonOf(certificate, verdict.error(), now);
    const bool is_ours = reason != RefusalReason::kOtherAuthority;
    return {reason, verdict.error().message, is_ours ? certificate.id() : std::string()};
  }
  const std::string id = certificate.id();
  if (!expected_id_.empty() && id != expected_id_) {
    return {
        RefusalReason::kWrongNode, "it is the certificate of " + id + ", not of " + expected_id_, id
    };
  }
  return {};
}

RefusalReason TlsContext::ReasonOf(
    const crypto::Certificate& certificate, const Error& error, Instant now
) const {
  if (!certificate.IsSignedBy(authority_)) {
    return RefusalReason::kOtherAuthority;
  }
  if (now > certificate.expires_at()) {
    return RefusalReason::kExpired;
  }
  if (now < certificate.valid_from()) {
    return RefusalReason::kNotYetValid;
  }
  const bool is_revoked = error.message.find("revoked") != std::string::npos;
  return is_revoked ? RefusalReason::kRevoked : RefusalReason::kOther;
}

PeerCheck::PeerCheck(std::shared_ptr<const crypto::Trust> trust, crypto::Certificate certificate)
    : trust_(std::move(trust)),
      certificate_(std::move(certificate)),
      expires_at_(certificate_.expires_at()) {}

PeerCheck::FileMark PeerCheck::MarkOfList() const {
  struct stat status = {};
  if (::stat(trust_->crl_path().c_str(), &status) != 0) {
    return {};
  }
  constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
  return {
      status.st_mtim.tv_sec * kNanosecondsPerSecond + status.st_mtim.tv_nsec,
      status.st_size,
      status.st_ino
  };
}

Result<void> PeerCheck::Check() {
  const Instant now = SystemClock().Now();
  const FileMark mark = MarkOfList();
  const std::uint64_t generation = trust_->generation();
  const bool is_unchanged = mark == mark_ && generation == generation_ && now <= expires_at_ &&
                            now >= checked_at_ && now - checked_at_ < kCheckAgain;
  if (is_unchanged) {
    return Ok();
  }
  MUSUBI_CHECK_OK(trust_->Verify(certificate_, now));
  mark_ = mark;
  generation_ = trust_->generation();
  checked_at_ = now;
  return Ok();
}

AlertText DescribeAlert(unsigned long error) {
  const int reason = ERR_GET_REASON(error);
  switch (reason - kAlertOffset) {
    case SSL3_AD_CERTIFICATE_EXPIRED:
      return {
          "refuses our certificate: it has expired",
          "check this machine's clock; if it is right, have the certificate renewed"
      };
    case SSL3_AD_CERTIFICATE_REVOKED:
      return {"refuses our certificate: it has been revoked", "have a new certificate issued"};
    case SSL3_AD_BAD_CERTIFICATE:
      return {
          "refuses our certificate as bad or not valid yet",
          "check this machine's clock and which certificate the configuration names"
      };
    case SSL3_AD_CERTIFICATE_UNKNOWN:
    case SSL3_AD_UNSUPPORTED_CERTIFICATE:
    case TLS1_AD_ACCESS_DENIED:
      return {"refuses our certificate", "the log of the other side says why"};
    case TLS1_AD_UNKNOWN_CA:
      return {
          "refuses our certificate: another authority issued it",
          "check that both sides have the same authority.pem"
      };
    case SSL_AD_CERTIFICATE_REQUIRED:
      return {"wants a certificate from us and got none", "check tls.certificate and tls.key"};
    case TLS1_AD_PROTOCOL_VERSION:
      return {"does not speak our version of TLS (1.3)", "check what listens at this address"};
    default:
      return reason >= kAlertOffset
                 ? AlertText{"broke off the TLS handshake", "the log of the other side says why"}
                 : AlertText{};
  }
}

std::string DescribeHandshakeFailure(unsigned long error) {
  const int reason = ERR_GET_REASON(error);
  switch (reason) {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return "no certificate";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_VERSION_TOO_LOW:
      return "not TLS 1.3";
    case SSL_R_HTTP_REQUEST:
    case SSL_R_WRONG_VERSION_NUMBER:
      return "not TLS";
    default:
      break;
  }
  return reason >= kAlertOffset ? "the peer " + DescribeAlert(error).message
                                : std::string("TLS handshake failed");
}

}  // namespace musubi::http
