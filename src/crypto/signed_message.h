// The inner layer of a package: SignedData (RFC 5652) of one signer, both ways.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/io.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/ber.h"
#include "crypto/certificate.h"
#include "crypto/digest.h"

namespace musubi::crypto {

// The DER of SignedAttributes as a SET, which is what the signature covers.
[[nodiscard]] Bytes MakeSignedAttributes(const Digest& content_digest, Instant now);

// Writes content in pieces of 64 kB, then certificate and signature.
class SignedMessageWriter {
 public:
  SignedMessageWriter(ByteSink& sink, Identity signer, Instant now);
  [[nodiscard]] Result<void> Begin();
  [[nodiscard]] Result<void> Write(BytesView content);
  [[nodiscard]] Result<void> Finish();

 private:
  [[nodiscard]] Result<void> WritePiece(BytesView content);
  [[nodiscard]] Result<Bytes> SignerInfo();

  ByteSink& sink_;
  Identity signer_;
  Instant now_;
  Sha256 hash_;
  SecretBytes piece_;  // what is not yet a whole piece
};

// Reads a signed message, handing its content out as it comes; the signature is checked at the
// end. Whether the signer is trusted is the caller's question.
class SignedMessageReader {
 public:
  using OnContent = std::function<Result<void>(BytesView)>;

  explicit SignedMessageReader(ByteSource& source);
  [[nodiscard]] Result<Certificate> Read(const OnContent& on_content);

  // True when Read failed because `on_content` did, not because of the message.
  [[nodiscard]] bool was_stopped_by_caller() const { return was_stopped_by_caller_; }

 private:
  [[nodiscard]] Result<void> ReadBeginning();
  [[nodiscard]] Result<void> ReadContent(const OnContent& on_content);
  [[nodiscard]] Result<void> ReadCertificates();
  [[nodiscard]] Result<Certificate> ReadSigner();
  [[nodiscard]] Result<Certificate> FindSigner();
  [[nodiscard]] Result<void> CheckAttributes(BytesView attributes) const;

  BerReader reader_;
  std::vector<Certificate> certificates_;
  Digest content_digest_{};
  bool was_stopped_by_caller_ = false;
};

}  // namespace musubi::crypto
