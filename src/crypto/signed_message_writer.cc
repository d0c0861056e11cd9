#include <algorithm>

#include "base/check.h"
#include "crypto/cms_names.h"
#include "crypto/key_agreement.h"
#include "crypto/openssl.h"
#include "crypto/signed_message.h"

namespace musubi::crypto {

namespace {

Bytes Attribute(BytesView type, BytesView value) {
  return ber::Element(ber::kSequence, {type, ber::Element(ber::kSet, {value})});
}

Bytes DerTime(Instant instant) {
  const Asn1TimePtr time(ASN1_TIME_set(nullptr, ToSeconds(instant)));
  unsigned char* raw = nullptr;
  const int size = time != nullptr ? i2d_ASN1_TIME(time.get(), &raw) : 0;
  MUSUBI_CHECK(size > 0);
  const DerPtr owner(raw);
  return {raw, raw + size};
}

Result<Bytes> Sign(EVP_PKEY* key, BytesView message) {
  const ErrorQueueMark mark;
  const DigestContextPtr context(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) != 1) {
    return OpensslFailure("sign a package");
  }
  Bytes signature(size);
  if (EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1) {
    return OpensslFailure("sign a package");
  }
  signature.resize(size);
  return signature;
}

}  // namespace

// DER sorts a set's elements; these three come out in order of their lengths, shortest first.
Bytes MakeSignedAttributes(const Digest& content_digest, Instant now) {
  return ber::Element(
      ber::kSet,
      {Attribute(cms::kContentTypeAttribute, cms::kData),
       Attribute(cms::kSigningTimeAttribute, DerTime(now)),
       Attribute(cms::kMessageDigestAttribute, ber::Element(ber::kOctetString, {content_digest}))}
  );
}

SignedMessageWriter::SignedMessageWriter(ByteSink& sink, Identity signer, Instant now)
    : sink_(sink), signer_(std::move(signer)), now_(now) {}

Result<void> SignedMessageWriter::Begin() {
  constexpr std::array<std::uint8_t, 3> kVersion = {ber::kInteger, 1, 1};
  Bytes out;
  ber::AppendOpen(out, ber::kSequence);  // ContentInfo
  ber::Append(out, cms::kSignedData);
  ber::AppendOpen(out, ber::Context(0));
  ber::AppendOpen(out, ber::kSequence);  // SignedData
  ber::Append(out, kVersion);
  ber::Append(out, ber::Element(ber::kSet, {ber::Element(ber::kSequence, {cms::kSha256})}));
  ber::AppendOpen(out, ber::kSequence);  // EncapsulatedContentInfo
  ber::Append(out, cms::kData);
  ber::AppendOpen(out, ber::Context(0));
  ber::AppendOpen(out, ber::kOctetString | ber::kConstructed);
  return sink_.Write(out);
}

// Callers write line by line: what is small is collected, what is large goes through uncopied.
Result<void> SignedMessageWriter::Write(BytesView content) {
  while (!content.empty()) {
    if (piece_.empty() && content.size() >= cms::kPieceSize) {
      MUSUBI_CHECK_OK(WritePiece(content.first(cms::kPieceSize)));
      content = content.subspan(cms::kPieceSize);
      continue;
    }
    const std::size_t size = std::min(content.size(), cms::kPieceSize - piece_.size());
    piece_.insert(
        piece_.end(), content.begin(), content.begin() + static_cast<std::ptrdiff_t>(size)
    );
    content = content.subspan(size);
    if (piece_.size() == cms::kPieceSize) {
      MUSUBI_CHECK_OK(WritePiece(piece_));
      piece_.clear();
    }
  }
  return Ok();
}

Result<void> SignedMessageWriter::WritePiece(BytesView content) {
  hash_.Update(content);
  MUSUBI_CHECK_OK(sink_.Write(ber::OctetStringHeader(content.size())));
  return sink_.Write(content);
}

Result<Bytes> SignedMessageWriter::SignerInfo() {
  constexpr std::array<std::uint8_t, 3> kVersion = {ber::kInteger, 1, 1};
  Bytes attributes = MakeSignedAttributes(hash_.Finish(), now_);
  MUSUBI_TRY(const Bytes signature, Sign(signer_.key.get(), attributes));
  attributes.front() = ber::Context(0);  // signed as a SET, written as [0]
  return ber::Element(
      ber::kSequence,
      {kVersion,
       IssuerAndSerial(signer_.certificate),
       ber::Element(ber::kSequence, {cms::kSha256}),
       attributes,
       ber::Element(ber::kSequence, {cms::kEcdsaWithSha256}),
       ber::Element(ber::kOctetString, {signature})}
  );
}

Result<void> SignedMessageWriter::Finish() {
  if (!piece_.empty()) {
    MUSUBI_CHECK_OK(WritePiece(piece_));
    piece_.clear();
  }
  MUSUBI_TRY(const Bytes signer_info, SignerInfo());
  Bytes out;
  ber::AppendEnds(out, 3);  // content, its [0], EncapsulatedContentInfo
  ber::Append(out, ber::Element(ber::Context(0), {signer_.certificate.Der()}));
  ber::Append(out, ber::Element(ber::kSet, {signer_info}));
  ber::AppendEnds(out, 3);
  return sink_.Write(out);
}

}  // namespace musubi::crypto
