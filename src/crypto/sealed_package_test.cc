#include "crypto/sealed_package.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/cipher.h"
#include "crypto/envelope.h"
#include "crypto/scheme_for_test.h"
#include "crypto/signed_message.h"

namespace musubi::crypto {
namespace {

using std::chrono::days;

struct PackageForTest : SchemeForTest {
  Identity insurer = Issue("insurer-133033");
  Identity hub = Issue("hub");
  Identity terminal = Issue("terminal-133033");

  [[nodiscard]] Bytes Seal(BytesView content, const Identity& signer, const Certificate& recipient)
      const {
    MemorySink sink;
    auto writer = SealingWriter::Create(sink, signer, recipient, now).value();
    EXPECT_TRUE(writer->Write(content).ok());
    EXPECT_TRUE(writer->Finish().ok());
    return sink.Take();
  }

  [[nodiscard]] Bytes Seal(BytesView content) const {
    return Seal(content, insurer, hub.certificate);
  }

  struct Opened {
    Result<OpenedPackage> result;
    Bytes content;
  };

  [[nodiscard]] Opened Open(BytesView package, const Identity& recipient, Instant at) const {
    MemorySource source(package);
    Bytes content;
    auto result = OpenPackage(source, recipient, *trust, at, [&](BytesView piece) {
      content.insert(content.end(), piece.begin(), piece.end());
      return Ok();
    });
    return {std::move(result), std::move(content)};
  }

  [[nodiscard]] Opened Open(BytesView package) const { return Open(package, hub, now); }
};

void ExpectError(const Result<OpenedPackage>& result, ErrorCode code, std::string_view reason) {
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, code) << result.error().Text();
  EXPECT_NE(result.error().Text().find(reason), std::string::npos) << result.error().Text();
}

const PackageForTest& Shared() {
  static const PackageForTest shared;
  return shared;
}

Bytes RandomContent(std::size_t size) {
  Bytes content(size);
  FillRandom(content);
  return content;
}

TEST(SealedPackage, ThoseOfOneAgreedKeyOpenEachByItself) {
  const PackageForTest& shared = Shared();
  const RecipientKey key = RecipientKey::Agree(shared.hub.certificate).value();
  const Bytes content = RandomContent(100);
  std::array<Bytes, 2> packages;
  for (Bytes& package : packages) {
    MemorySink sink;
    const auto writer = SealingWriter::Create(sink, shared.insurer, key, shared.now).value();
    ASSERT_TRUE(writer->Write(content).ok());
    ASSERT_TRUE(writer->Finish().ok());
    package = sink.Take();
  }
  for (const Bytes& package : packages) {
    const auto opened = shared.Open(package);
    ASSERT_TRUE(opened.result.ok()) << opened.result.error().Text();
    EXPECT_EQ(opened.content, content);
    ExpectError(
        shared.Open(package, shared.terminal, shared.now).result,
        ErrorCode::kRefused,
        "not addressed to this recipient"
    );
  }
  // Content keys of their own: what is told to the recipient differs already, at its end, and not
  // only what comes after it.
  const Bytes told = key.MakeInfo(Bytes(32, 1)).value();
  const auto differs = std::ranges::mismatch(packages[0], packages[1]);
  EXPECT_LT(differs.in1 - packages[0].begin(), static_cast<std::ptrdiff_t>(told.size()));
}

RC_GTEST_PROP(SealedPackage, ContentSurvivesHoweverItIsDivided, ()) {
  const auto size = *rc::gen::element<std::size_t>(
      0, 1, 127, 128, 65535, 65536, 65537, 131072, 3'000'000, *rc::gen::inRange(0, 200'000)
  );
  const Bytes content = RandomContent(size);
  MemorySink sink;
  auto writer =
      SealingWriter::Create(sink, Shared().insurer, Shared().hub.certificate, Shared().now).value();
  BytesView left = content;
  while (!left.empty()) {
    const auto wish = *rc::gen::element<std::size_t>(1, 7, 5000, 65535, 65536, 65537, 1'000'000);
    const std::size_t step = std::min(wish, left.size());
    RC_ASSERT(writer->Write(left.first(step)).ok());
    left = left.subspan(step);
  }
  RC_ASSERT(writer->Finish().ok());
  const auto opened = Shared().Open(sink.bytes());
  RC_ASSERT(opened.result.ok());
  RC_ASSERT(opened.result->signer.id() == "insurer-133033");
  RC_ASSERT(opened.content == content);
}

// A source that gives a byte or three at a time, as a slow line does.
class DrippingSource : public ByteSource {
 public:
  explicit DrippingSource(BytesView bytes) : source_(bytes) {}

  Result<std::size_t> Read(std::span<std::uint8_t> into) override {
    return source_.Read(into.first(std::min<std::size_t>(into.size(), 1 + (turn_++ % 3))));
  }

 private:
  MemorySource source_;
  std::size_t turn_ = 0;
};

TEST(SealedPackage, OpensFromASourceThatDrips) {
  const Bytes content = RandomContent(100'000);
  const Bytes package = Shared().Seal(content);
  DrippingSource source(package);
  Bytes read;
  const auto opened =
      OpenPackage(source, Shared().hub, *Shared().trust, Shared().now, [&](BytesView piece) {
        read.insert(read.end(), piece.begin(), piece.end());
        return Ok();
      });
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(read, content);
}

TEST(SealedPackage, EveryTruncationIsRefused) {
  const Bytes package = Shared().Seal(AsBytes("H,NL\r\nD,1\r\n"));
  for (std::size_t size = 0; size < package.size(); ++size) {
    const auto opened = Shared().Open(BytesView(package).first(size));
    ASSERT_FALSE(opened.result.ok()) << size;
    EXPECT_EQ(opened.result.error().code, ErrorCode::kInvalid) << opened.result.error().Text();
  }
}

TEST(SealedPackage, NoFlippedBitYieldsOtherContentOrAnotherSigner) {
  const Bytes content = RandomContent(40);
  const Bytes package = Shared().Seal(content);
  std::size_t accepted = 0;
  for (std::size_t bit = 0; bit < package.size() * 8; ++bit) {
    Bytes changed = package;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    const auto opened = Shared().Open(changed);
    if (opened.result.ok()) {
      ++accepted;
      EXPECT_EQ(opened.content, content) << bit;
      EXPECT_EQ(opened.result->signer.id(), "insurer-133033") << bit;
    }
  }
  EXPECT_EQ(accepted, 0U);
}

// OpenSSL takes the hybrid form too, with one of the two marks: the same package, spelt anew.
TEST(SealedPackage, TheEphemeralKeyHasOneSpelling) {
  const Bytes package = Shared().Seal(AsBytes("content"));
  constexpr std::array<std::uint8_t, 4> kBitStringOfPoint = {0x03, 0x42, 0x00, 0x04};
  const auto found = std::ranges::search(package, kBitStringOfPoint);
  ASSERT_FALSE(found.empty());
  for (const std::uint8_t hybrid : {std::uint8_t{6}, std::uint8_t{7}}) {
    Bytes changed = package;
    changed[static_cast<std::size_t>(found.begin() - package.begin()) + 3] = hybrid;
    ExpectError(Shared().Open(changed).result, ErrorCode::kInvalid, "not a P-256 key");
  }
}

TEST(SealedPackage, SomethingAfterTheEndIsRefused) {
  Bytes package = Shared().Seal(AsBytes("content"));
  package.push_back(0);
  ExpectError(Shared().Open(package).result, ErrorCode::kInvalid, "after its end");
}

TEST(SealedPackage, SomeoneElsesPackageIsRefusedAsSuch) {
  const Bytes package = Shared().Seal(AsBytes("content"));
  const auto opened = Shared().Open(package, Shared().terminal, Shared().now);
  ExpectError(opened.result, ErrorCode::kRefused, "not addressed");
  EXPECT_TRUE(opened.content.empty());
}

TEST(SealedPackage, ARightCertificateWithAWrongKeyIsRefused) {
  const Bytes package = Shared().Seal(AsBytes("content"));
  const Identity wrong{Shared().hub.certificate, PrivateKey::Generate()};
  const auto opened = Shared().Open(package, wrong, Shared().now);
  ExpectError(opened.result, ErrorCode::kRefused, "does not open");
}

TEST(SealedPackage, AChangedContentByteIsAWrongTag) {
  Bytes package = Shared().Seal(RandomContent(100'000));
  package[package.size() / 2] ^= 1U;
  ExpectError(Shared().Open(package).result, ErrorCode::kRefused, "tag is wrong");
}

TEST(SealedPackage, DamageIsNamedEvenIfTheCallerStumblesOverItFirst) {
  Bytes package = Shared().Seal(RandomContent(200'000));
  package[package.size() / 2] ^= 1U;
  MemorySource source(package);
  const auto opened =
      OpenPackage(source, Shared().hub, *Shared().trust, Shared().now, [](BytesView /*piece*/) {
        return Result<void>(Error{ErrorCode::kInvalid, "line 3 is malformed"});
      });
  ExpectError(opened, ErrorCode::kRefused, "tag is wrong");
}

TEST(SealedPackage, TheCallersErrorComesBack) {
  const Bytes package = Shared().Seal(RandomContent(200'000));
  for (const ErrorCode code : {ErrorCode::kInvalid, ErrorCode::kExhausted, ErrorCode::kRefused}) {
    MemorySource source(package);
    const auto opened =
        OpenPackage(source, Shared().hub, *Shared().trust, Shared().now, [&](BytesView /*piece*/) {
          return Result<void>(Error{code, "the caller's reason"});
        });
    ExpectError(opened, code, "the caller's reason");
  }
}

// Seals `message` as it is, without signing: for inner messages that SealingWriter never makes.
Bytes Envelope(BytesView message) {
  MemorySink sink;
  const auto writer = EnvelopeWriter::Create(sink, Shared().hub.certificate).value();
  EXPECT_TRUE(writer->Write(message).ok());
  EXPECT_TRUE(writer->Finish().ok());
  return sink.Take();
}

Bytes Signed(BytesView content) {
  MemorySink sink;
  SignedMessageWriter writer(sink, Shared().insurer, Shared().now);
  EXPECT_TRUE(writer.Begin().ok());
  EXPECT_TRUE(writer.Write(content).ok());
  EXPECT_TRUE(writer.Finish().ok());
  return sink.Take();
}

TEST(SealedPackage, ContentChangedUnderTheSignatureIsAWrongSignature) {
  Bytes message = Signed(AsBytes("birth date 1950-01-01"));
  const std::size_t at = AsText(message).find("1950");
  ASSERT_NE(at, std::string_view::npos);
  message[at] = '2';
  ExpectError(Shared().Open(Envelope(message)).result, ErrorCode::kRefused, "signature is wrong");
}

TEST(SealedPackage, NoFlippedBitUnderAGoodTagYieldsOtherContentOrAnotherSigner) {
  const Bytes content = RandomContent(40);
  const Bytes message = Signed(content);
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
    Bytes changed = message;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    const auto opened = Shared().Open(Envelope(changed));
    if (opened.result.ok()) {
      EXPECT_EQ(opened.content, content) << bit;
      EXPECT_EQ(opened.result->signer.id(), "insurer-133033") << bit;
    }
  }
}

TEST(SealedPackage, EveryTruncationOfTheSignedMessageIsRefused) {
  const Bytes message = Signed(AsBytes("content"));
  for (std::size_t size = 0; size < message.size(); ++size) {
    EXPECT_FALSE(Shared().Open(Envelope(BytesView(message).first(size))).result.ok()) << size;
  }
  Bytes longer = message;
  longer.push_back(0);
  ExpectError(Shared().Open(Envelope(longer)).result, ErrorCode::kInvalid, "after its end");
}

TEST(SealedPackage, ResignedByAnotherTrustedNodeNamesThatNode) {
  const Bytes package =
      Shared().Seal(AsBytes("content"), Shared().terminal, Shared().hub.certificate);
  const auto opened = Shared().Open(package);
  ASSERT_TRUE(opened.result.ok());
  EXPECT_EQ(opened.result->signer.id(), "terminal-133033");
}

TEST(SealedPackage, UntrustedExpiredEarlyAndRevokedSignersAreRefusedEachByName) {
  PackageForTest scheme;
  const SchemeForTest stranger;
  const Identity foreign =
      Authority(stranger.authority).Issue("insurer-133033", scheme.now).value();
  const Bytes of_stranger = scheme.Seal(AsBytes("x"), foreign, scheme.hub.certificate);
  ExpectError(scheme.Open(of_stranger).result, ErrorCode::kRefused, "another authority");

  const Identity brief = scheme.authority.Issue("insurer-133033", scheme.now, days(1)).value();
  const Bytes of_brief = scheme.Seal(AsBytes("x"), brief, scheme.hub.certificate);
  const Instant later = scheme.now + days(2);
  ExpectError(scheme.Open(of_brief, scheme.hub, later).result, ErrorCode::kRefused, "has expired");
  const Instant earlier = scheme.now - std::chrono::minutes(1);
  EXPECT_TRUE(scheme.Open(of_brief, scheme.hub, earlier).result.ok());

  const Identity early = scheme.authority.Issue("insurer-133033", later, days(1)).value();
  const Bytes of_early = scheme.Seal(AsBytes("x"), early, scheme.hub.certificate);
  ExpectError(scheme.Open(of_early).result, ErrorCode::kRefused, "not yet valid");

  ASSERT_TRUE(scheme.authority.Revoke(brief.certificate.serial(), scheme.now).ok());
  ExpectError(scheme.Open(of_brief).result, ErrorCode::kRefused, "revoked");
}

TEST(SealedPackage, ResealingKeepsTheSignatureAndChangesTheRecipient) {
  const Identity one_time = MakeSealingIdentity(Shared().hub, "hub-batch-1", Shared().now).value();
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, std::size_t{500'000}}) {
    const Bytes content = RandomContent(size);
    const Bytes package = Shared().Seal(content, Shared().insurer, Shared().terminal.certificate);
    MemorySource source(package);
    MemorySink sink;
    const auto resealed = ResealPackage(
        source, Shared().terminal, *Shared().trust, Shared().now, one_time.certificate, sink
    );
    ASSERT_TRUE(resealed.ok()) << resealed.error().Text();
    EXPECT_EQ(resealed->signer.id(), "insurer-133033");
    const auto opened = Shared().Open(sink.bytes(), one_time, Shared().now);
    ASSERT_TRUE(opened.result.ok()) << opened.result.error().Text();
    EXPECT_EQ(opened.result->signer.Der(), Shared().insurer.certificate.Der());
    EXPECT_EQ(opened.content, content);
    EXPECT_FALSE(Shared().Open(sink.bytes(), Shared().terminal, Shared().now).result.ok());
  }
}

TEST(SealedPackage, ADamagedPackageIsNotResealed) {
  Bytes package = Shared().Seal(RandomContent(1000));
  package[package.size() - 20] ^= 1U;
  MemorySource source(package);
  MemorySink sink;
  const auto resealed = ResealPackage(
      source, Shared().hub, *Shared().trust, Shared().now, Shared().terminal.certificate, sink
  );
  ExpectError(resealed, ErrorCode::kRefused, "tag is wrong");
}

class FullSink : public ByteSink {
 public:
  Result<void> Write(BytesView bytes) override {
    left_ -= std::min(left_, bytes.size());
    if (left_ == 0) {
      return Error{ErrorCode::kExhausted, "the disk is full"};
    }
    return Ok();
  }

 private:
  std::size_t left_ = 100'000;
};

TEST(SealedPackage, AFullDiskIsReportedAndTheWriterStaysClosed) {
  FullSink sink;
  auto writer =
      SealingWriter::Create(sink, Shared().insurer, Shared().hub.certificate, Shared().now).value();
  const auto written = writer->Write(RandomContent(300'000));
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::kExhausted);
  EXPECT_FALSE(writer->Write(AsBytes("more")).ok());
  EXPECT_FALSE(writer->Finish().ok());

  const Bytes package = Shared().Seal(RandomContent(300'000));
  MemorySource source(package);
  FullSink full;
  const auto resealed = ResealPackage(
      source, Shared().hub, *Shared().trust, Shared().now, Shared().terminal.certificate, full
  );
  ExpectError(resealed, ErrorCode::kExhausted, "the disk is full");
}

TEST(SealedPackage, NothingAndGarbageAreNotPackages) {
  ExpectError(Shared().Open({}).result, ErrorCode::kInvalid, "truncated");
  ExpectError(Shared().Open(AsBytes("H,NL,1,test\r\n")).result, ErrorCode::kInvalid, "");
  const Bytes nested(1000, 0x30);
  ExpectError(Shared().Open(nested).result, ErrorCode::kInvalid, "");
}

}  // namespace
}  // namespace musubi::crypto
