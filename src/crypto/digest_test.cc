#include "crypto/digest.h"

#include <gtest/gtest.h>

namespace musubi::crypto {
namespace {

TEST(Sha256, MatchesTheStandardsExamples) {
  // FIPS 180-4 examples.
  EXPECT_EQ(
      ToHex(Sha256Of(AsBytes("abc"))),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  );
  EXPECT_EQ(
      ToHex(Sha256Of({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  );
}

TEST(Sha256, PiecesGiveTheSameAsTheWholeAndFinishStartsAnew) {
  Sha256 hash;
  hash.Update(AsBytes("a"));
  hash.Update({});
  hash.Update(AsBytes("bc"));
  EXPECT_EQ(hash.Finish(), Sha256Of(AsBytes("abc")));
  hash.Update(AsBytes("abc"));
  EXPECT_EQ(hash.Finish(), Sha256Of(AsBytes("abc")));
}

TEST(HmacSha256, MatchesRfc4231) {
  HmacSha256 short_key(AsBytes("Jefe"));
  const std::string expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  EXPECT_EQ(ToHex(short_key.Of(AsBytes("what do ya want for nothing?"))), expected);
  EXPECT_EQ(ToHex(short_key.Of(AsBytes("what do ya want for nothing?"))), expected);
  const Bytes long_key(131, 0xaa);
  HmacSha256 hashed_key(long_key);
  EXPECT_EQ(
      ToHex(hashed_key.Of(AsBytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
  );
}

}  // namespace
}  // namespace musubi::crypto
