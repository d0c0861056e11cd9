#include "base/check.h"
#include "crypto/envelope.h"
#include "crypto/key_agreement.h"

namespace musubi::crypto {

namespace {
constexpr std::size_t kRecipientInfoMax = std::size_t{16} << 10U;
constexpr std::size_t kRecipientsMax = 64;
constexpr std::size_t kOriginatorInfoMax = std::size_t{64} << 10U;
constexpr std::size_t kSmallMax = 64;
}  // namespace

EnvelopeReader::EnvelopeReader(ByteSource& source, Tap tap)
    : reader_(source, "the package", cms::kPieceSize),
      tap_(std::move(tap)),
      cipher_(EVP_CIPHER_CTX_new()) {
  MUSUBI_CHECK(cipher_ != nullptr);
}

Result<void> EnvelopeReader::Begin(const Identity& recipient) {
  const ErrorQueueMark mark;
  constexpr std::array<std::uint8_t, 3> kVersion = {ber::kInteger, 1, 0};
  MUSUBI_CHECK_OK(reader_.Enter(ber::kSequence));
  MUSUBI_CHECK_OK(reader_.Expect(cms::kAuthEnvelopedData, "is not a sealed CMS message"));
  MUSUBI_CHECK_OK(reader_.Enter(ber::Context(0)));
  MUSUBI_CHECK_OK(reader_.Enter(ber::kSequence));
  MUSUBI_CHECK_OK(reader_.Expect(kVersion, "is of an unknown version"));
  MUSUBI_TRY(const std::uint8_t tag, reader_.PeekTag());
  if (tag == ber::Context(0)) {
    MUSUBI_CHECK_OK(reader_.ReadElement(kOriginatorInfoMax));  // we know our senders
  }
  MUSUBI_TRY(const SecretBytes content_key, ReadRecipients(recipient));
  if (content_key.empty()) {
    return Error{
        ErrorCode::kRefused,
        "the package is not addressed to this recipient",
        {},
        "seal it to the recipient's present certificate"
    };
  }
  return ReadContentHeader(content_key);
}

Result<SecretBytes> EnvelopeReader::ReadRecipients(const Identity& recipient) {
  MUSUBI_CHECK_OK(reader_.Enter(ber::kSet));
  SecretBytes content_key;
  for (std::size_t count = 0;; ++count) {
    MUSUBI_TRY(const bool is_at_end, reader_.AtEnd());
    if (is_at_end) {
      MUSUBI_CHECK_OK(reader_.Leave());
      return content_key;
    }
    if (count == kRecipientsMax) {
      return reader_.Invalid("has too many recipients");
    }
    MUSUBI_TRY(const Bytes info, reader_.ReadElement(kRecipientInfoMax));
    if (content_key.empty()) {
      MUSUBI_TRY(content_key, OpenRecipientInfo(info, recipient));
    }
  }
}

Result<void> EnvelopeReader::ReadContentHeader(BytesView content_key) {
  constexpr std::array<std::uint8_t, 3> kTagSize = {ber::kInteger, 1, cms::kGcmTagSize};
  MUSUBI_CHECK_OK(reader_.Enter(ber::kSequence));
  MUSUBI_CHECK_OK(reader_.Expect(cms::kData, "holds something else than data"));
  MUSUBI_CHECK_OK(reader_.Enter(ber::kSequence));
  MUSUBI_CHECK_OK(reader_.Expect(cms::kAes256Gcm, "is not sealed with AES-256-GCM"));
  MUSUBI_CHECK_OK(reader_.Enter(ber::kSequence));
  MUSUBI_TRY(const Bytes nonce, reader_.ReadPrimitive(ber::kOctetString, kSmallMax));
  MUSUBI_CHECK_OK(reader_.Expect(kTagSize, "has a tag of a size that is not accepted"));
  MUSUBI_CHECK_OK(reader_.Leave());
  MUSUBI_CHECK_OK(reader_.Leave());
  if (nonce.size() != cms::kGcmNonceSize) {
    return reader_.Invalid("has a nonce of a size that is not accepted");
  }
  if (EVP_DecryptInit_ex2(
          cipher_.get(), EVP_aes_256_gcm(), content_key.data(), nonce.data(), nullptr
      ) != 1) {
    return OpensslFailure("begin opening a package");
  }
  return reader_.BeginOctetString(ber::ContextPrimitive(0));
}

Result<std::size_t> EnvelopeReader::Read(std::span<std::uint8_t> into) {
  MUSUBI_CHECK(!into.empty());
  if (is_drained_) {
    return std::size_t{0};
  }
  MUSUBI_TRY(const BytesView sealed, reader_.NextContent(into.size()));
  if (sealed.empty()) {
    is_drained_ = true;
    return std::size_t{0};
  }
  if (sealed.size() > cms::kGcmContentMax - total_) {
    return reader_.Invalid("is larger than AES-GCM allows");
  }
  total_ += sealed.size();
  int count = 0;
  if (EVP_DecryptUpdate(
          cipher_.get(), into.data(), &count, sealed.data(), static_cast<int>(sealed.size())
      ) != 1 ||
      static_cast<std::size_t>(count) != sealed.size()) {
    return OpensslFailure("decrypt a package");
  }
  if (tap_) {
    MUSUBI_CHECK_OK(tap_(into.first(sealed.size())));
  }
  return sealed.size();
}

Result<void> EnvelopeReader::Drain() {
  if (is_drained_) {
    return Ok();
  }
  tap_ = {};
  SecretBytes discarded(cms::kPieceSize);
  for (;;) {
    MUSUBI_TRY(const std::size_t count, Read(discarded));
    if (count == 0) {
      return Ok();
    }
  }
}

Result<void> EnvelopeReader::CheckTag() {
  MUSUBI_TRY(Bytes tag, reader_.ReadPrimitive(ber::kOctetString, kSmallMax));
  std::uint8_t none = 0;
  int count = 0;
  if (tag.size() != cms::kGcmTagSize) {
    return reader_.Invalid("has a tag of a size that is not accepted");
  }
  if (EVP_CIPHER_CTX_ctrl(
          cipher_.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), tag.data()
      ) != 1 ||
      EVP_DecryptFinal_ex(cipher_.get(), &none, &count) != 1) {
    return Error{
        ErrorCode::kRefused,
        "the package was damaged or changed on its way: its tag is wrong",
        {},
        "ask the sender for the package again"
    };
  }
  return Ok();
}

Result<void> EnvelopeReader::Finish() {
  const ErrorQueueMark mark;
  MUSUBI_CHECK_OK(Drain());
  MUSUBI_CHECK_OK(reader_.Leave());  // EncryptedContentInfo
  MUSUBI_TRY(const std::uint8_t tag, reader_.PeekTag());
  if (tag == ber::Context(1)) {
    return reader_.Invalid("has authenticated attributes, which are not accepted");
  }
  MUSUBI_CHECK_OK(CheckTag());
  for (int level = 0; level < 3; ++level) {
    MUSUBI_CHECK_OK(reader_.Leave());
  }
  return reader_.ExpectEndOfSource();
}

}  // namespace musubi::crypto
