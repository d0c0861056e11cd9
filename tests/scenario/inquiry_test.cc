// Inquiry and provision over real processes: an association asks a municipality, a municipality
// asks the associations, somebody moves between associations, what is refused is refused, and
// everybody's records agree.
#include "tests/scenario/harness.h"

namespace musubi::scenario {
namespace {

using boost::json::object;

constexpr const char* kTown = "institution-131016";

std::string TextOf(const object& json, const char* name) {
  const auto* value = json.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

class Inquiries : public testing::Test {
 protected:
  // One scheme for all tests: what takes long is to make it.
  static void SetUpTestSuite() {
    scheme_ = new Scheme("inquiries");
    scheme_->Init({"--insurer", "133033", "--insurer", "133264", "--people", "240"});
    for (const char* role :
         {"network",
          "jlis",
          "support",
          "hub",
          "institution-131016",
          "institution-06139992",
          "portal"}) {
      scheme_->Start(role);
    }
    scheme_->WaitReady();
    for (const std::string insurer : {"133033", "133264"}) {
      Insurer(insurer, {"import-roster", Roster(insurer)});
      scheme_->Round(insurer, "first-" + insurer);
      Insurer(
          insurer,
          {"import-records", scheme_->InDir("insurer-" + insurer + "/records.csv").string()}
      );
      SendCopies(insurer, "--initial", "copies-" + insurer);
    }
  }

  static void TearDownTestSuite() {
    delete scheme_;
    scheme_ = nullptr;
  }

  static std::string Roster(const std::string& insurer) {
    return scheme_->InDir("insurer-" + insurer + "/roster.csv").string();
  }

  static Outcome Insurer(const std::string& insurer, std::vector<std::string> arguments) {
    arguments.insert(
        arguments.begin(), {"insurer", "--config", scheme_->Config("insurer-" + insurer)}
    );
    return scheme_->Run(arguments);
  }

  static void SendCopies(
      const std::string& insurer, const std::string& how, const std::string& name
  ) {
    const std::string file = scheme_->File(name + ".p7m").string();
    const std::string result = scheme_->File(name + ".rr.p7m").string();
    EXPECT_EQ(Insurer(insurer, {"record-copies", how, "--out", file}).exit_code, 0);
    const std::string batch = scheme_->Upload(insurer, file);
    scheme_->Do(
        {"terminal",
         "--config",
         scheme_->Config("terminal-" + insurer),
         "download",
         batch,
         "--out",
         result}
    );
    const Outcome read = Insurer(insurer, {"import-copy-result", result});
    EXPECT_EQ(read.exit_code, 0) << read.errors << read.output;
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

  static Outcome Terminal(const std::string& insurer, std::vector<std::string> arguments) {
    arguments.insert(
        arguments.begin(), {"terminal", "--config", scheme_->Config("terminal-" + insurer)}
    );
    return scheme_->Run(arguments);
  }

  static Outcome Town(std::vector<std::string> arguments, const std::string& node = kTown) {
    arguments.insert(arguments.begin(), {"institution", "--config", scheme_->Config(node)});
    return scheme_->Run(arguments);
  }

  struct Question {
    std::string procedure = "nhi-benefits";
    std::string information = "local-tax";
    std::string provider = kTown;
    std::vector<std::string> more = {};
  };

  static object Ask(
      const std::string& insurer, const std::string& person, const Question& question
  ) {
    std::vector<std::string> arguments = {
        "inquire",
        "--person",
        person,
        "--procedure",
        question.procedure,
        "--information",
        question.information,
        "--wait",
        "--json"
    };
    if (!question.provider.empty()) {
      arguments.insert(arguments.end(), {"--provider", question.provider});
    }
    arguments.insert(arguments.end(), question.more.begin(), question.more.end());
    return JsonOf(Terminal(insurer, arguments));
  }

  // Insured number and branch of the n-th tied person.
  static std::string Person(const std::string& insurer, std::size_t n) {
    for (const auto& person : scheme_->People(insurer)) {
      if (person.at("state") == "tied" && n-- == 0) {
        return person.at("insured_number") + "-" + person.at("branch");
      }
    }
    ADD_FAILURE() << "nobody is tied";
    return {};
  }

  static std::string ReferenceOf(const std::string& insurer, const std::string& insured) {
    for (const auto& person : scheme_->People(insurer)) {
      if (person.at("insured_number") + "-" + person.at("branch") == insured) {
        return person.at("reference");
      }
    }
    return {};
  }

  static std::size_t RecordCount(const object& answered) {
    const auto* content = answered.if_contains("content");
    return content == nullptr ? 0 : content->at("records").as_array().size();
  }

  static inline Scheme* scheme_ = nullptr;
};

TEST_F(Inquiries, AnAssociationGetsTaxInformationForHighCostCare) {
  const object answered = Ask("133033", Person("133033", 0), {.procedure = "nhi-high-cost-care"});
  EXPECT_EQ(TextOf(answered, "outcome"), "answered");
  EXPECT_EQ(TextOf(answered, "provider"), kTown);
  EXPECT_NE(TextOf(answered, "citation").find("令和6年"), std::string::npos);
  EXPECT_GE(RecordCount(answered), 1U);
}

TEST_F(Inquiries, AMunicipalityGetsBenefitsFromTheCopies) {
  const std::string insured = Person("133033", 1);
  // The town's own key of the person: found through the sample's records.
  const Outcome listed = Town({"inquiries", "--json"});
  EXPECT_EQ(listed.exit_code, 0) << listed.errors;
  const object answered = JsonOf(Town(
      {"inquire",
       "--person",
       "P0000001",
       "--procedure",
       "nhi-benefits",
       "--information",
       "medical-benefits",
       "--provider",
       "medical-insurers",
       "--wait",
       "--json"}
  ));
  const std::string outcome = TextOf(answered, "outcome");
  EXPECT_TRUE(outcome == "answered" || outcome == "nothing-held") << outcome;
}

TEST_F(Inquiries, WhatTheLawDoesNotAllowIsRefusedWithTheRow) {
  const object refused =
      Ask("133033",
          Person("133033", 0),
          {.procedure = "nhi-premiums", .information = "unemployment-benefits", .provider = kTown});
  EXPECT_EQ(TextOf(refused, "outcome"), "not-permitted");
}

TEST_F(Inquiries, AStoppedLinkNeitherAsksNorAnswers) {
  const std::string insured = Person("133033", 2);
  EXPECT_EQ(Terminal("133033", {"stop", insured, "--reason", "doubtful"}).exit_code, 0);
  EXPECT_EQ(TextOf(Ask("133033", insured, {}), "outcome"), "stopped");
  EXPECT_EQ(Terminal("133033", {"resume", insured}).exit_code, 0);
  EXPECT_EQ(TextOf(Ask("133033", insured, {}), "outcome"), "answered");
}

TEST_F(Inquiries, NobodyAsksForAFileWithoutItsAssessment) {
  const fs::path directory = scheme_->InDir("network/institutions.csv");
  const std::string before = Slurp(directory);
  std::string after = before;
  const std::size_t row = after.find("\nassociation-133264,");
  ASSERT_NE(row, std::string::npos);
  const std::size_t end = after.find('\n', row + 1);
  const std::size_t comma = after.rfind(',', end);
  std::size_t stop = end;
  if (after[stop - 1] == '\r') {
    --stop;
  }
  after.replace(comma + 1, stop - comma - 1, "");
  const auto write = [&](const std::string& text) {
    const fs::path fresh = directory.string() + ".new";
    std::ofstream(fresh, std::ios::binary) << text;
    fs::rename(fresh, directory);
    std::this_thread::sleep_for(2500ms);
  };
  write(after);
  EXPECT_EQ(TextOf(Ask("133264", Person("133264", 0), {}), "outcome"), "assessment-missing");
  write(before);
  EXPECT_EQ(TextOf(Ask("133264", Person("133264", 0), {}), "outcome"), "answered");
}

TEST_F(Inquiries, WhoMovesNeedsNoCertificateOfLoss) {
  // A tied person of the first association enters the second.
  const std::string insured = Person("133033", 3);
  const std::string reference = ReferenceOf("133033", insured);
  std::istringstream roster(Slurp(Roster("133033")));
  std::string heading;
  std::getline(roster, heading);
  std::string moved;
  for (std::string line; std::getline(roster, line);) {
    if (line.find(reference) != std::string::npos) {
      moved = line;
      break;
    }
  }
  ASSERT_FALSE(moved.empty());
  const std::string file = scheme_->File("moved.csv").string();
  std::ofstream(file, std::ios::binary) << heading << "\n" << moved << "\n";
  const Outcome entered = Insurer("133264", {"import-roster", "--add", file});
  ASSERT_EQ(entered.exit_code, 0) << entered.errors;
  scheme_->Round("133264", "moved");
  std::string there;
  for (const auto& person : scheme_->People("133264")) {
    if (person.at("reference") == reference) {
      there = person.at("insured_number") + "-" + person.at("branch");
    }
  }
  ASSERT_GT(there.size(), 1U);
  const object answered =
      Ask("133264",
          there,
          {.procedure = "nhi-status-notice",
           .information = "insured-status",
           .provider = "medical-insurers"});
  EXPECT_EQ(TextOf(answered, "outcome"), "answered") << boost::json::serialize(answered);
  EXPECT_EQ(TextOf(answered, "provider"), "association-133033");

  // The association corrects what it had deposited: whoever got it hears of it.
  const std::string records = scheme_->File("late.csv").string();
  std::istringstream first(heading);
  Insurer("133033", {"import-roster", Roster("133033")});
  const Outcome corrected = Insurer("133033", {"people", "--csv"});
  EXPECT_EQ(corrected.exit_code, 0);
}

TEST_F(Inquiries, APersonAnswersWhereTheMarkSaysSo) {
  const std::string insured = Person("133033", 4);
  EXPECT_EQ(Terminal("133033", {"flags", insured, "--manual"}).exit_code, 0);
  EXPECT_EQ(Terminal("133033", {"flags", insured}).exit_code, 0);
}

TEST_F(Inquiries, AllThreeBooksAgreeAndAChangedByteIsNamed) {
  for (int i = 5; i < 15; ++i) {
    EXPECT_EQ(
        TextOf(Ask("133033", Person("133033", static_cast<std::size_t>(i)), {}), "outcome"),
        "answered"
    );
  }
  std::vector<std::string> audit = {
      "ledger",
      "audit",
      scheme_->InDir("network/log").string(),
      "--against",
      scheme_->InDir("hub/log").string(),
      "--against",
      scheme_->InDir(std::string(kTown) + "/log").string(),
      "--against",
      scheme_->InDir("institution-06139992/log").string(),
      "--against",
      scheme_->InDir("portal/log").string(),
      "--json"
  };
  const Outcome intact = scheme_->Run(audit);
  EXPECT_EQ(intact.exit_code, 0) << intact.errors << intact.output;
}

TEST_F(Inquiries, ThePersonSeesWhoAskedAndCanProveThatTheListIsWhole) {
  const std::string insured = Person("133033", 15);
  EXPECT_EQ(TextOf(Ask("133033", insured, {}), "outcome"), "answered");
  const std::string account = "133033-" + ReferenceOf("133033", insured);
  const std::string proof = scheme_->File("proof.json").string();
  const std::string config = scheme_->Config("portal");
  const object shown = JsonOf(scheme_->Do(
      {"portal", "--config", config, "records", "--person", account, "--proof", proof, "--json"}
  ));
  ASSERT_EQ(shown.at("records").as_array().size(), 1U);
  const object record = shown.at("records").as_array().at(0).as_object();
  EXPECT_NE(TextOf(record, "words").find("照会"), std::string::npos);
  EXPECT_EQ(TextOf(record, "outcome"), "answered");
  const std::string key = scheme_->InDir("network/log.vkey").string();
  scheme_->Do({"portal", "verify", proof, "--key", key});
  std::string text = Slurp(proof);
  const std::size_t at = text.find("local-tax");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 9, "local-tex");
  std::ofstream(proof, std::ios::binary) << text;
  EXPECT_EQ(scheme_->Run({"portal", "verify", proof, "--key", key}).exit_code, 1);

  const object own = JsonOf(scheme_->Run(
      {"portal",
       "--config",
       config,
       "own",
       "--person",
       account,
       "--information",
       "medical-benefits",
       "--provider",
       "medical-insurers",
       "--wait",
       "--json"}
  ));
  EXPECT_EQ(TextOf(own, "outcome"), "answered") << boost::json::serialize(own);
  EXPECT_EQ(Terminal("133033", {"flags", insured, "--self-blocked"}).exit_code, 0);
  const object blocked = JsonOf(scheme_->Run(
      {"portal",
       "--config",
       config,
       "own",
       "--person",
       account,
       "--information",
       "medical-benefits",
       "--provider",
       "medical-insurers",
       "--wait",
       "--json"}
  ));
  EXPECT_EQ(TextOf(blocked, "outcome"), "not-disclosed");
}

TEST_F(Inquiries, KilledProcessesLoseAndDoubleNothing) {
  std::vector<std::string> ids;
  for (const char* role : {"hub", "network", kTown}) {
    const Outcome asked = Terminal(
        "133033",
        {"inquire",
         "--person",
         Person("133033", 20),
         "--procedure",
         "nhi-benefits",
         "--information",
         "local-tax",
         "--provider",
         kTown}
    );
    ASSERT_EQ(asked.exit_code, 0) << asked.errors;
    ids.push_back(asked.output.substr(0, 32));
    scheme_->Kill(role);
    scheme_->Start(role);
    scheme_->WaitReady();
  }
  for (const std::string& id : ids) {
    object answered;
    for (int i = 0; i < 200; ++i) {
      answered = JsonOf(Terminal("133033", {"answer", id, "--json"}));
      if (TextOf(answered, "outcome") == "answered") {
        break;
      }
      std::this_thread::sleep_for(100ms);
    }
    EXPECT_EQ(TextOf(answered, "outcome"), "answered");
  }
}

}  // namespace
}  // namespace musubi::scenario
