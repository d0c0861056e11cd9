#include "scheme/init.h"

#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/io.h"
#include "crypto/certificate.h"
#include "crypto/key_store.h"
#include "ledger/note.h"
#include "ops/config.h"
#include "ops/node.h"
#include "scheme/faults.h"
#include "scheme/node_file.h"
#include "scheme/status.h"
#include "scheme/supervisor.h"

namespace musubi::scheme {
namespace {

class SchemeInitTest : public testing::Test {
 protected:
  SchemeInitTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "scheme-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    options_.folder = root_ / "scheme";
    options_.people = 60;
    options_.insurers = {"133033"};  // deriving a vault key takes its time, by design
    options_.base_port = 18900;
  }

  ~SchemeInitTest() override { std::filesystem::remove_all(root_); }

  [[nodiscard]] Result<InitReport> Init() const {
    return InitScheme(options_, SystemClock().Now());
  }

  [[nodiscard]] static unsigned ModeOf(const std::filesystem::path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777U;
  }

  std::filesystem::path root_;
  InitOptions options_;
};

TEST_F(SchemeInitTest, EveryNodeGetsAConfigurationThatItsRoleCanRead) {
  const auto report = Init();
  ASSERT_TRUE(report.ok()) << report.error().Text();
  const Layout layout(options_.folder);
  const auto trust =
      crypto::Trust::Load(layout.Authority() / "authority.pem", layout.Authority() / "crl.pem");
  ASSERT_TRUE(trust.ok());
  for (const std::string& id : report.value().nodes) {
    const auto config = ops::Config::Load(layout.ConfigOf(id));
    ASSERT_TRUE(config.ok()) << config.error().Text();
    const auto node = ops::NodeConfig::Read(config.value());
    ASSERT_TRUE(node.ok()) << node.error().Text();
    EXPECT_EQ(node.value().id, id);
    EXPECT_EQ(node.value().folder, layout.FolderOf(id));
    EXPECT_EQ(node.value().listen.port, PortOf(id, 18900));
    const auto identity = crypto::Identity::Load(node.value().certificate, node.value().key);
    ASSERT_TRUE(identity.ok()) << identity.error().Text();
    EXPECT_EQ(identity.value().certificate.id(), id);
    EXPECT_TRUE(trust.value()->Verify(identity.value().certificate, SystemClock().Now()).ok());
    EXPECT_EQ(ModeOf(node.value().key), 0600U);
  }
}

TEST_F(SchemeInitTest, PeersStandAtThePortsOfTheirRoles) {
  ASSERT_TRUE(Init().ok());
  const Layout layout(options_.folder);
  const auto hub = ops::Config::Load(layout.ConfigOf("hub"));
  ASSERT_TRUE(hub.ok());
  EXPECT_EQ(ops::ReadPeer(hub.value(), "network").value().port, 18902);
  EXPECT_EQ(ops::ReadPeer(hub.value(), "support").value().port, 18904);
  const auto terminal = ops::Config::Load(layout.ConfigOf("terminal-133033"));
  ASSERT_TRUE(terminal.ok());
  EXPECT_EQ(ops::ReadPeer(terminal.value(), "hub").value().port, 18901);
}

TEST_F(SchemeInitTest, TheVaultKeyOpensWithThePassphraseBesideIt) {
  ASSERT_TRUE(Init().ok());
  const std::filesystem::path folder = Layout(options_.folder).FolderOf("insurer-133033");
  const auto passphrase = crypto::ReadPassphraseFile(folder / "vault.pass");
  ASSERT_TRUE(passphrase.ok());
  EXPECT_TRUE(crypto::OpenKeyFile(folder / "vault.key", passphrase.value()).ok());
  EXPECT_EQ(ModeOf(folder / "vault.key"), 0600U);
  EXPECT_EQ(ModeOf(folder / "vault.pass"), 0600U);
  EXPECT_TRUE(std::filesystem::exists(folder / "roster.csv"));
  EXPECT_TRUE(std::filesystem::exists(folder / "truth.csv"));
}

TEST_F(SchemeInitTest, ASecondInitIsRefusedAndChangesNothing) {
  ASSERT_TRUE(Init().ok());
  const auto before = ReadFile(options_.folder / "hub.toml");
  const auto again = Init();
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(ExitCodeOf(again.error().code), 1);
  EXPECT_EQ(ReadFile(options_.folder / "hub.toml").value(), before.value());
}

TEST_F(SchemeInitTest, AnEmptyFolderIsTaken) {
  std::filesystem::create_directory(options_.folder);
  EXPECT_TRUE(Init().ok());
}

TEST_F(SchemeInitTest, AnInsurerNumberWithAWrongDigitIsRefusedAndNothingIsLeft) {
  options_.insurers = {"133033", "133265"};
  const auto refused = Init();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_TRUE(std::filesystem::is_empty(root_));
}

TEST_F(SchemeInitTest, AGivenResidentsRegisterIsCopiedAndTheAssociationsStartEmpty) {
  options_.people.reset();
  options_.residents = root_ / "mine.csv";
  ASSERT_TRUE(WriteFile(options_.residents, "resident_record_code\n").ok());
  ASSERT_TRUE(Init().ok());
  const Layout layout(options_.folder);
  EXPECT_TRUE(std::filesystem::exists(layout.FolderOf("jlis") / "residents.csv"));
  EXPECT_FALSE(std::filesystem::exists(layout.FolderOf("insurer-133033") / "roster.csv"));
  EXPECT_TRUE(std::filesystem::exists(layout.FolderOf("institution-131016") / "records.csv"));
  const auto config = ops::Config::Load(layout.ConfigOf("jlis"));
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(std::filesystem::exists(config.value().Path("jlis.residents").value()));
}

TEST_F(SchemeInitTest, AMissingResidentsRegisterIsRefusedBeforeAnythingIsMade) {
  options_.residents = root_ / "nowhere.csv";
  EXPECT_EQ(Init().error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(std::filesystem::is_empty(root_));
}

TEST_F(SchemeInitTest, StatusOfASchemeThatDoesNotRunSaysSo) {
  ASSERT_TRUE(Init().ok());
  const auto all = ReadStatus(Layout(options_.folder), SystemClock().Now());
  ASSERT_TRUE(all.ok()) << all.error().Text();
  ASSERT_EQ(all.value().size(), 7U);
  EXPECT_EQ(all.value().front().role, "network");
  EXPECT_EQ(all.value()[4].role, "institution-06139992");
  for (const RoleStatus& status : all.value()) {
    EXPECT_FALSE(status.is_ready);
    EXPECT_EQ(status.pid, 0);
    EXPECT_FALSE(status.reason.empty());
    EXPECT_NEAR(static_cast<double>(status.certificate_days), 729.5, 1.0);
  }
}

TEST_F(SchemeInitTest, AFolderThatIsNoSchemeIsNotRun) {
  EXPECT_EQ(RunScheme(Layout(root_), {}).error().code, ErrorCode::kNotFound);
}

TEST_F(SchemeInitTest, OnlyStandInsCanBeMadeIll) {
  ASSERT_TRUE(Init().ok());
  const Layout layout(options_.folder);
  EXPECT_EQ(WriteFaults(layout, "hub", {}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(WriteFaults(layout, "insurer-133033", {}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(WriteFaults(layout, "institution-1", {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(WriteFaults(layout, "jlis", {.is_silent = true}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(WriteFaults(layout, "jlis", {.busy = 1.5}).error().code, ErrorCode::kUsage);
  ASSERT_TRUE(WriteFaults(layout, "jlis", {.busy = 0.5, .closed = true}).ok());
  const auto config = ops::Config::Load(layout.FolderOf("jlis") / "faults.toml");
  ASSERT_TRUE(config.ok()) << config.error().Text();
  EXPECT_EQ(config.value().Double("busy", 0, 0, 1).value(), 0.5);
  EXPECT_TRUE(config.value().Bool("closed", false).value());
  ASSERT_TRUE(RemoveFaults(layout, "jlis").ok());
  EXPECT_FALSE(std::filesystem::exists(layout.FolderOf("jlis") / "faults.toml"));
}

TEST_F(SchemeInitTest, AnInstitutionCanBeSilentAndWrong) {
  ASSERT_TRUE(Init().ok());
  const Layout layout(options_.folder);
  const std::string node = "institution-131016";
  ASSERT_TRUE(WriteFaults(layout, node, {.wrong_records = 0.25, .is_silent = true}).ok());
  const auto config = ops::Config::Load(layout.FolderOf(node) / "answer-faults.toml");
  ASSERT_TRUE(config.ok()) << config.error().Text();
  EXPECT_EQ(config.value().Double("wrong_records", 0, 0, 1).value(), 0.25);
  EXPECT_TRUE(config.value().Bool("silent", false).value());
  ASSERT_TRUE(RemoveFaults(layout, node).ok());
  EXPECT_FALSE(std::filesystem::exists(layout.FolderOf(node) / "answer-faults.toml"));
}

TEST_F(SchemeInitTest, TheNetworkReachesEverybodyItsDirectoryNames) {
  ASSERT_TRUE(Init().ok());
  const Layout layout(options_.folder);
  const auto network = ops::Config::Load(layout.ConfigOf("network"));
  ASSERT_TRUE(network.ok());
  for (const char* node : {"hub", "institution-131016", "institution-06139992", "portal"}) {
    const auto config = ops::Config::Load(layout.ConfigOf(node));
    ASSERT_TRUE(config.ok()) << node;
    const auto peer = ops::ReadPeer(network.value(), node);
    ASSERT_TRUE(peer.ok()) << node;
    EXPECT_EQ(peer.value().port, ops::NodeConfig::Read(config.value()).value().listen.port);
  }
  const auto institution = ops::Config::Load(layout.ConfigOf("institution-131016"));
  ASSERT_TRUE(institution.ok());
  EXPECT_EQ(
      institution.value().Strings("institution.kinds").value(),
      (std::vector<std::string>{"municipality", "welfare-municipality"})
  );
}

TEST_F(SchemeInitTest, EveryLogIsWatchedByAWitnessItTrusts) {
  ASSERT_TRUE(Init().ok());
  const Layout layout(options_.folder);
  const auto witness = ops::Config::Load(layout.ConfigOf("witness-1"));
  ASSERT_TRUE(witness.ok()) << witness.error().Text();
  const auto logs = witness.value().Strings("witness.logs").value();
  const auto keys = witness.value().Strings("witness.keys").value();
  ASSERT_EQ(logs.size(), 5U);
  ASSERT_EQ(keys.size(), logs.size());
  for (std::size_t i = 0; i < logs.size(); ++i) {
    EXPECT_EQ(keys[i], logs[i] + "/log.vkey");
    EXPECT_EQ(ops::ReadPeer(witness.value(), logs[i]).value().port, PortOf(logs[i], 18900));
    const auto config = ops::Config::Load(layout.ConfigOf(logs[i]));
    ASSERT_TRUE(config.ok()) << logs[i];
    const auto trusted = config.value().Strings("ledger.witnesses").value();
    ASSERT_EQ(trusted.size(), 1U) << logs[i];
    const auto key = ReadFile(options_.folder / trusted.front());
    ASSERT_TRUE(key.ok()) << key.error().Text();
    EXPECT_EQ(ledger::VerifierKey::Parse(key.value()).value().kind(), ledger::KeyKind::kWitness);
  }
  EXPECT_EQ(ModeOf(options_.folder / "witness-1/witness.key"), 0600U);
  const auto jlis = ops::Config::Load(layout.ConfigOf("jlis"));
  EXPECT_FALSE(jlis.value().Has("ledger.witnesses"));
}

TEST_F(SchemeInitTest, TheDirectoryNamesEverybodyOfTheExchange) {
  ASSERT_TRUE(Init().ok());
  const auto text = ReadFile(options_.folder / "network/institutions.csv");
  ASSERT_TRUE(text.ok());
  for (const char* line :
       {"\r\nassociation-133033,association,",
        "\r\nmedical-insurers,medical-insurer,",
        "\r\ninstitution-131016,municipality welfare-municipality,",
        "\r\ninstitution-06139992,health-insurance-society,",
        "\r\nportal,portal,"}) {
    EXPECT_NE(text.value().find(line), std::string::npos) << line;
  }
}

std::vector<std::string> LinesOf(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::string FieldOf(const std::string& line, int field) {
  std::size_t begin = 0;
  for (; field > 0; --field) {
    begin = line.find(',', begin) + 1;
  }
  return line.substr(begin, line.find(',', begin) - begin);
}

TEST_F(SchemeInitTest, EverybodyOnARosterHasRecordsAndAnAccount) {
  ASSERT_TRUE(Init().ok());
  const auto truth = LinesOf(options_.folder / "insurer-133033/truth.csv");
  const auto accounts = LinesOf(options_.folder / "portal/accounts.csv");
  std::set<std::string> held;
  for (const std::string& line : LinesOf(options_.folder / "institution-131016/records.csv")) {
    held.insert(FieldOf(line, 1));
  }
  ASSERT_EQ(accounts.size(), truth.size());
  EXPECT_EQ(held.size(), truth.size());  // a heading each
  for (std::size_t row = 1; row < truth.size(); ++row) {
    const std::string code = FieldOf(truth[row], 1);
    EXPECT_TRUE(held.contains(code)) << row;
    EXPECT_EQ(accounts[row], fmt::format("133033-P{:010},{}", row, code));
  }
}

TEST(NodeFile, EachStoreOfAPostgresSchemeHasASchemaOfItsOwn) {
  EXPECT_EQ(
      StoreUrlOf("insurer-133033", "postgresql://h/db?sslmode=require"),
      "postgresql://h/db?sslmode=require&options=-csearch_path%3Dinsurer_133033"
  );
  EXPECT_EQ(
      StoreUrlOf("hub", "postgresql://h/db"), "postgresql://h/db?options=-csearch_path%3Dhub"
  );
  EXPECT_FALSE(HasStore("jlis"));
}

}  // namespace
}  // namespace musubi::scheme
