// TLS of both sides: version 1.3 only, certificates on both sides, judged by crypto::Trust alone.
//
// OpenSSL's own chain building is replaced by Trust::Verify (authority, dates, revocation), so
// there is one judge; what it says becomes the matching alert and, in words, a Refusal. No session
// is ever resumed: every connection is judged anew. Decrypted buffers are cleansed and given back.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/certificate.h"

namespace musubi::http {

enum class RefusalReason {
  kNone,
  kOtherAuthority,
  kExpired,
  kNotYetValid,
  kRevoked,
  kWrongNode,  // a good certificate of somebody else
  kOther,      // for instance no usable revocation list
};

// Why the other side's certificate was not accepted. `id` is filled only when our own authority
// wrote it: what strangers call themselves is not for logs.
struct Refusal {
  RefusalReason reason = RefusalReason::kNone;
  std::string message;
  std::string id;
};

enum class Side { kServer, kClient };

class TlsContext {
 public:
  // `expected_id`: the one node we want to talk to; empty: any node of the authority.
  [[nodiscard]] static Result<std::unique_ptr<TlsContext>> Make(
      Side side,
      const crypto::Identity& identity,
      std::shared_ptr<const crypto::Trust> trust,
      std::string expected_id
  );
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext() = default;

  [[nodiscard]] boost::asio::ssl::context& context() { return context_; }

  // A refusal of the connection `ssl` will be told to `refusal`, which must outlive it.
  static void Watch(SSL* ssl, Refusal* refusal);

 private:
  TlsContext(
      std::shared_ptr<const crypto::Trust> trust,
      crypto::Certificate authority,
      std::string expected_id
  );

  [[nodiscard]] Refusal Judge(const crypto::Certificate& certificate) const;
  [[nodiscard]] RefusalReason ReasonOf(
      const crypto::Certificate& certificate, const Error& error, Instant now
  ) const;
  static int OnVerify(X509_STORE_CTX* store, void* self);

  boost::asio::ssl::context context_;
  std::shared_ptr<const crypto::Trust> trust_;
  crypto::Certificate authority_;
  std::string expected_id_;
};

// Whether the certificate of a kept-alive connection is still good. Cheap while nothing has
// changed: one stat of the revocation list; asks Trust when the list or its generation changed,
// when the certificate has run out, and once a minute in any case (so the first time, too: the list
// may have changed since the handshake).
class PeerCheck {
 public:
  PeerCheck(std::shared_ptr<const crypto::Trust> trust, crypto::Certificate certificate);
  [[nodiscard]] Result<void> Check();

  [[nodiscard]] const crypto::Certificate& certificate() const { return certificate_; }

 private:
  struct FileMark {
    std::int64_t modified_ns = 0;
    std::int64_t size = 0;
    std::uint64_t inode = 0;

    friend bool operator==(const FileMark&, const FileMark&) = default;
  };

  [[nodiscard]] FileMark MarkOfList() const;

  std::shared_ptr<const crypto::Trust> trust_;
  crypto::Certificate certificate_;
  Instant expires_at_;
  FileMark mark_;
  std::uint64_t generation_ = 0;
  Instant checked_at_ = {};
};

// What the other side's TLS alert says about our certificate or protocol, in plain words: empty
// when `error` is no alert. `alert` numbers: RFC 8446 section 6.
struct AlertText {
  std::string message;
  std::string advice;
};

// `error`: an OpenSSL error code (of Asio's SSL category).
[[nodiscard]] AlertText DescribeAlert(unsigned long error);

// Why a handshake failed on the server, in words of our own; empty when the peer merely went away.
[[nodiscard]] std::string DescribeHandshakeFailure(unsigned long error);

}  // namespace musubi::http
