// Record copies over real processes: first upload, nothing when nothing has changed, differences,
// refusals, a late package, a hub killed in the middle.
#include "bench/local_postgres.h"
#include "store/database.h"
#include "tests/scenario/harness.h"

namespace musubi::scenario {
namespace {

using boost::json::object;

class RecordCopies : public testing::Test {
 protected:
  static constexpr const char* kInsurer = "133033";

  static void Prepare(Scheme& scheme, std::vector<std::string> arguments) {
    scheme.Init(std::move(arguments));
    scheme.StartAll();
    Insurer(scheme, {"import-roster", scheme.InDir("insurer-133033/roster.csv").string()});
    scheme.Round(kInsurer, "first");
    Insurer(scheme, {"import-records", scheme.InDir("insurer-133033/records.csv").string()});
  }

  static Outcome Insurer(Scheme& scheme, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"insurer", "--config", scheme.Config("insurer-133033")});
    return scheme.Run(arguments);
  }

  static Outcome Terminal(Scheme& scheme, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"terminal", "--config", scheme.Config("terminal-133033")});
    return scheme.Run(arguments);
  }

  static object JsonOf(const Outcome& outcome) {
    const std::size_t start = outcome.output.find('{');
    if (start == std::string::npos) {
      ADD_FAILURE() << outcome.errors << outcome.output;
      return {};
    }
    std::string text = outcome.output.substr(start);
    return boost::json::parse(text.substr(0, text.find('\n'))).as_object();
  }

  static std::uint64_t Count(const object& json, const char* name) {
    const auto* value = json.if_contains(name);
    return value == nullptr ? 999'999 : value->to_number<std::uint64_t>();
  }

  static object Make(Scheme& scheme, const std::string& how, const std::string& name) {
    return JsonOf(Insurer(
        scheme, {"record-copies", how, "--out", scheme.File(name + ".rc.p7m").string(), "--json"}
    ));
  }

  // Uploads, downloads and reads the result.
  static object Send(Scheme& scheme, const std::string& name) {
    const std::string batch = scheme.Upload(kInsurer, scheme.File(name + ".rc.p7m").string());
    const std::string result = scheme.File(name + ".rr.p7m").string();
    EXPECT_EQ(Terminal(scheme, {"download", batch, "--out", result}).exit_code, 0);
    const object report = JsonOf(Insurer(scheme, {"import-copy-result", result, "--json"}));
    EXPECT_EQ(Terminal(scheme, {"ack", batch}).exit_code, 0);
    return report;
  }

  static void RunTheYear(Scheme& scheme) {
    const std::size_t tied = static_cast<std::size_t>(std::ranges::count_if(
        scheme.People(kInsurer), [](const auto& person) { return person.at("state") == "tied"; }
    ));
    object made = Make(scheme, "--initial", "a");
    const std::uint64_t all = Count(made, "rows");
    EXPECT_EQ(made.at("kinds").at("eligibility").to_number<std::uint64_t>(), tied);
    EXPECT_GT(all, tied);
    object sent = Send(scheme, "a");
    EXPECT_EQ(Count(sent, "applied"), all);
    EXPECT_TRUE(sent.at("refused").as_object().empty());

    // Nothing has changed; the empty package is a sign of life.
    made = Make(scheme, "--differences", "b");
    EXPECT_EQ(Count(made, "rows"), 0U);
    sent = Send(scheme, "b");
    EXPECT_EQ(Count(sent, "applied"), 0U);

    // Two of the benefits are corrected, in packages of which the first comes late.
    const auto people = scheme.People(kInsurer);
    std::string reference;
    for (const auto& person : people) {
      if (person.at("state") == "tied") {
        reference = person.at("reference");
        break;
      }
    }
    const auto correct = [&](const std::string& amount) {
      const std::string file = scheme.File("correction.csv").string();
      std::ofstream(file) << "reference,kind,key,valid_from,died_on,paid_amount,decided_on\r\n"
                          << reference << ",funeral-allowance,X1,2026-06-01,2026-05-30," << amount
                          << ",2026-06-20\r\n";
      EXPECT_EQ(Insurer(scheme, {"import-records", file}).exit_code, 0);
    };
    correct("50000");
    EXPECT_EQ(Count(Make(scheme, "--differences", "c"), "rows"), 1U);
    correct("70000");
    EXPECT_EQ(Count(Make(scheme, "--differences", "d"), "rows"), 1U);
    EXPECT_EQ(Count(Send(scheme, "d"), "applied"), 1U);
    EXPECT_EQ(Count(Send(scheme, "c"), "applied"), 1U);
    EXPECT_EQ(Count(Make(scheme, "--differences", "e"), "rows"), 0U);
    EXPECT_EQ(Count(Send(scheme, "e"), "rows"), 0U);

    // The same package again: the same result, byte for byte.
    const std::string batch = scheme.Upload(kInsurer, scheme.File("a.rc.p7m").string());
    const std::string again = scheme.File("again.rr.p7m").string();
    EXPECT_EQ(Terminal(scheme, {"download", batch, "--out", again}).exit_code, 0);
    EXPECT_EQ(Slurp(again), Slurp(scheme.File("a.rr.p7m")));
  }
};

TEST_F(RecordCopies, AreSentOnceAndThenInDifferences) {
  Scheme scheme("record-copies");
  Prepare(scheme, {"--people", "800", "--seed", "11"});
  RunTheYear(scheme);
  const Outcome fresh =
      scheme.Run({"hub", "--config", scheme.Config("hub"), "freshness", "--json"});
  EXPECT_EQ(fresh.exit_code, 0) << fresh.output << fresh.errors;
  EXPECT_NE(fresh.output.find("\"group\":\"benefits\""), std::string::npos);
}

TEST_F(RecordCopies, AreTheSameOnPostgreSql) {
  Scheme scheme("record-copies-postgres");
  Prepare(
      scheme,
      {"--people", "400", "--seed", "12", "--store", bench::LocalPostgres::Shared().NewDatabase()}
  );
  RunTheYear(scheme);
}

TEST_F(RecordCopies, OfAStoppedLinkAreRefusedUntilTheStopIsLifted) {
  Scheme scheme("record-copies-stopped");
  Prepare(scheme, {"--people", "200", "--seed", "13"});
  std::string insured;
  for (const auto& person : scheme.People(kInsurer)) {
    if (person.at("state") == "tied") {
      insured = person.at("insured_number") + "-" + person.at("branch");
      break;
    }
  }
  EXPECT_EQ(Terminal(scheme, {"stop", insured, "--reason", "suspected"}).exit_code, 0);
  const std::uint64_t all = Count(Make(scheme, "--initial", "a"), "rows");
  object sent = Send(scheme, "a");
  const std::uint64_t stopped = sent.at("refused").at("stopped").to_number<std::uint64_t>();
  EXPECT_GT(stopped, 0U);
  EXPECT_EQ(Count(sent, "applied") + stopped, all);
  EXPECT_EQ(Count(Make(scheme, "--differences", "b"), "rows"), stopped);
  EXPECT_EQ(Terminal(scheme, {"resume", insured}).exit_code, 0);
  EXPECT_EQ(Count(Make(scheme, "--differences", "c"), "rows"), stopped);
  EXPECT_EQ(Count(Send(scheme, "c"), "applied"), stopped);
  EXPECT_EQ(Count(Make(scheme, "--differences", "d"), "rows"), 0U);
}

TEST_F(RecordCopies, SomebodyWhoLeftHasAnEndAndStaysWithIt) {
  Scheme scheme("record-copies-left");
  Prepare(scheme, {"--people", "200", "--seed", "14"});
  Make(scheme, "--initial", "a");
  Send(scheme, "a");
  // The last line of the roster is gone.
  const fs::path roster = scheme.InDir("insurer-133033/roster.csv");
  std::string text = Slurp(roster);
  std::string row;
  const auto people = scheme.People(kInsurer);
  for (const auto& person : people) {
    row = person.at("state") == "tied" ? person.at("row") : row;
  }
  std::istringstream lines(text);
  std::string kept;
  int number = 0;
  for (std::string line; std::getline(lines, line); ++number) {
    kept += std::to_string(number) == row ? "" : line + "\n";
  }
  const fs::path shorter = scheme.File("shorter.csv");
  std::ofstream(shorter, std::ios::binary) << kept;
  Insurer(scheme, {"import-roster", shorter.string()});
  EXPECT_EQ(Count(Make(scheme, "--differences", "b"), "rows"), 1U);
  EXPECT_EQ(Count(Send(scheme, "b"), "applied"), 1U);
  EXPECT_EQ(Count(Make(scheme, "--differences", "c"), "rows"), 0U);
}

// What lies in the hub's store, hub not running.
struct Stored {
  std::int64_t copies = -1;
  std::int64_t packages = -1;
};

Stored StoredAt(const Scheme& scheme) {
  Stored stored;
  auto database = store::Database::Open("sqlite:" + scheme.InDir("hub/hub.db").string());
  EXPECT_TRUE(database.ok()) << database.error().Text();
  auto connection = (*database)->Connect();
  EXPECT_TRUE(connection.ok());
  stored.copies = (*connection)->QueryInt("SELECT COUNT(*) FROM record_copy")->value_or(-1);
  stored.packages = (*connection)->QueryInt("SELECT COUNT(*) FROM copy_package")->value_or(-1);
  return stored;
}

TEST_F(RecordCopies, AHubKilledInTheMiddleAppliesThePackageOnce) {
  Scheme scheme("record-copies-crash");
  Prepare(scheme, {"--people", "6000", "--seed", "15"});
  const auto all = static_cast<std::int64_t>(Count(Make(scheme, "--initial", "a"), "rows"));
  const std::string file = scheme.File("a.rc.p7m").string();
  // kill -9 later and later, the first at once, until one comes after the end: nothing is there, or
  // all of it, once.
  int kills_before = 0;
  for (int i = 0; i < 60; ++i) {
    const pid_t upload = Spawn(
        {"terminal", "--config", scheme.Config("terminal-133033"), "upload", file, "--wait"},
        scheme.File("upload.out"),
        scheme.File("upload.err")
    );
    std::this_thread::sleep_for(std::chrono::milliseconds(15 * i));
    scheme.Kill("hub");
    ::kill(upload, SIGKILL);
    int status = 0;
    ::waitpid(upload, &status, 0);
    const Stored stored = StoredAt(scheme);
    EXPECT_EQ(stored.copies, stored.packages == 0 ? 0 : all);
    scheme.Start("hub");
    scheme.WaitReady();
    if (stored.packages != 0) {
      break;
    }
    ++kills_before;
  }
  EXPECT_GT(kills_before, 0);
  const object sent = Send(scheme, "a");
  EXPECT_EQ(Count(sent, "rows"), static_cast<std::uint64_t>(all));
  EXPECT_EQ(Count(sent, "applied"), static_cast<std::uint64_t>(all));
  EXPECT_EQ(Count(Make(scheme, "--differences", "b"), "rows"), 0U);
}

}  // namespace
}  // namespace musubi::scenario
