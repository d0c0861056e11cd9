#include "insurer/association.h"

#include <gtest/gtest.h>

#include "base/io.h"
#include "tests/support/store_fixture.h"

namespace musubi::insurer {
namespace {

using test::Must;

class AssociationTest : public testing::Test {
 protected:
  void SetUp() override {
    auto authority = Must(crypto::Authority::Create(Path("authority"), "test", now_));
    Keep("insurer-133033", Must(authority.Issue("insurer-133033", now_)));
    Keep("terminal-133033", Must(authority.Issue("terminal-133033", now_)));
    Keep("terminal-133264", Must(authority.Issue("terminal-133264", now_)));
    Must(WriteFile(Path("pass"), "correct horse\n"));
    const std::string_view passphrase = "correct horse";
    Must(crypto::CreateKeyFile(Path("vault.key"), AsBytes(passphrase)));
  }

  std::filesystem::path Path(const std::string& name) const { return folder_.path() / name; }

  void Keep(const std::string& id, const crypto::Identity& identity) {
    Must(MakeFolder(Path(id)));
    Must(WriteFile(Path(id) / "node.pem", identity.certificate.Pem()));
    Must(WriteFile(Path(id) / "node.key", identity.key.Pem()));
  }

  Result<std::unique_ptr<Association>> Open(
      const std::string& terminal = "terminal-133033", const std::string& more = ""
  ) {
    Must(WriteFile(
        Path("insurer.toml"),
        "[node]\nid = \"insurer-133033\"\nfolder = \"insurer-133033\"\nmode = \"test\"\n"
        "store = \"sqlite:insurer-133033/insurer.db\"\n"
        "[tls]\ncertificate = \"insurer-133033/node.pem\"\nkey = \"insurer-133033/node.key\"\n"
        "authority = \"authority/authority.pem\"\ncrl = \"authority/crl.pem\"\n"
        "[insurer]\nnumber = \"133033\"\nterminal_certificate = \"" +
            terminal + "/node.pem\"\n" +
            "[vault]\nkey_file = \"vault.key\"\npassphrase_file = \"pass\"\n" + more
    ));
    return Association::Open(Path("insurer.toml"), clock_, "clerk");
  }

  test::TemporaryFolder folder_;
  Instant now_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours(3)};
  ManualClock clock_{now_};
};

TEST_F(AssociationTest, ItsConfigurationOpensStoreVaultAndKeys) {
  const auto association = Must(Open());
  EXPECT_TRUE(association->OpenVault().ok());
  EXPECT_EQ(Must(association->LoadIdentity()).certificate.id(), "insurer-133033");
  EXPECT_EQ(Must(association->LoadTerminalCertificate()).id(), "terminal-133033");
  EXPECT_TRUE(Must(association->people().CountStates()).empty());
}

TEST_F(AssociationTest, AWrongPassphraseOpensNoVault) {
  Must(Must(Open())->OpenVault());
  Must(WriteFile(Path("pass"), "wrong\n"));
  EXPECT_EQ(Must(Open())->OpenVault().error().code, ErrorCode::kRefused);
}

TEST_F(AssociationTest, AnotherAssociationsTerminalGetsNoList) {
  const auto association = Must(Open("terminal-133264"));
  EXPECT_EQ(association->LoadTerminalCertificate().error().code, ErrorCode::kRefused);
}

TEST_F(AssociationTest, AnExpiredTerminalGetsNoList) {
  const auto association = Must(Open());
  clock_.Advance(std::chrono::days(800));
  EXPECT_EQ(association->LoadTerminalCertificate().error().code, ErrorCode::kRefused);
}

TEST_F(AssociationTest, AnUnknownKeyIsRefused) {
  EXPECT_FALSE(Open("terminal-133033", "key_fiel = \"x\"\n").ok());
}

}  // namespace
}  // namespace musubi::insurer
