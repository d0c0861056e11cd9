#include "crypto/key_agreement.h"

#include <algorithm>
#include <optional>

#include "crypto/ber.h"
#include "crypto/cms_names.h"
#include "crypto/digest.h"
#include "crypto/openssl.h"

namespace musubi::crypto {

namespace {
constexpr std::size_t kKeySize = 32;
constexpr std::size_t kWrappedSize = kKeySize + 8;
constexpr std::size_t kIdentifierSizeMax = 4096;
constexpr std::size_t kSmallMax = 256;
constexpr std::size_t kRecipientKeysMax = 64;

template <typename T>
Bytes DerOf(int (*encode)(const T*, unsigned char**), const T* object) {
  unsigned char* raw = nullptr;
  const int size = encode(object, &raw);
  const DerPtr owner(raw);
  return size > 0 ? Bytes(raw, raw + size) : Bytes();
}

// ECC-CMS-SharedInfo (RFC 5753, 7.2), which ties the derived key to its use.
Bytes SharedInfo(BytesView wrap_algorithm, BytesView user_key_material) {
  constexpr std::array<std::uint8_t, 4> kKeyBits = {0, 0, 1, 0};
  Bytes user_info;
  if (!user_key_material.empty()) {
    user_info =
        ber::Element(ber::Context(0), {ber::Element(ber::kOctetString, {user_key_material})});
  }
  const Bytes key_bits =
      ber::Element(ber::Context(2), {ber::Element(ber::kOctetString, {kKeyBits})});
  return ber::Element(ber::kSequence, {wrap_algorithm, user_info, key_bits});
}

// ANSI X9.63 with SHA-256: one round gives the 32 bytes needed.
Result<SecretBytes> DeriveWrappingKey(EVP_PKEY* own, EVP_PKEY* peer, BytesView shared_info) {
  const KeyContextPtr context(EVP_PKEY_CTX_new(own, nullptr));
  SecretBytes shared(kKeySize);
  std::size_t size = shared.size();
  if (context == nullptr || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer) != 1 ||
      EVP_PKEY_derive(context.get(), shared.data(), &size) != 1 || size != shared.size()) {
    return Error{ErrorCode::kInvalid, "the package's key agreement is malformed"};
  }
  constexpr std::array<std::uint8_t, 4> kRound = {0, 0, 0, 1};
  Sha256 hash;
  hash.Update(shared);
  hash.Update(kRound);
  hash.Update(shared_info);
  Digest derived = hash.Finish();
  SecretBytes key = CopyToSecret(derived);
  WipeMemory(derived.data(), derived.size());
  return key;
}

// RFC 3394, both ways; false when the integrity check fails.
bool RunKeyWrap(BytesView key, BytesView in, std::span<std::uint8_t> out, bool wraps) {
  const CipherContextPtr context(EVP_CIPHER_CTX_new());
  if (context == nullptr) {
    return false;
  }
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  int size = 0;
  return EVP_CipherInit_ex(
             context.get(), EVP_aes_256_wrap(), nullptr, key.data(), nullptr, wraps ? 1 : 0
         ) == 1 &&
         EVP_CipherUpdate(
             context.get(), out.data(), &size, in.data(), static_cast<int>(in.size())
         ) == 1 &&
         static_cast<std::size_t>(size) == out.size();
}

Bytes EncodedPoint(EVP_PKEY* key) {
  unsigned char* raw = nullptr;
  const std::size_t size = EVP_PKEY_get1_encoded_public_key(key, &raw);
  const DerPtr owner(raw);
  return {raw, raw + size};
}

// What one KeyAgreeRecipientInfo says, before any key is touched.
struct KeyAgreement {
  Bytes key_kind;
  Bytes point;
  Bytes user_key_material;
  Bytes derivation;
  Bytes wrap_algorithm;
  std::optional<Bytes> wrapped_key;  // ours, if it is for us
};

Result<void> ReadOriginator(BerReader& reader, KeyAgreement& agreement) {
  MUSUBI_CHECK_OK(reader.Enter(ber::Context(0)));
  MUSUBI_CHECK_OK(reader.Enter(ber::Context(1)));
  MUSUBI_TRY(agreement.key_kind, reader.ReadElement(kSmallMax));
  MUSUBI_TRY(Bytes point, reader.ReadPrimitive(ber::kBitString, kSmallMax));
  if (point.empty() || point.front() != 0) {  // no unused bits
    return reader.Invalid("is malformed: its ephemeral key");
  }
  agreement.point.assign(point.begin() + 1, point.end());
  MUSUBI_CHECK_OK(reader.Leave());
  return reader.Leave();
}

Result<void> ReadAlgorithm(BerReader& reader, KeyAgreement& agreement) {
  MUSUBI_CHECK_OK(reader.Enter(ber::kSequence));
  MUSUBI_TRY(agreement.derivation, reader.ReadElement(kSmallMax));
  MUSUBI_TRY(agreement.wrap_algorithm, reader.ReadElement(kSmallMax));
  return reader.Leave();
}

Result<void> CheckAlgorithms(const KeyAgreement& agreement) {
  if (!std::ranges::equal(agreement.derivation, cms::kEcdhSha256Kdf)) {
    return Error{
        ErrorCode::kInvalid,
        "the package derives its key in a way that is not accepted",
        {},
        "with openssl cms: -keyopt ecdh_kdf_md:sha256"
    };
  }
  constexpr std::array<std::uint8_t, 2> kNull = {0x05, 0x00};
  // The curve goes without saying: the recipient's.
  if (agreement.key_kind != ber::Element(ber::kSequence, {cms::kEcPublicKey}) &&
      agreement.key_kind != ber::Element(ber::kSequence, {cms::kEcPublicKey, kNull})) {
    return Error{ErrorCode::kInvalid, "the package is not sealed with an elliptic curve key"};
  }
  if (agreement.wrap_algorithm != ber::Element(ber::kSequence, {cms::kAes256Wrap}) &&
      agreement.wrap_algorithm != ber::Element(ber::kSequence, {cms::kAes256Wrap, kNull})) {
    return Error{
        ErrorCode::kInvalid,
        "the package wraps its key in a way that is not accepted",
        {},
        "with openssl cms: -aes256-wrap"
    };
  }
  return Ok();
}

Result<bool> ReadIdentifier(BerReader& reader, const Certificate& recipient) {
  MUSUBI_TRY(const std::uint8_t tag, reader.PeekTag());
  if (tag == ber::kSequence) {
    MUSUBI_TRY(const Bytes identifier, reader.ReadElement(kIdentifierSizeMax));
    return IsIssuerAndSerialOf(identifier, recipient);
  }
  MUSUBI_CHECK_OK(reader.Enter(ber::Context(0)));
  MUSUBI_TRY(const Bytes key_id, reader.ReadPrimitive(ber::kOctetString, kSmallMax));
  for (;;) {  // a date and other attributes may follow
    MUSUBI_TRY(const bool is_at_end, reader.AtEnd());
    if (is_at_end) {
      break;
    }
    MUSUBI_CHECK_OK(reader.ReadElement(kIdentifierSizeMax));
  }
  MUSUBI_CHECK_OK(reader.Leave());
  const BytesView own = SubjectKeyId(recipient);
  return !own.empty() && std::equal(own.begin(), own.end(), key_id.begin(), key_id.end());
}

Result<void> ReadEncryptedKeys(
    BerReader& reader, const Certificate& recipient, KeyAgreement& agreement
) {
  MUSUBI_CHECK_OK(reader.Enter(ber::kSequence));
  for (std::size_t count = 0;; ++count) {
    MUSUBI_TRY(const bool is_at_end, reader.AtEnd());
    if (is_at_end) {
      return reader.Leave();
    }
    if (count == kRecipientKeysMax) {
      return reader.Invalid("has too many recipients");
    }
    MUSUBI_CHECK_OK(reader.Enter(ber::kSequence));
    MUSUBI_TRY(const bool is_ours, ReadIdentifier(reader, recipient));
    MUSUBI_TRY(Bytes wrapped, reader.ReadPrimitive(ber::kOctetString, kSmallMax));
    MUSUBI_CHECK_OK(reader.Leave());
    if (is_ours && !agreement.wrapped_key) {
      agreement.wrapped_key = std::move(wrapped);
    }
  }
}

// Algorithms are judged afterwards: what another recipient's part is made of is not our business.
Result<KeyAgreement> ReadKeyAgreement(BytesView info, const Certificate& recipient) {
  MemorySource source(info);
  BerReader reader(source, "the package", kSmallMax);
  KeyAgreement agreement;
  MUSUBI_CHECK_OK(reader.Enter(ber::Context(1)));
  constexpr std::array<std::uint8_t, 3> kVersion = {ber::kInteger, 1, 3};
  MUSUBI_CHECK_OK(reader.Expect(kVersion, "is of an unknown version"));
  MUSUBI_CHECK_OK(ReadOriginator(reader, agreement));
  MUSUBI_TRY(const std::uint8_t tag, reader.PeekTag());
  if (tag == ber::Context(1)) {
    MUSUBI_CHECK_OK(reader.Enter(tag));
    MUSUBI_TRY(agreement.user_key_material, reader.ReadPrimitive(ber::kOctetString, kSmallMax));
    MUSUBI_CHECK_OK(reader.Leave());
  }
  MUSUBI_CHECK_OK(ReadAlgorithm(reader, agreement));
  MUSUBI_CHECK_OK(ReadEncryptedKeys(reader, recipient, agreement));
  MUSUBI_CHECK_OK(reader.Leave());
  return agreement;
}

Result<KeyPtr> PublicKeyOf(BytesView point, EVP_PKEY* of_same_curve) {
  KeyPtr key(EVP_PKEY_new());
  // One spelling only: OpenSSL would take the hybrid and the compressed form as well.
  constexpr std::uint8_t kUncompressed = 0x04;
  if (key == nullptr || point.empty() || point.front() != kUncompressed ||
      EVP_PKEY_copy_parameters(key.get(), of_same_curve) != 1 ||
      EVP_PKEY_set1_encoded_public_key(key.get(), point.data(), point.size()) != 1) {
    return Error{ErrorCode::kInvalid, "the package's ephemeral key is not a P-256 key"};
  }
  return key;
}

}  // namespace

Bytes IssuerAndSerial(const Certificate& certificate) {
  return ber::Element(
      ber::kSequence,
      {DerOf<X509_NAME>(i2d_X509_NAME, X509_get_issuer_name(certificate.get())),
       DerOf<ASN1_INTEGER>(i2d_ASN1_INTEGER, X509_get0_serialNumber(certificate.get()))}
  );
}

// By bytes: writers copy both out of the certificate, which is what RFC 5652 asks of them.
bool IsIssuerAndSerialOf(BytesView element, const Certificate& certificate) {
  const Bytes own = IssuerAndSerial(certificate);
  return std::equal(own.begin(), own.end(), element.begin(), element.end());
}

BytesView SubjectKeyId(const Certificate& certificate) {
  const ASN1_OCTET_STRING* key_id = X509_get0_subject_key_id(certificate.get());
  if (key_id == nullptr) {
    return {};
  }
  return {ASN1_STRING_get0_data(key_id), static_cast<std::size_t>(ASN1_STRING_length(key_id))};
}

Result<RecipientKey> RecipientKey::Agree(const Certificate& recipient) {
  const ErrorQueueMark mark;
  const PrivateKey ephemeral = PrivateKey::Generate();
  const Bytes wrap_algorithm = ber::Element(ber::kSequence, {cms::kAes256Wrap});
  RecipientKey key;
  MUSUBI_TRY(
      key.wrapping_key_,
      DeriveWrappingKey(
          ephemeral.get(), X509_get0_pubkey(recipient.get()), SharedInfo(wrap_algorithm, {})
      )
  );
  constexpr std::array<std::uint8_t, 3> kVersion = {ber::kInteger, 1, 3};
  constexpr std::array<std::uint8_t, 1> kNoUnusedBits = {0};
  ber::Append(key.beginning_, kVersion);
  ber::Append(
      key.beginning_,
      ber::Element(
          ber::Context(0),
          {ber::Element(
              ber::Context(1),
              {ber::Element(ber::kSequence, {cms::kEcPublicKey}),
               ber::Element(ber::kBitString, {kNoUnusedBits, EncodedPoint(ephemeral.get())})}
          )}
      )
  );
  ber::Append(key.beginning_, ber::Element(ber::kSequence, {cms::kEcdhSha256Kdf, wrap_algorithm}));
  key.identifier_ = IssuerAndSerial(recipient);
  return key;
}

Result<Bytes> RecipientKey::MakeInfo(BytesView content_key) const {
  const ErrorQueueMark mark;
  Bytes wrapped(kWrappedSize);
  if (content_key.size() != kKeySize || !RunKeyWrap(wrapping_key_, content_key, wrapped, true)) {
    return OpensslFailure("wrap the package's key");
  }
  const Bytes key =
      ber::Element(ber::kSequence, {identifier_, ber::Element(ber::kOctetString, {wrapped})});
  return ber::Element(ber::Context(1), {beginning_, ber::Element(ber::kSequence, {key})});
}

Result<SecretBytes> OpenRecipientInfo(BytesView recipient_info, const Identity& recipient) {
  const ErrorQueueMark mark;
  if (recipient_info.empty() || recipient_info.front() != ber::Context(1)) {
    return SecretBytes();  // RSA, passphrases and the like: somebody else's
  }
  MUSUBI_TRY(const KeyAgreement agreement, ReadKeyAgreement(recipient_info, recipient.certificate));
  if (!agreement.wrapped_key) {
    return SecretBytes();
  }
  MUSUBI_CHECK_OK(CheckAlgorithms(agreement));
  MUSUBI_TRY(const KeyPtr peer, PublicKeyOf(agreement.point, recipient.key.get()));
  MUSUBI_TRY(
      const SecretBytes wrapping_key,
      DeriveWrappingKey(
          recipient.key.get(),
          peer.get(),
          SharedInfo(agreement.wrap_algorithm, agreement.user_key_material)
      )
  );
  SecretBytes content_key(kKeySize);
  if (agreement.wrapped_key->size() != kWrappedSize ||
      !RunKeyWrap(wrapping_key, *agreement.wrapped_key, content_key, false)) {
    return Error{
        ErrorCode::kRefused,
        "the package's key does not open with this recipient's key: it was changed, or sealed to "
        "another key of the same name"
    };
  }
  return content_key;
}

}  // namespace musubi::crypto
