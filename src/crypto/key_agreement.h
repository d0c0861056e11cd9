// How a package's content key reaches its recipient: KeyAgreeRecipientInfo of RFC 5753, an
// ephemeral P-256 key, SHA-256 key derivation, AES-256 key wrap.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/certificate.h"

namespace musubi::crypto {

// One ephemeral key, agreed with one recipient: it wraps the content keys of all packages sealed to
// them in one go. Each package has a content key of its own all the same; to agree anew for each
// costs more than everything else about a small package. Copies share nothing; wiped at the end.
class RecipientKey {
 public:
  [[nodiscard]] static Result<RecipientKey> Agree(const Certificate& recipient);

  // The whole [1] KeyAgreeRecipientInfo element.
  [[nodiscard]] Result<Bytes> MakeInfo(BytesView content_key) const;

 private:
  RecipientKey() = default;

  Bytes beginning_;   // version, ephemeral key and algorithm, as elements
  Bytes identifier_;  // of the recipient
  SecretBytes wrapping_key_;
};

// Takes the content key out of one RecipientInfo element of any kind. An empty key: it is for
// somebody else. kRefused: it is for us but does not open. kInvalid: malformed or of another
// scheme.
[[nodiscard]] Result<SecretBytes> OpenRecipientInfo(
    BytesView recipient_info, const Identity& recipient
);

// IssuerAndSerialNumber, as a DER element: who is meant by a recipient or signer identifier.
[[nodiscard]] Bytes IssuerAndSerial(const Certificate& certificate);
[[nodiscard]] bool IsIssuerAndSerialOf(BytesView element, const Certificate& certificate);
// The subject key identifier's bytes; empty if the certificate has none.
[[nodiscard]] BytesView SubjectKeyId(const Certificate& certificate);

}  // namespace musubi::crypto
