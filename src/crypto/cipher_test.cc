#include "crypto/cipher.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace musubi::crypto {
namespace {

RC_GTEST_PROP(Gcm, OpensWhatItSealed, (const Bytes& plaintext, const Bytes& additional)) {
  const SecretBytes key = RandomKey();
  const auto sealed = SealGcm(key, additional, plaintext);
  RC_ASSERT(sealed.ok());
  const auto opened = OpenGcm(key, additional, *sealed);
  RC_ASSERT(opened.ok());
  RC_ASSERT(std::equal(opened->begin(), opened->end(), plaintext.begin(), plaintext.end()));
}

TEST(Gcm, AnyChangedBitTruncationKeyOrAdditionalDataIsRefused) {
  const SecretBytes key = RandomKey();
  const Bytes sealed = *SealGcm(key, AsBytes("row 1"), AsBytes("secret"));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    const auto opened = OpenGcm(key, AsBytes("row 1"), changed);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, ErrorCode::kRefused);
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(OpenGcm(key, AsBytes("row 1"), BytesView(sealed).first(size)).ok());
  }
  EXPECT_FALSE(OpenGcm(key, AsBytes("row 2"), sealed).ok());
  EXPECT_FALSE(OpenGcm(RandomKey(), AsBytes("row 1"), sealed).ok());
}

TEST(Gcm, SealsTheSameValueDifferentlyEachTime) {
  const SecretBytes key = RandomKey();
  EXPECT_NE(*SealGcm(key, {}, AsBytes("secret")), *SealGcm(key, {}, AsBytes("secret")));
}

TEST(Gcm, KeyOfAnotherLengthIsRefused) {
  EXPECT_FALSE(SealGcm(Bytes(16), {}, {}).ok());
  EXPECT_FALSE(OpenGcm(Bytes(33), {}, Bytes(40)).ok());
}

TEST(BlockCipher, MatchesTheStandardsExample) {
  // FIPS 197, appendix C.3.
  const Bytes key = *FromHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  Bytes block = *FromHex("00112233445566778899aabbccddeeff");
  BlockCipher cipher(key);
  cipher.Encrypt(block);
  EXPECT_EQ(ToHex(block), "8ea2b7ca516745bfeafc49904b496089");
  cipher.Decrypt(block);
  EXPECT_EQ(ToHex(block), "00112233445566778899aabbccddeeff");
}

TEST(BlockCipher, ABatchIsItsBlocksOneByOne) {
  const SecretBytes key = RandomKey();
  BlockCipher cipher(key);
  Bytes batch(16 * 100);
  FillRandom(batch);
  Bytes singly = batch;
  const Bytes original = batch;
  cipher.Encrypt(batch);
  for (std::size_t i = 0; i < singly.size(); i += 16) {
    cipher.Encrypt(std::span(singly).subspan(i, 16));
  }
  EXPECT_EQ(batch, singly);
  EXPECT_NE(batch, original);
  BlockCipher moved = std::move(cipher);
  moved.Decrypt(batch);
  EXPECT_EQ(batch, original);
}

}  // namespace
}  // namespace musubi::crypto
