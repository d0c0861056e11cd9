// What is wrong is refused with one clear message and the right exit code, and changes nothing.
#include "tests/scenario/harness.h"

namespace musubi::scenario {
namespace {

constexpr const char* kFirst = "133033";
constexpr const char* kSecond = "133264";

class BadInput : public testing::Test {
 protected:
  BadInput() : scheme_("bad-input") {}

  void SetUp() override {
    scheme_.Init({"--people", "400", "--seed", "2"});
    scheme_.StartAll();
    for (const std::string insurer : {kFirst, kSecond}) {
      scheme_.Do({"insurer", "--config", InsurerConfig(insurer), "import-roster", Roster(insurer)});
    }
  }

  std::string InsurerConfig(const std::string& insurer) {
    return scheme_.Config("insurer-" + insurer);
  }

  std::string TerminalConfig(const std::string& insurer) {
    return scheme_.Config("terminal-" + insurer);
  }

  std::string Roster(const std::string& insurer) {
    return scheme_.InDir("insurer-" + insurer + "/roster.csv").string();
  }

  std::string List(const std::string& insurer, const std::string& name) {
    const std::string path = scheme_.File(name).string();
    scheme_.Do({"insurer", "--config", InsurerConfig(insurer), "number-list", "--out", path});
    return path;
  }

  // Refused: exit 1, one line that begins with our name, nothing on standard output but a batch id.
  void ExpectRefused(const Outcome& outcome, const std::string& words) {
    EXPECT_EQ(outcome.exit_code, 1) << outcome.errors << outcome.output;
    EXPECT_NE(outcome.errors.find("musubi: "), std::string::npos) << outcome.errors;
    EXPECT_NE((outcome.errors + outcome.output).find(words), std::string::npos)
        << outcome.errors << outcome.output;
  }

  std::string HubCounts() {
    return scheme_.Do({"hub", "--config", scheme_.Config("hub"), "people", "--json"}).output;
  }

  Scheme scheme_;
};

TEST_F(BadInput, ChangedPackagesAreRefusedBeforeAnythingHappens) {
  const std::string list = List(kFirst, "list.p7m");
  const std::string content = Slurp(list);
  const std::string before = HubCounts();
  const auto upload_changed = [&](const std::string& changed, const std::string& insurer) {
    const fs::path path = scheme_.File("changed.p7m");
    std::ofstream(path, std::ios::binary) << changed;
    return scheme_.Run(
        {"terminal", "--config", TerminalConfig(insurer), "upload", path.string(), "--wait"}
    );
  };
  ExpectRefused(upload_changed(content.substr(0, content.size() / 2), kFirst), "");
  ExpectRefused(upload_changed(content.substr(0, content.size() - 1), kFirst), "");
  std::string flipped = content;
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
  ExpectRefused(upload_changed(flipped, kFirst), "");
  ExpectRefused(upload_changed(content + "x", kFirst), "");
  ExpectRefused(upload_changed("", kFirst), "");
  ExpectRefused(upload_changed(std::string(100000, '\0'), kFirst), "");
  ExpectRefused(upload_changed(content, kSecond), "");  // another association's terminal
  EXPECT_EQ(HubCounts(), before);
  // And the unchanged file goes through.
  EXPECT_EQ(upload_changed(content, kFirst).exit_code, 0);
}

TEST_F(BadInput, ARepeatedSequenceIsRefusedAndARepeatedFileIsNot) {
  const fs::path insurer = scheme_.InDir(std::string("insurer-") + kFirst);
  const fs::path saved = scheme_.File("saved");
  fs::copy(insurer, saved, fs::copy_options::recursive);
  const std::string first = List(kFirst, "first.p7m");
  const std::string batch = scheme_.Upload(kFirst, first);
  const std::string before = HubCounts();
  EXPECT_EQ(scheme_.Upload(kFirst, first), batch);
  // The register is set back by a careless restore: sequence 1 is made a second time.
  fs::remove_all(insurer);
  fs::copy(saved, insurer, fs::copy_options::recursive);
  const std::string second = List(kFirst, "second.p7m");
  const Outcome refused =
      scheme_.Run({"terminal", "--config", TerminalConfig(kFirst), "upload", second, "--wait"});
  ExpectRefused(refused, "sequence 1 was used before");
  EXPECT_EQ(HubCounts(), before);
}

TEST_F(BadInput, ThePairsAreOnlyForTheirAssociation) {
  const std::string list = List(kFirst, "list.p7m");
  const std::string batch = scheme_.Upload(kFirst, list);
  const std::string pairs = scheme_.File("pairs.p7m").string();
  const Outcome stolen = scheme_.Run(
      {"terminal", "--config", TerminalConfig(kSecond), "download", batch, "--out", pairs}
  );
  ExpectRefused(stolen, "no such batch");
  scheme_.Do({"terminal", "--config", TerminalConfig(kFirst), "download", batch, "--out", pairs});
  ExpectRefused(
      scheme_.Run({"insurer", "--config", InsurerConfig(kSecond), "import-pairs", pairs}), ""
  );
  ExpectRefused(
      scheme_.Run({"insurer", "--config", InsurerConfig(kFirst), "import-pairs", list}), ""
  );
  scheme_.Do({"insurer", "--config", InsurerConfig(kFirst), "import-pairs", pairs});
  // The same pairs again change nothing.
  const auto people = scheme_.People(kFirst);
  scheme_.Do({"insurer", "--config", InsurerConfig(kFirst), "import-pairs", pairs});
  EXPECT_EQ(scheme_.People(kFirst), people);
}

TEST_F(BadInput, RostersThatAreNoneAreRefusedByFileAndLine) {
  const auto people = scheme_.People(kFirst);
  const auto import = [&](const std::string& content) {
    const fs::path path = scheme_.File("bad.csv");
    std::ofstream(path, std::ios::binary) << content;
    return scheme_.Run(
        {"insurer", "--config", InsurerConfig(kFirst), "import-roster", path.string()}
    );
  };
  const std::string heading =
      "記号,番号,続柄,氏名,氏名カナ,生年月日,性別,住所,資格取得日,資格喪失日,個人番号\r\n";
  ExpectRefused(import(heading + "建1,1,本人,\"unclosed"), "bad.csv");
  ExpectRefused(import(heading + std::string("建1,1,本人,a\0b", 22)), "bad.csv:2");
  ExpectRefused(import("a,b,c\r\n1,2,3\r\n"), "bad.csv");
  ExpectRefused(import(""), "bad.csv");
  ExpectRefused(import(heading + "建1,1," + std::string(3U << 20U, 'x') + "\r\n"), "bad.csv:2");
  EXPECT_EQ(scheme_.People(kFirst), people) << "nothing changed";
}

TEST_F(BadInput, ATenGigabyteLineIsRefusedWithoutReadingItAll) {
  const fs::path path = scheme_.File("long.csv");
  std::ofstream(path) << "記号,番号,氏名,生年月日";
  fs::resize_file(path, std::uintmax_t{10} << 30U);  // sparse: NUL bytes to the end
  const auto start = std::chrono::steady_clock::now();
  ExpectRefused(
      scheme_.Run({"insurer", "--config", InsurerConfig(kFirst), "import-roster", path.string()}),
      "long.csv"
  );
  EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
}

TEST_F(BadInput, WithoutAGoodCertificateNobodyIsHeard) {
  const std::string list = List(kFirst, "list.p7m");
  // Revoked: the next connection is refused, on both sides in plain words.
  scheme_.Do(
      {"certificate",
       "revoke",
       "--authority",
       scheme_.InDir("authority").string(),
       "--id",
       std::string("terminal-") + kFirst}
  );
  const Outcome revoked =
      scheme_.Run({"terminal", "--config", TerminalConfig(kFirst), "upload", list, "--wait"});
  ExpectRefused(revoked, "revoked");
  // A new certificate lets the terminal in again. The list was sealed to the old one: a new list.
  scheme_.Do(
      {"certificate",
       "renew",
       "--authority",
       scheme_.InDir("authority").string(),
       "--id",
       std::string("terminal-") + kFirst,
       "--out",
       scheme_.InDir(std::string("terminal-") + kFirst).string()}
  );
  scheme_.Upload(kFirst, List(kFirst, "again.p7m"));
}

TEST_F(BadInput, OldTlsAndMissingCertificatesAreCutOff) {
  const std::string hub_config = Slurp(scheme_.Config("hub"));
  const std::size_t listen = hub_config.find("listen = \"");
  const std::string address =
      hub_config.substr(listen + 10, hub_config.find('"', listen + 10) - listen - 10);
  const auto connect = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"s_client", "-connect", address, "-brief"});
    const fs::path output = scheme_.File("s_client.out");
    std::ofstream(scheme_.File("request")) << "GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n";
    const pid_t pid = Spawn(arguments, output, output, scheme_.File("request"), "openssl");
    int status = 0;
    ::waitpid(pid, &status, 0);
    return Slurp(output);
  };
  const fs::path node = scheme_.InDir(std::string("terminal-") + kFirst);
  const std::vector<std::string> with_certificate = {
      "-cert", (node / "node.pem").string(), "-key", (node / "node.key").string()
  };
  EXPECT_EQ(connect({}).find("200 OK"), std::string::npos);
  std::vector<std::string> old_tls = with_certificate;
  old_tls.push_back("-tls1_2");
  EXPECT_EQ(connect(old_tls).find("200 OK"), std::string::npos);
}

TEST_F(BadInput, WrongUseIsExitTwoAndMissingFilesSaySo) {
  EXPECT_EQ(scheme_.Run({"insurer", "people"}).exit_code, 2);
  EXPECT_EQ(scheme_.Run({"no-such-command"}).exit_code, 2);
  EXPECT_EQ(scheme_.Run({"number", "check", "--kind", "shoe-size"}).exit_code, 2);
  EXPECT_EQ(scheme_.Run({"insurer", "--help"}).exit_code, 0);
  const Outcome missing = scheme_.Run({"insurer", "--config", "none.toml", "people"});
  EXPECT_NE(missing.exit_code, 0);
  EXPECT_NE(missing.errors.find("none.toml"), std::string::npos) << missing.errors;
  std::ofstream(scheme_.File("unknown.toml")) << "[node]\nid = \"hub\"\ncolour = \"red\"\n";
  const Outcome unknown =
      scheme_.Run({"serve", "hub", "--config", scheme_.File("unknown.toml").string()});
  EXPECT_EQ(unknown.exit_code, 1) << unknown.errors;
}

}  // namespace
}  // namespace musubi::scenario
