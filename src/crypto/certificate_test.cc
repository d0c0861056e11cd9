#include "crypto/certificate.h"

#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include "base/io.h"
#include "crypto/scheme_for_test.h"

namespace musubi::crypto {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

TEST(Certificate, PemAndDerRoundTrip) {
  SchemeForTest scheme;
  const Identity node = scheme.Issue("insurer-133033");
  const auto from_pem = Certificate::FromPem(node.certificate.Pem());
  const auto from_der = Certificate::FromDer(node.certificate.Der());
  ASSERT_TRUE(from_pem.ok());
  ASSERT_TRUE(from_der.ok());
  EXPECT_EQ(from_pem->Der(), node.certificate.Der());
  EXPECT_EQ(from_der->id(), "insurer-133033");
  EXPECT_EQ(from_der->serial(), scheme.authority.issued().back().serial);
  EXPECT_EQ(from_der->serial().size(), 32U);
}

TEST(Certificate, IsBackDatedAndValidForTwoYears) {
  SchemeForTest scheme;
  const Identity node = scheme.Issue("hub");
  EXPECT_EQ(node.certificate.valid_from(), scheme.now - 5min);
  EXPECT_EQ(node.certificate.expires_at(), scheme.now + days(730));
}

TEST(Certificate, ServesTlsBothWaysAndNamesItsNode) {
  SchemeForTest scheme;
  const Identity node = scheme.Issue("hub");
  X509* const raw = node.certificate.get();
  EXPECT_EQ(X509_check_purpose(raw, X509_PURPOSE_SSL_SERVER, 0), 1);
  EXPECT_EQ(X509_check_purpose(raw, X509_PURPOSE_SSL_CLIENT, 0), 1);
  EXPECT_EQ(X509_check_host(raw, "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(raw, "127.0.0.1", 0), 1);
  EXPECT_NE(AsText(node.certificate.Der()).find("urn:musubi:node:hub"), std::string_view::npos);
  EXPECT_EQ(X509_check_ca(raw), 0);
}

TEST(Certificate, NamesTheHostItWasIssuedFor) {
  SchemeForTest scheme;
  const auto by_name = scheme.authority.Issue("hub", scheme.now, days(1), "hub.example.jp");
  const auto by_address = scheme.authority.Issue("hub", scheme.now, days(1), "192.0.2.7");
  const auto wrong = scheme.authority.Issue("hub", scheme.now, days(1), "a,DNS:evil");
  ASSERT_TRUE(by_name.ok());
  ASSERT_TRUE(by_address.ok());
  EXPECT_EQ(X509_check_host(by_name->certificate.get(), "hub.example.jp", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(by_address->certificate.get(), "192.0.2.7", 0), 1);
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, ErrorCode::kInvalid);
}

TEST(Certificate, GarbageAndTrailingBytesAreRefused) {
  SchemeForTest scheme;
  Bytes der = scheme.Issue("hub").certificate.Der();
  der.push_back(0);
  EXPECT_FALSE(Certificate::FromDer(der).ok());
  EXPECT_FALSE(Certificate::FromPem("nonsense").ok());
  EXPECT_FALSE(Certificate::FromPem("").ok());
  EXPECT_FALSE(PrivateKey::FromPem("nonsense").ok());
}

TEST(Certificate, IdsOutsideTheAlphabetAreRefused) {
  SchemeForTest scheme;
  for (const char* id : {"", "Hub", "a,b", "hub/../x", "hub\n", "保険者"}) {
    const auto issued = scheme.authority.Issue(id, scheme.now);
    ASSERT_FALSE(issued.ok()) << id;
    EXPECT_EQ(issued.error().code, ErrorCode::kInvalid);
  }
}

TEST(Identity, LoadsAPairAndRefusesAStrangersKey) {
  SchemeForTest scheme;
  const Identity node = scheme.Issue("hub");
  const auto certificate_path = scheme.folder() / "node.pem";
  const auto key_path = scheme.folder() / "node.key";
  ASSERT_TRUE(WriteFile(certificate_path, node.certificate.Pem()).ok());
  ASSERT_TRUE(WriteFile(key_path, node.key.Pem()).ok());
  ASSERT_TRUE(Identity::Load(certificate_path, key_path).ok());
  ASSERT_TRUE(WriteFile(key_path, PrivateKey::Generate().Pem()).ok());
  const auto refused = Identity::Load(certificate_path, key_path);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
}

TEST(Identity, SealingIdentityIsSignedByItsNodeOnly) {
  SchemeForTest scheme;
  const Identity hub = scheme.Issue("hub");
  const Identity other = scheme.Issue("network");
  const auto sealing = MakeSealingIdentity(hub, "hub-batch-1", scheme.now);
  ASSERT_TRUE(sealing.ok());
  EXPECT_EQ(sealing->certificate.id(), "hub-batch-1");
  EXPECT_TRUE(sealing->certificate.IsSignedBy(hub.certificate));
  EXPECT_FALSE(sealing->certificate.IsSignedBy(other.certificate));
  EXPECT_FALSE(scheme.trust->Verify(sealing->certificate, scheme.now).ok());
}

void ExpectRefused(const Result<void>& result, std::string_view reason) {
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kRefused);
  EXPECT_NE(result.error().Text().find(reason), std::string::npos) << result.error().Text();
}

TEST(Trust, AcceptsACertificateOfItsAuthority) {
  SchemeForTest scheme;
  const auto verified = scheme.trust->Verify(scheme.Issue("hub").certificate, scheme.now);
  EXPECT_TRUE(verified.ok());
}

TEST(Trust, SaysThatACertificateIsExpiredOrNotYetValid) {
  SchemeForTest scheme;
  const auto one_day = scheme.authority.Issue("hub", scheme.now, days(1));
  ASSERT_TRUE(one_day.ok());
  ExpectRefused(scheme.trust->Verify(one_day->certificate, scheme.now + days(2)), "has expired");
  const auto later = scheme.authority.Issue("hub", scheme.now + days(2), days(1));
  ASSERT_TRUE(later.ok());
  ExpectRefused(scheme.trust->Verify(later->certificate, scheme.now), "clock right");
}

TEST(Trust, SaysThatACertificateIsOfAnotherAuthority) {
  SchemeForTest scheme;
  SchemeForTest stranger;
  const Identity node = stranger.Issue("hub");
  ExpectRefused(scheme.trust->Verify(node.certificate, scheme.now), "another authority");
  ExpectRefused(
      scheme.trust->Verify(stranger.authority.certificate(), scheme.now), "another authority"
  );
}

TEST(Trust, RefusesTheAuthorityItselfAsANode) {
  SchemeForTest scheme;
  ExpectRefused(scheme.trust->Verify(scheme.authority.certificate(), scheme.now), "not a node's");
}

TEST(Trust, RevocationWorksOnTheNextCheck) {
  SchemeForTest scheme;
  const Identity node = scheme.Issue("hub");
  const Identity other = scheme.Issue("network");
  ASSERT_TRUE(scheme.trust->Verify(node.certificate, scheme.now).ok());
  const std::uint64_t before = scheme.trust->generation();
  ASSERT_TRUE(scheme.authority.Revoke(node.certificate.serial(), scheme.now).ok());
  ExpectRefused(scheme.trust->Verify(node.certificate, scheme.now), "revoked");
  EXPECT_TRUE(scheme.trust->Verify(other.certificate, scheme.now).ok());
  EXPECT_EQ(scheme.trust->generation(), before + 1);
}

TEST(Trust, AnOldRevocationListIsNotUsableUntilRefreshed) {
  SchemeForTest scheme;
  const Identity node = scheme.Issue("hub");
  const Instant later = scheme.now + days(31);
  ExpectRefused(scheme.trust->Verify(node.certificate, later), "out of date");
  ASSERT_TRUE(scheme.authority.RefreshRevocationList(later).ok());
  EXPECT_TRUE(scheme.trust->Verify(node.certificate, later).ok());
}

TEST(Trust, ADamagedMissingOrForeignRevocationListRefusesEverybody) {
  SchemeForTest scheme;
  SchemeForTest stranger;
  const Identity node = scheme.Issue("hub");
  const auto path = scheme.trust->crl_path();
  const std::string good = *ReadFile(path);
  ASSERT_TRUE(WriteFile(path, "nonsense").ok());
  ExpectRefused(scheme.trust->Verify(node.certificate, scheme.now), "malformed");
  std::filesystem::remove(path);
  ExpectRefused(scheme.trust->Verify(node.certificate, scheme.now), "cannot be read");
  ASSERT_TRUE(WriteFile(path, *ReadFile(stranger.trust->crl_path())).ok());
  ExpectRefused(scheme.trust->Verify(node.certificate, scheme.now), "not signed by the authority");
  ASSERT_TRUE(WriteFile(path, good).ok());
  EXPECT_TRUE(scheme.trust->Verify(node.certificate, scheme.now).ok());
}

TEST(Trust, DoesNotLoadANodesCertificateAsAuthority) {
  SchemeForTest scheme;
  const auto path = scheme.folder() / "node.pem";
  ASSERT_TRUE(WriteFile(path, scheme.Issue("hub").certificate.Pem()).ok());
  EXPECT_FALSE(Trust::Load(path, scheme.trust->crl_path()).ok());
}

TEST(Trust, ManyThreadsCheckWhileTheListIsReplaced) {
  SchemeForTest scheme;
  const Identity node = scheme.Issue("hub");
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        failures += scheme.trust->Verify(node.certificate, scheme.now).ok() ? 0 : 1;
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(scheme.authority.RefreshRevocationList(scheme.now).ok());
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(failures, 0);
}

TEST(Authority, KnowsAfterReopeningWhatItIssuedAndRevoked) {
  SchemeForTest scheme;
  const Identity first = scheme.Issue("hub");
  const Identity second = scheme.Issue("hub");
  ASSERT_TRUE(scheme.authority.Revoke(first.certificate.serial(), scheme.now).ok());
  auto reopened = Authority::Open(scheme.folder());
  ASSERT_TRUE(reopened.ok()) << reopened.error().Text();
  ASSERT_EQ(reopened->issued().size(), 2U);
  EXPECT_EQ(reopened->issued()[0].revoked_at, scheme.now);
  EXPECT_EQ(reopened->issued()[1].serial, second.certificate.serial());
  EXPECT_FALSE(reopened->issued()[1].revoked_at.has_value());
  const auto third = reopened->Issue("network", scheme.now);
  ASSERT_TRUE(third.ok());
  EXPECT_TRUE(scheme.trust->Verify(third->certificate, scheme.now).ok());
  EXPECT_FALSE(scheme.trust->Verify(first.certificate, scheme.now).ok());
}

TEST(Authority, TwoOpenHandlesDoNotLoseEachOthersCertificates) {
  SchemeForTest scheme;
  auto other = Authority::Open(scheme.folder());
  ASSERT_TRUE(other.ok());
  const Identity mine = scheme.Issue("hub");
  ASSERT_TRUE(other->Issue("network", scheme.now).ok());
  ASSERT_EQ(other->issued().size(), 2U);
  EXPECT_TRUE(other->Revoke(mine.certificate.serial(), scheme.now).ok());
  EXPECT_FALSE(scheme.trust->Verify(mine.certificate, scheme.now).ok());
}

TEST(Authority, RevokingAnUnknownSerialIsNotFound) {
  SchemeForTest scheme;
  const auto revoked = scheme.authority.Revoke("00", scheme.now);
  ASSERT_FALSE(revoked.ok());
  EXPECT_EQ(revoked.error().code, ErrorCode::kNotFound);
}

TEST(Authority, IsNotCreatedOverAnExistingOne) {
  SchemeForTest scheme;
  const auto second = Authority::Create(scheme.folder(), "another", scheme.now);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
}

TEST(Authority, KeyFileIsForItsOwnerOnly) {
  SchemeForTest scheme;
  const auto status = std::filesystem::status(scheme.folder() / "authority.key");
  EXPECT_EQ(static_cast<unsigned>(status.permissions()), 0600U);
}

TEST(Authority, DoesNotIssueBeyondItsOwnEnd) {
  SchemeForTest scheme;
  const auto issued = scheme.authority.Issue("hub", scheme.now, days(4000));
  ASSERT_FALSE(issued.ok());
  EXPECT_EQ(issued.error().code, ErrorCode::kPrecondition);
}

TEST(Authority, DamagedIndexIsNamedWithItsLine) {
  SchemeForTest scheme;
  static_cast<void>(scheme.Issue("hub"));
  std::ofstream(scheme.folder() / "index.csv", std::ios::app) << "half a line\n";
  const auto opened = Authority::Open(scheme.folder());
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(opened.error().place.find("index.csv:3"), std::string::npos);
}

}  // namespace
}  // namespace musubi::crypto
