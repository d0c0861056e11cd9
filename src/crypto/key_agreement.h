// How a package's content key reaches its recipient: KeyAgreeRecipientInfo of RFC 5753, an
// ephemeral P-256 key, SHA-256 key derivation, AES-256 key wrap.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/certificate.h"

namespace musubi::crypto {

// The whole [1] KeyAgreeRecipientInfo element.
[[nodiscard]] Result<Bytes> MakeRecipientInfo(const Certificate& recipient, BytesView content_key);

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
