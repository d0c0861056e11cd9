#include <algorithm>

#include "crypto/cms_names.h"
#include "crypto/key_agreement.h"
#include "crypto/openssl.h"
#include "crypto/signed_message.h"

namespace musubi::crypto {

namespace {
constexpr std::string_view kName = "the signed message in the package";
constexpr std::size_t kCertificateMax = std::size_t{16} << 10U;
constexpr std::size_t kCertificatesMax = 8;
constexpr std::size_t kRevocationListMax = std::size_t{1} << 20U;
constexpr std::size_t kAttributesMax = std::size_t{16} << 10U;
constexpr std::size_t kUnsignedAttributesMax = std::size_t{64} << 10U;
constexpr std::size_t kIdentifierMax = 4096;
constexpr std::size_t kSmallMax = 256;

Error SignatureWrong() {
  return {
      ErrorCode::kRefused,
      "the sender's signature is wrong: the content is not what was signed",
      {},
      "ask the sender for the package again"
  };
}

bool IsSignatureRight(const Certificate& signer, BytesView message, BytesView signature) {
  const ErrorQueueMark mark;
  const DigestContextPtr context(EVP_MD_CTX_new());
  return context != nullptr &&
         EVP_DigestVerifyInit(
             context.get(), nullptr, EVP_sha256(), nullptr, X509_get0_pubkey(signer.get())
         ) == 1 &&
         EVP_DigestVerify(
             context.get(), signature.data(), signature.size(), message.data(), message.size()
         ) == 1;
}

// AlgorithmIdentifier of `name`, its parameters absent or NULL.
Result<void> ExpectAlgorithm(BerReader& reader, BytesView name, std::string_view what) {
  MUSUBI_CHECK_OK(reader.Enter(ber::kSequence));
  MUSUBI_CHECK_OK(reader.Expect(name, what));
  MUSUBI_TRY(const bool has_no_parameters, reader.AtEnd());
  if (!has_no_parameters) {
    constexpr std::array<std::uint8_t, 2> kNull = {0x05, 0x00};
    MUSUBI_CHECK_OK(reader.Expect(kNull, what));
  }
  return reader.Leave();
}

// The one value of an attribute; refuses none or several.
Result<Bytes> ReadAttributeValue(BerReader& reader) {
  MUSUBI_CHECK_OK(reader.Enter(ber::kSet));
  MUSUBI_TRY(Bytes value, reader.ReadElement(kAttributesMax));
  MUSUBI_CHECK_OK(reader.Leave());
  return value;
}

}  // namespace

SignedMessageReader::SignedMessageReader(ByteSource& source)
    : reader_(source, kName, cms::kPieceSize) {}

Result<Certificate> SignedMessageReader::Read(const OnContent& on_content) {
  MUSUBI_CHECK_OK(ReadBeginning());
  MUSUBI_CHECK_OK(ReadContent(on_content));
  MUSUBI_CHECK_OK(ReadCertificates());
  MUSUBI_TRY(Certificate signer, ReadSigner());
  for (int level = 0; level < 3; ++level) {
    MUSUBI_CHECK_OK(reader_.Leave());
  }
  MUSUBI_CHECK_OK(reader_.ExpectEndOfSource());
  return signer;
}

Result<void> SignedMessageReader::ReadBeginning() {
  MUSUBI_CHECK_OK(reader_.Enter(ber::kSequence));
  MUSUBI_CHECK_OK(reader_.Expect(cms::kSignedData, "is not a signed message"));
  MUSUBI_CHECK_OK(reader_.Enter(ber::Context(0)));
  MUSUBI_CHECK_OK(reader_.Enter(ber::kSequence));
  MUSUBI_TRY(const Bytes version, reader_.ReadPrimitive(ber::kInteger, 1));
  if (version != Bytes{1} && version != Bytes{3}) {
    return reader_.Invalid("is of an unknown version");
  }
  MUSUBI_CHECK_OK(reader_.Enter(ber::kSet));
  MUSUBI_CHECK_OK(ExpectAlgorithm(reader_, cms::kSha256, "is not digested with SHA-256"));
  MUSUBI_CHECK_OK(reader_.Leave());
  MUSUBI_CHECK_OK(reader_.Enter(ber::kSequence));
  MUSUBI_CHECK_OK(reader_.Expect(cms::kData, "holds something else than data"));
  MUSUBI_TRY(const std::uint8_t tag, reader_.PeekTag());
  if (tag == 0) {
    return reader_.Invalid("does not hold its content (a detached signature)");
  }
  return reader_.Enter(ber::Context(0));
}

Result<void> SignedMessageReader::ReadContent(const OnContent& on_content) {
  MUSUBI_CHECK_OK(reader_.BeginOctetString(ber::kOctetString));
  Sha256 hash;
  for (;;) {
    MUSUBI_TRY(const BytesView content, reader_.NextContent(cms::kPieceSize));
    if (content.empty()) {
      break;
    }
    hash.Update(content);
    const auto taken = on_content(content);
    if (!taken) {
      was_stopped_by_caller_ = true;
      return taken.error();
    }
  }
  content_digest_ = hash.Finish();
  MUSUBI_CHECK_OK(reader_.Leave());
  return reader_.Leave();
}

Result<void> SignedMessageReader::ReadCertificates() {
  MUSUBI_TRY(const std::uint8_t tag, reader_.PeekTag());
  if (tag != ber::Context(0)) {
    return reader_.Invalid("does not carry its sender's certificate");
  }
  MUSUBI_CHECK_OK(reader_.Enter(tag));
  for (;;) {
    MUSUBI_TRY(const bool is_at_end, reader_.AtEnd());
    if (is_at_end) {
      break;
    }
    if (certificates_.size() == kCertificatesMax) {
      return reader_.Invalid("has too many certificates");
    }
    MUSUBI_TRY(const Bytes der, reader_.ReadElement(kCertificateMax));
    auto certificate = Certificate::FromDer(der);
    if (!certificate) {
      return reader_.Invalid("carries a certificate that is not acceptable");
    }
    certificates_.push_back(std::move(*certificate));
  }
  MUSUBI_CHECK_OK(reader_.Leave());
  MUSUBI_TRY(const std::uint8_t next, reader_.PeekTag());
  if (next == ber::Context(1)) {
    MUSUBI_CHECK_OK(reader_.ReadElement(kRevocationListMax));  // we ask our own list
  }
  return Ok();
}

Result<Certificate> SignedMessageReader::FindSigner() {
  MUSUBI_TRY(const std::uint8_t tag, reader_.PeekTag());
  const bool is_by_key_id = tag == ber::ContextPrimitive(0);
  MUSUBI_TRY(
      const Bytes identifier,
      is_by_key_id ? reader_.ReadPrimitive(tag, kSmallMax) : reader_.ReadElement(kIdentifierMax)
  );
  for (const Certificate& certificate : certificates_) {
    const BytesView key_id = SubjectKeyId(certificate);
    const bool is_signer =
        is_by_key_id
            ? !key_id.empty() &&
                  std::equal(key_id.begin(), key_id.end(), identifier.begin(), identifier.end())
            : IsIssuerAndSerialOf(identifier, certificate);
    if (is_signer) {
      return certificate;
    }
  }
  return reader_.Invalid("does not carry its sender's certificate");
}

// RFC 5652, 5.4: with signed attributes the signature covers them, and they cover the content.
Result<void> SignedMessageReader::CheckAttributes(BytesView attributes) const {
  MemorySource source(attributes);
  BerReader reader(source, kName, kSmallMax);
  std::vector<Bytes> types;
  std::vector<Bytes> digests;
  MUSUBI_CHECK_OK(reader.Enter(ber::kSet));
  for (;;) {
    MUSUBI_TRY(const bool is_at_end, reader.AtEnd());
    if (is_at_end) {
      break;
    }
    MUSUBI_CHECK_OK(reader.Enter(ber::kSequence));
    MUSUBI_TRY(const Bytes type, reader.ReadElement(kSmallMax));
    if (std::ranges::equal(type, cms::kContentTypeAttribute)) {
      MUSUBI_TRY(Bytes value, ReadAttributeValue(reader));
      types.push_back(std::move(value));
    } else if (std::ranges::equal(type, cms::kMessageDigestAttribute)) {
      MUSUBI_TRY(Bytes value, ReadAttributeValue(reader));
      digests.push_back(std::move(value));
    } else {
      MUSUBI_CHECK_OK(reader.ReadElement(kAttributesMax));
    }
    MUSUBI_CHECK_OK(reader.Leave());
  }
  if (types.size() != 1 || digests.size() != 1 || !std::ranges::equal(types[0], cms::kData)) {
    return reader.Invalid("is malformed: its signed attributes");
  }
  if (digests[0] != ber::Element(ber::kOctetString, {content_digest_})) {
    return SignatureWrong();
  }
  return Ok();
}

Result<Certificate> SignedMessageReader::ReadSigner() {
  MUSUBI_CHECK_OK(reader_.Enter(ber::kSet));
  MUSUBI_CHECK_OK(reader_.Enter(ber::kSequence));
  MUSUBI_CHECK_OK(reader_.ReadPrimitive(ber::kInteger, 1));
  MUSUBI_TRY(Certificate signer, FindSigner());
  MUSUBI_CHECK_OK(ExpectAlgorithm(reader_, cms::kSha256, "is not digested with SHA-256"));
  MUSUBI_TRY(const std::uint8_t tag, reader_.PeekTag());
  if (tag != ber::Context(0)) {
    return reader_.Invalid("has no signed attributes");
  }
  MUSUBI_TRY(Bytes attributes, reader_.ReadElement(kAttributesMax));
  attributes.front() = ber::kSet;  // signed as a SET, written as [0]
  MUSUBI_CHECK_OK(ExpectAlgorithm(reader_, cms::kEcdsaWithSha256, "is not signed with ECDSA"));
  MUSUBI_TRY(const Bytes signature, reader_.ReadPrimitive(ber::kOctetString, kSmallMax));
  MUSUBI_TRY(const bool has_no_more, reader_.AtEnd());
  if (!has_no_more) {
    MUSUBI_TRY(const Bytes more, reader_.ReadElement(kUnsignedAttributesMax));
    if (more.front() != ber::Context(1)) {
      return reader_.Invalid("is malformed: an unexpected element");
    }
  }
  MUSUBI_CHECK_OK(reader_.Leave());
  MUSUBI_CHECK_OK(reader_.Leave());  // one signature, no more
  MUSUBI_CHECK_OK(CheckAttributes(attributes));
  if (!IsSignatureRight(signer, attributes, signature)) {
    return SignatureWrong();
  }
  return signer;
}

}  // namespace musubi::crypto
