#include <algorithm>

#include "base/check.h"
#include "crypto/cipher.h"
#include "crypto/envelope.h"
#include "crypto/key_agreement.h"

namespace musubi::crypto {

namespace {
constexpr std::size_t kHeaderRoom = 8;
}  // namespace

EnvelopeWriter::EnvelopeWriter(ByteSink& sink)
    : sink_(sink), cipher_(EVP_CIPHER_CTX_new()), piece_(kHeaderRoom) {
  MUSUBI_CHECK(cipher_ != nullptr);
}

Result<std::unique_ptr<EnvelopeWriter>> EnvelopeWriter::Create(
    ByteSink& sink, const Certificate& recipient
) {
  MUSUBI_TRY(const RecipientKey key, RecipientKey::Agree(recipient));
  return Create(sink, key);
}

Result<std::unique_ptr<EnvelopeWriter>> EnvelopeWriter::Create(
    ByteSink& sink, const RecipientKey& recipient
) {
  const ErrorQueueMark mark;
  std::unique_ptr<EnvelopeWriter> writer(new EnvelopeWriter(sink));
  const SecretBytes key = RandomKey();
  std::array<std::uint8_t, cms::kGcmNonceSize> nonce{};
  FillRandom(nonce);
  if (EVP_EncryptInit_ex2(
          writer->cipher_.get(), EVP_aes_256_gcm(), key.data(), nonce.data(), nullptr
      ) != 1) {
    return OpensslFailure("begin a package");
  }
  MUSUBI_TRY(const Bytes recipient_info, recipient.MakeInfo(key));
  MUSUBI_CHECK_OK(writer->WriteBeginning(recipient_info, nonce));
  return writer;
}

Result<void> EnvelopeWriter::WriteBeginning(BytesView recipient_info, BytesView nonce) {
  constexpr std::array<std::uint8_t, 3> kVersion = {ber::kInteger, 1, 0};
  constexpr std::array<std::uint8_t, 3> kTagSize = {ber::kInteger, 1, cms::kGcmTagSize};
  Bytes out;
  ber::AppendOpen(out, ber::kSequence);  // ContentInfo
  ber::Append(out, cms::kAuthEnvelopedData);
  ber::AppendOpen(out, ber::Context(0));
  ber::AppendOpen(out, ber::kSequence);  // AuthEnvelopedData
  ber::Append(out, kVersion);
  ber::Append(out, ber::Element(ber::kSet, {recipient_info}));
  ber::AppendOpen(out, ber::kSequence);  // EncryptedContentInfo
  // id-data: what is inside is a whole CMS message of its own, as S/MIME has it.
  ber::Append(out, cms::kData);
  const Bytes parameters =
      ber::Element(ber::kSequence, {ber::Element(ber::kOctetString, {nonce}), kTagSize});
  ber::Append(out, ber::Element(ber::kSequence, {cms::kAes256Gcm, parameters}));
  ber::AppendOpen(out, ber::Context(0));  // encryptedContent, in pieces
  return sink_.Write(out);
}

Result<void> EnvelopeWriter::Write(BytesView plaintext) {
  if (plaintext.size() > cms::kGcmContentMax - total_) {
    return Error{
        ErrorCode::kExhausted,
        "a package holds 64 GiB at most",
        {},
        "divide the content into several packages"
    };
  }
  total_ += plaintext.size();
  while (!plaintext.empty()) {
    const std::size_t size = std::min(plaintext.size(), cms::kPieceSize - filled_);
    if (piece_.size() < kHeaderRoom + filled_ + size) {
      piece_.resize(kHeaderRoom + filled_ + size);
    }
    int count = 0;
    if (EVP_EncryptUpdate(
            cipher_.get(),
            piece_.data() + kHeaderRoom + filled_,
            &count,
            plaintext.data(),
            static_cast<int>(size)
        ) != 1 ||
        static_cast<std::size_t>(count) != size) {
      return OpensslFailure("encrypt a package");
    }
    filled_ += size;
    plaintext = plaintext.subspan(size);
    if (filled_ == cms::kPieceSize) {
      MUSUBI_CHECK_OK(FlushPiece());
    }
  }
  return Ok();
}

Result<void> EnvelopeWriter::FlushPiece() {
  const Bytes header = ber::OctetStringHeader(filled_);
  const std::size_t begin = kHeaderRoom - header.size();
  std::copy(header.begin(), header.end(), piece_.begin() + static_cast<std::ptrdiff_t>(begin));
  const BytesView piece = BytesView(piece_).subspan(begin, header.size() + filled_);
  filled_ = 0;
  return sink_.Write(piece);
}

Result<void> EnvelopeWriter::Finish() {
  if (filled_ > 0) {
    MUSUBI_CHECK_OK(FlushPiece());
  }
  std::array<std::uint8_t, cms::kGcmTagSize> tag{};
  int count = 0;
  if (EVP_EncryptFinal_ex(cipher_.get(), tag.data(), &count) != 1 ||
      EVP_CIPHER_CTX_ctrl(
          cipher_.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()
      ) != 1) {
    return OpensslFailure("finish a package");
  }
  Bytes out;
  ber::AppendEnds(out, 2);  // encryptedContent, EncryptedContentInfo
  ber::Append(out, ber::Element(ber::kOctetString, {tag}));
  ber::AppendEnds(out, 3);
  return sink_.Write(out);
}

}  // namespace musubi::crypto
