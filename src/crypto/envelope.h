// The outer layer of a package: AuthEnvelopedData (RFC 5083) with AES-256-GCM, both ways.
#pragma once

#include <functional>
#include <memory>

#include "base/io.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/ber.h"
#include "crypto/certificate.h"
#include "crypto/cms_names.h"
#include "crypto/key_agreement.h"
#include "crypto/openssl.h"

namespace musubi::crypto {

// Seals what is written to it. Pieces of 64 kB, indefinite lengths, one pass.
class EnvelopeWriter : public ByteSink {
 public:
  // Writes the beginning of the package at once.
  [[nodiscard]] static Result<std::unique_ptr<EnvelopeWriter>> Create(
      ByteSink& sink, const Certificate& recipient
  );
  [[nodiscard]] static Result<std::unique_ptr<EnvelopeWriter>> Create(
      ByteSink& sink, const RecipientKey& recipient
  );
  [[nodiscard]] Result<void> Write(BytesView plaintext) override;
  [[nodiscard]] Result<void> Finish();

 private:
  explicit EnvelopeWriter(ByteSink& sink);

  [[nodiscard]] Result<void> WriteBeginning(BytesView recipient_info, BytesView nonce);
  [[nodiscard]] Result<void> FlushPiece();

  ByteSink& sink_;
  CipherContextPtr cipher_;
  Bytes piece_;  // room for the piece's header, then ciphertext; grows to a whole piece
  std::size_t filled_ = 0;
  std::uint64_t total_ = 0;
};

// Opens a package's outer layer: a source of its plaintext. The plaintext is not authentic until
// Finish has said so.
class EnvelopeReader : public ByteSource {
 public:
  using Tap = std::function<Result<void>(BytesView)>;

  // `tap`, if any, sees every byte of plaintext that Read hands out.
  EnvelopeReader(ByteSource& source, Tap tap = {});

  // Reads up to the content.
  [[nodiscard]] Result<void> Begin(const Identity& recipient);
  [[nodiscard]] Result<std::size_t> Read(std::span<std::uint8_t> into) override;
  // Discards what is left of the content, then checks tag and end.
  [[nodiscard]] Result<void> Finish();

 private:
  [[nodiscard]] Result<SecretBytes> ReadRecipients(const Identity& recipient);
  [[nodiscard]] Result<void> ReadContentHeader(BytesView content_key);
  [[nodiscard]] Result<void> Drain();
  [[nodiscard]] Result<void> CheckTag();

  BerReader reader_;
  Tap tap_;
  CipherContextPtr cipher_;
  bool is_drained_ = false;
  std::uint64_t total_ = 0;
};

}  // namespace musubi::crypto
