// Notices over real processes: an association writes to its people, they read it at the portal, and
// the network between them learns nothing of it.
#include "base/bytes.h"
#include "tests/scenario/harness.h"

namespace musubi::scenario {
namespace {

using boost::json::array;
using boost::json::object;

constexpr const char* kInsurer = "133033";
// Stands in the bodies and nowhere else: whoever can read a notice has it.
constexpr std::string_view kMark = "SealedWords5d2cQ";
constexpr std::string_view kHeading = "insured_number,branch,title,body,valid_until\r\n";

class Notices : public testing::Test {
 protected:
  // One scheme for all tests: what takes long is to make it.
  static void SetUpTestSuite() {
    scheme_ = new Scheme("notices");
    scheme_->Init({"--insurer", kInsurer, "--people", "60"});
    for (const char* role : {"network", "jlis", "support", "hub", "portal"}) {
      scheme_->Start(role);
    }
    scheme_->WaitReady();
    Insurer({"import-roster", scheme_->InDir("insurer-133033/roster.csv").string()});
    scheme_->Round(kInsurer, "first");
  }

  static void TearDownTestSuite() {
    delete scheme_;
    scheme_ = nullptr;
  }

  static Outcome Insurer(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"insurer", "--config", scheme_->Config("insurer-133033")});
    return scheme_->Run(arguments);
  }

  static Outcome Terminal(std::vector<std::string> arguments) {
    arguments.insert(
        arguments.begin(), {"terminal", "--config", scheme_->Config("terminal-133033")}
    );
    return scheme_->Run(arguments);
  }

  struct Insured {
    std::string number;
    std::string branch;
    std::string account;

    [[nodiscard]] std::string Row(const std::string& rest) const {
      return number + "," + branch + "," + rest + "\r\n";
    }
  };

  // The n-th tied person.
  static Insured Person(std::size_t n) {
    for (const auto& person : scheme_->People(kInsurer)) {
      if (person.at("state") == "tied" && n-- == 0) {
        return {
            person.at("insured_number"), person.at("branch"), "133033-" + person.at("reference")
        };
      }
    }
    ADD_FAILURE() << "nobody is tied";
    return {};
  }

  static object JsonOf(const Outcome& outcome) {
    const std::size_t start = outcome.output.find('{');
    if (start == std::string::npos) {
      ADD_FAILURE() << outcome.errors << outcome.output;
      return {};
    }
    return boost::json::parse(outcome.output.substr(start)).as_object();
  }

  static Outcome Make(const std::string& rows, const std::string& name) {
    const fs::path in = scheme_->File(name + ".csv");
    std::ofstream(in, std::ios::binary) << kHeading << rows;
    return Insurer(
        {"notices", "--in", in.string(), "--out", scheme_->File(name + ".p7m").string(), "--json"}
    );
  }

  // The package of `rows`, at the hub; returns the batch.
  static std::string Send(const std::string& rows, const std::string& name) {
    const Outcome made = Make(rows, name);
    EXPECT_EQ(made.exit_code, 0) << made.errors << made.output;
    return scheme_->Upload(kInsurer, scheme_->File(name + ".p7m").string());
  }

  static array Read(const Insured& insured) {
    const Outcome read = scheme_->Do(
        {"portal",
         "--config",
         scheme_->Config("portal"),
         "notices",
         "--person",
         insured.account,
         "--json"}
    );
    return JsonOf(read).at("notices").as_array();
  }

  // Until there are as many as expected, or some seconds are over.
  static array WaitFor(const Insured& insured, std::size_t count) {
    array notices;
    for (int i = 0; i < 100 && notices.size() < count; ++i) {
      std::this_thread::sleep_for(i == 0 ? 0ms : 100ms);
      notices = Read(insured);
    }
    EXPECT_EQ(notices.size(), count);
    return notices;
  }

  static std::string Text(const object& json, const char* name) {
    const auto* value = json.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
  }

  static bool FolderHolds(const fs::path& folder, std::string_view text) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file() && Slurp(entry.path()).find(text) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  static inline Scheme* scheme_ = nullptr;
};

TEST_F(Notices, AnInsuredPersonReadsWhatTheAssociationSentAndTheNetworkCannot) {
  const Insured reader = Person(0);
  const Insured other = Person(1);
  const std::string body = "\"先月の医療費は、\r\n" + std::string(kMark) + " 円です。\"";
  const std::string batch = Send(
      reader.Row("医療費通知," + body + ",2099-12-31") +
          other.Row("健診案内,予約してください,2099-12-31"),
      "first"
  );
  const array notices = WaitFor(reader, 1);
  ASSERT_EQ(notices.size(), 1U);
  const object notice = notices.at(0).as_object();
  EXPECT_EQ(Text(notice, "title"), "医療費通知");
  EXPECT_EQ(Text(notice, "body"), "先月の医療費は、\r\n" + std::string(kMark) + " 円です。");
  EXPECT_EQ(Text(notice, "association"), "association-133033");
  EXPECT_NE(Text(notice, "association_name"), "");
  EXPECT_EQ(Text(notice, "valid_until"), "2099-12-31");
  EXPECT_TRUE(notice.at("is_new").as_bool());
  const object again = Read(reader).at(0).as_object();
  EXPECT_FALSE(again.at("is_new").as_bool());
  EXPECT_EQ(Text(again, "read_at"), Text(notice, "read_at"));
  EXPECT_EQ(Text(WaitFor(other, 1).at(0).as_object(), "title"), "健診案内");
  EXPECT_TRUE(Read(Person(2)).empty());

  EXPECT_TRUE(FolderHolds(scheme_->InDir("portal"), kMark)) << "counter-proof: the portal has it";
  const std::string id = Text(notice, "id");
  const Bytes raw = FromHex(id).value();
  EXPECT_FALSE(FolderHolds(scheme_->InDir("network"), kMark));
  EXPECT_FALSE(FolderHolds(scheme_->InDir("network"), id)) << "the network keeps nothing";
  EXPECT_FALSE(FolderHolds(scheme_->InDir("network"), AsText(raw))) << "the network keeps nothing";
  bool is_at_hub = true;  // erased once delivered
  for (int i = 0; i < 60 && is_at_hub; ++i) {
    is_at_hub = FolderHolds(scheme_->InDir("hub"), kMark);
    std::this_thread::sleep_for(is_at_hub ? 200ms : 0ms);
  }
  EXPECT_FALSE(is_at_hub);
  for (const std::string role : {"network", "hub", "portal"}) {
    const std::string log = Slurp(scheme_->InDir(role + "/" + role + ".log"));
    EXPECT_NE(log.find(role + ".notices."), std::string::npos)
        << "counter-proof: the log of " << role;
    EXPECT_EQ(log.find(kMark), std::string::npos) << role;
    EXPECT_EQ(log.find("医療費通知"), std::string::npos) << role;
  }
  const fs::path core = scheme_->TakeCore("network", "core-network");
  ASSERT_TRUE(fs::exists(core)) << "gcore did not work: is gdb installed, are we root?";
  EXPECT_EQ(Slurp(core).find(kMark), std::string::npos);
  fs::remove(core);
  const Outcome audit = scheme_->Run({"ledger", "audit", scheme_->InDir("portal/log").string()});
  EXPECT_EQ(audit.exit_code, 0) << audit.errors << audit.output;

  const std::string result = scheme_->File("first.nr.p7m").string();
  EXPECT_EQ(Terminal({"download", batch, "--out", result}).exit_code, 0);
  const object answer = JsonOf(Insurer({"notice-result", result, "--json"}));
  EXPECT_EQ(answer.at("taken").to_number<int>(), 2);
}

TEST_F(Notices, BadLinesAreToldByLineAndFieldAndTheOthersGo) {
  const Insured person = Person(3);
  const Outcome made = Make(
      person.Row("t,b,2026-02-30") + person.Row("t,b,2020-01-01") +
          "99999999,01,t,b,2099-12-31\r\n" + person.Row("t,,2099-12-31") +
          person.Row(std::string(201, 't') + ",b,2099-12-31") +
          person.Row("t," + std::string(4001, 'b') + ",2099-12-31") +
          person.Row("t,\xff,2099-12-31") + person.Row("残るもの,本文,2099-12-31"),
      "bad"
  );
  EXPECT_EQ(made.exit_code, 1);
  const object report = JsonOf(made);
  EXPECT_EQ(report.at("taken").to_number<int>(), 1);
  std::string places;
  for (const auto& problem : report.at("problems").as_array()) {
    places += std::to_string(problem.at("line").to_number<int>()) + ":" +
              Text(problem.as_object(), "field") + " ";
  }
  EXPECT_EQ(places, "2:valid_until 3:valid_until 4:insured_number 5:body 6:title 7:body 8:body ");
  EXPECT_EQ(made.output.find("99999999"), std::string::npos);
  scheme_->Upload(kInsurer, scheme_->File("bad.p7m").string());
  EXPECT_EQ(Text(WaitFor(person, 1).at(0).as_object(), "title"), "残るもの");
}

TEST_F(Notices, ThePortalGetsThemWhenItComesBackAndOnceOnly) {
  const Insured person = Person(4);
  const std::string row = person.Row("届くのを待つ,本文,2099-12-31");
  scheme_->Stop("portal");
  const std::string batch = Send(row, "late");
  EXPECT_EQ(scheme_->Upload(kInsurer, scheme_->File("late.p7m").string()), batch);
  EXPECT_TRUE(FolderHolds(scheme_->InDir("hub"), "届くのを待つ")) << "counter-proof: it waits";
  scheme_->Kill("hub");
  scheme_->Kill("network");
  for (const char* role : {"hub", "network", "portal"}) {
    scheme_->Start(role);
  }
  scheme_->WaitReady();
  const array notices = WaitFor(person, 1);
  EXPECT_EQ(scheme_->Upload(kInsurer, scheme_->File("late.p7m").string()), batch);
  // The same words in another package: the hub takes it, the portal keeps one.
  EXPECT_NE(Send(row + Person(5).Row("別のもの,本文,2099-12-31"), "again"), batch);
  EXPECT_EQ(WaitFor(Person(5), 1).size(), 1U);
  const array once = Read(person);
  ASSERT_EQ(once.size(), 1U);
  EXPECT_EQ(Text(once.at(0).as_object(), "id"), Text(notices.at(0).as_object(), "id"));
}

TEST_F(Notices, NothingGoesOutForAStoppedLinkUntilTheStopIsLifted) {
  const Insured person = Person(6);
  const std::string joined = person.number + "-" + person.branch;
  scheme_->Stop("network");
  Send(person.Row("疑いの前,本文,2099-12-31"), "stopped");
  EXPECT_EQ(Terminal({"stop", joined, "--reason", "doubtful"}).exit_code, 0);
  const std::string batch = Send(
      person.Row("疑いの後,本文,2099-12-31") + Person(7).Row("疑いなし,本文,2099-12-31"), "refused"
  );
  scheme_->Start("network");
  scheme_->WaitReady();
  WaitFor(Person(7), 1);
  EXPECT_TRUE(Read(person).empty());
  const Outcome shown = Terminal({"batch", batch, "--json"});
  EXPECT_NE(shown.output.find("\"stopped\":1"), std::string::npos) << shown.output;
  EXPECT_EQ(Terminal({"resume", joined}).exit_code, 0);
  EXPECT_EQ(Text(WaitFor(person, 1).at(0).as_object(), "title"), "疑いの前");
}

}  // namespace
}  // namespace musubi::scenario
