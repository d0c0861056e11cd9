// CMS packages (RFC 5652, RFC 5083): SignedData of the sender inside AuthEnvelopedData
// (AES-256-GCM) to the recipient's certificate, DER/BER, in one streaming pass each way.
//
// What always holds
//   1. Memory is bounded by a buffer of some 100 kB, not by the package: OpenSSL's own CMS calls
//      keep the whole content in memory, which a hub with 5,000,000 rows in 512 MB cannot.
//   2. `openssl cms -decrypt` and then `openssl cms -verify` open what SealingWriter writes.
//      Key transport is ECDH (dhSinglePass-stdDH-sha256kdf) with AES-256 key wrap.
//   3. Plaintext buffers and keys are wiped.
//   4. OpenPackage hands content out as it comes, BEFORE signature and tag are checked at the
//      end: a caller must not act on it until OpenPackage has returned success. Whoever must act
//      while reading (the hub's second pass) has run a whole pass before.
//
// Sources, sinks and writers belong to one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/io.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/certificate.h"
#include "crypto/key_agreement.h"

namespace musubi::crypto {

// Writes content, signs it as `signer`, seals it to `recipient`, into `sink`.
class SealingWriter : public ByteSink {
 public:
  [[nodiscard]] static Result<std::unique_ptr<SealingWriter>> Create(
      ByteSink& sink, const Identity& signer, const Certificate& recipient, Instant now
  );
  [[nodiscard]] static Result<std::unique_ptr<SealingWriter>> Create(
      ByteSink& sink, const Identity& signer, const RecipientKey& recipient, Instant now
  );
  ~SealingWriter() override;
  [[nodiscard]] Result<void> Write(BytesView content) override;
  [[nodiscard]] Result<void> Finish();  // nothing is complete before it; does not close the sink

 private:
  struct State;

  explicit SealingWriter(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

struct OpenedPackage {
  Certificate signer;  // chain, validity and revocation checked against `trust`
};

using OnContent = std::function<Result<void>(BytesView)>;

// Opens a package addressed to `recipient` (by issuer and serial of its certificate).
// kRefused: addressed to someone else; tag or signature wrong; signer not trusted, expired,
// revoked. kInvalid: not such a package, truncated, or something after its end.
[[nodiscard]] Result<OpenedPackage> OpenPackage(
    ByteSource& source,
    const Identity& recipient,
    const Trust& trust,
    Instant now,
    const OnContent& on_content
);

// Takes the outer envelope off and puts another one on, leaving the sender's signature as it is
// (the terminal, from its own certificate to the hub's one-time one). Verifies like OpenPackage;
// on an error the sink holds rubbish. Returns the signer.
[[nodiscard]] Result<OpenedPackage> ResealPackage(
    ByteSource& source,
    const Identity& recipient,
    const Trust& trust,
    Instant now,
    const Certificate& new_recipient,
    ByteSink& sink
);

}  // namespace musubi::crypto
