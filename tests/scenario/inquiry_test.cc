// Inquiry and provision over real processes: an association asks a municipality, a municipality
// asks the associations, somebody moves between associations, what is refused is refused, and
// everybody's records agree.
#include <set>

#include "base/bytes.h"
#include "store/database.h"
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
    MarkTaxRecords();
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

  // A word in every tax record that stands nowhere else: whoever can read an answer has it.
  static constexpr std::string_view kMark = "PassingThrough7f3aQ";

  static void MarkTaxRecords() {
    const fs::path file = scheme_->InDir(std::string(kTown) + "/records.csv");
    std::string text = Slurp(file);
    const std::string mark = ";remark=" + std::string(kMark) + ";tax=";
    for (std::size_t at = text.find(";tax="); at != std::string::npos;
         at = text.find(";tax=", at)) {
      text.replace(at, 5, mark);
      at += mark.size();
    }
    std::ofstream(file, std::ios::binary) << text;
  }

  static bool Holds(const fs::path& file) { return Slurp(file).find(kMark) != std::string::npos; }

  static bool FolderHolds(const fs::path& folder) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file() && Holds(entry.path())) {
        return true;
      }
    }
    return false;
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

  static std::vector<std::string> Lines(const fs::path& file) {
    std::istringstream text(Slurp(file));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) {
      if (!line.empty() && line.back() == '\r') {
        line.pop_back();
      }
      lines.push_back(line);
    }
    return lines;
  }

  static std::string Field(const std::string& line, std::size_t n) {
    std::istringstream fields(line);
    std::string field;
    for (std::size_t i = 0; i <= n; ++i) {
      std::getline(fields, field, ',');
    }
    return field;
  }

  // What an institution's own system calls somebody who is insured with an association.
  static std::string KeyAt(
      const std::string& node, const std::string& insurer, const std::string& insured
  ) {
    const std::string account = insurer + "-" + ReferenceOf(insurer, insured) + ",";
    std::string resident;
    for (const std::string& line : Lines(scheme_->InDir("portal/accounts.csv"))) {
      if (line.starts_with(account)) {
        resident = line.substr(account.size());
      }
    }
    for (const std::string& line : Lines(scheme_->InDir(node + "/records.csv"))) {
      if (!resident.empty() && Field(line, 1) == resident) {
        return Field(line, 0);
      }
    }
    ADD_FAILURE() << "nobody at " << node;
    return {};
  }

  static std::set<std::string> TiedReferences(const std::string& insurer) {
    std::set<std::string> tied;
    for (const auto& person : scheme_->People(insurer)) {
      if (person.at("state") == "tied") {
        tied.insert(person.at("insured_number") + "-" + person.at("branch"));
      }
    }
    return tied;
  }

  static object AskAsTown(const std::string& key, bool is_waiting = true) {
    std::vector<std::string> arguments = {
        "inquire",
        "--person",
        key,
        "--procedure",
        "nhi-benefits",
        "--information",
        "medical-benefits",
        "--provider",
        "medical-insurers",
        "--json"
    };
    if (is_waiting) {
      arguments.emplace_back("--wait");
    }
    return JsonOf(Town(arguments));
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
  const object answered = AskAsTown(KeyAt(kTown, "133033", Person("133033", 1)));
  EXPECT_EQ(TextOf(answered, "outcome"), "answered") << boost::json::serialize(answered);
  EXPECT_EQ(TextOf(answered, "provider"), "association-133033");
  EXPECT_GE(RecordCount(answered), 1U);
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

TEST_F(Inquiries, WhoMovesNeedsNoCertificateOfLossAndHearsOfCorrections) {
  // A tied person of the first association enters the second: the same row in its roster.
  const std::string insured = Person("133033", 3);
  const auto row = static_cast<std::size_t>(std::stoul(ReferenceOf("133033", insured).substr(1)));
  std::vector<std::string> roster = Lines(Roster("133033"));
  ASSERT_LT(row, roster.size());
  const std::string file = scheme_->File("moved.csv").string();
  std::ofstream(file, std::ios::binary) << roster[0] << "\r\n" << roster[row] << "\r\n";
  const std::set<std::string> before = TiedReferences("133264");
  const Outcome entered = Insurer("133264", {"import-roster", "--add", file});
  ASSERT_EQ(entered.exit_code, 0) << entered.errors;
  scheme_->Round("133264", "moved");
  std::string there;
  for (const std::string& tied : TiedReferences("133264")) {
    there = before.contains(tied) ? there : tied;
  }
  ASSERT_FALSE(there.empty());
  const object answered =
      Ask("133264",
          there,
          {.procedure = "nhi-status-notice",
           .information = "insured-status",
           .provider = "medical-insurers"});
  ASSERT_EQ(TextOf(answered, "outcome"), "answered") << boost::json::serialize(answered);
  EXPECT_EQ(TextOf(answered, "provider"), "association-133033");
  EXPECT_EQ(RecordCount(answered), 1U);

  // The first association records the loss afterwards: who was told of the old state hears of it.
  std::string& line = roster[row];
  std::vector<std::string> fields;
  std::istringstream cells(line);
  for (std::string field; std::getline(cells, field, ',');) {
    fields.push_back(field);
  }
  ASSERT_GE(fields.size(), 10U);
  fields[9] = "2026-11-20";
  line.clear();
  for (const std::string& field : fields) {
    line += (line.empty() ? "" : ",") + field;
  }
  const std::string late = scheme_->File("late.csv").string();
  {
    std::ofstream out(late, std::ios::binary);
    for (const std::string& each : roster) {
      out << each << "\r\n";
    }
  }
  const Outcome read = Insurer("133033", {"import-roster", late});
  ASSERT_EQ(read.exit_code, 0) << read.errors << read.output;
  SendCopies("133033", "--differences", "loss");
  std::string corrections;
  for (int i = 0; i < 150 && corrections.find(TextOf(answered, "id")) == std::string::npos; ++i) {
    std::this_thread::sleep_for(100ms);
    corrections = Terminal("133264", {"corrections", "--json"}).output;
  }
  EXPECT_NE(corrections.find(TextOf(answered, "id")), std::string::npos);
}

TEST_F(Inquiries, APersonAnswersWhereTheMarkSaysSo) {
  const std::string insured = Person("133033", 4);
  const std::string key = KeyAt(kTown, "133033", insured);
  EXPECT_EQ(Terminal("133033", {"flags", insured, "--manual"}).exit_code, 0);
  const std::string id = TextOf(AskAsTown(key, false), "id");
  std::string waiting;
  for (int i = 0; i < 100 && waiting.find(id) == std::string::npos; ++i) {
    std::this_thread::sleep_for(50ms);
    waiting = Terminal("133033", {"waiting", "--json"}).output;
  }
  ASSERT_NE(waiting.find(id), std::string::npos);
  EXPECT_EQ(Terminal("133264", {"waiting", "--json"}).output.find(id), std::string::npos);
  EXPECT_NE(Terminal("133264", {"release", id, "--by", "clerk"}).exit_code, 0);
  EXPECT_EQ(Terminal("133033", {"release", id, "--by", "clerk"}).exit_code, 0);
  std::string outcome;
  for (int i = 0; i < 600 && outcome != "answered"; ++i) {
    outcome = TextOf(JsonOf(Town({"answer", id, "--json"})), "outcome");
    std::this_thread::sleep_for(100ms);
  }
  EXPECT_EQ(outcome, "answered");
  EXPECT_EQ(Terminal("133033", {"flags", insured}).exit_code, 0);
}

TEST_F(Inquiries, AFlagSetWhileAnInquiryIsUnderWayCounts) {
  const std::string insured = Person("133033", 16);
  const std::string key = KeyAt(kTown, "133033", insured);
  scheme_->Stop("network");  // under way: kept by the town, not yet with the hub
  const std::string id = TextOf(AskAsTown(key, false), "id");
  ASSERT_EQ(id.size(), 32U);
  EXPECT_EQ(Terminal("133033", {"flags", insured, "--hidden"}).exit_code, 0);
  scheme_->Start("network");
  scheme_->WaitReady();
  std::string outcome;
  for (int i = 0; i < 300 && outcome != "answered"; ++i) {
    outcome = TextOf(JsonOf(Town({"answer", id, "--json"})), "outcome");
    std::this_thread::sleep_for(100ms);
  }
  ASSERT_EQ(outcome, "answered");
  // Kept from the person's household: counted and not shown.
  const object shown = JsonOf(scheme_->Do(
      {"portal",
       "--config",
       scheme_->Config("portal"),
       "records",
       "--person",
       "133033-" + ReferenceOf("133033", insured),
       "--json"}
  ));
  EXPECT_TRUE(shown.at("records").as_array().empty());
  EXPECT_EQ(shown.at("not_shown").to_number<int>(), 1);
}

TEST_F(Inquiries, AllBooksAgreeAndAChangedByteIsNamed) {
  std::string id;
  for (std::size_t i = 5; i < 15; ++i) {
    const object answered = Ask("133033", Person("133033", i), {});
    const std::string outcome = TextOf(answered, "outcome");
    EXPECT_TRUE(outcome == "answered" || outcome == "nothing-held") << outcome;
    id = TextOf(answered, "id");
  }
  std::vector<std::string> audit = {"ledger", "audit", scheme_->InDir("network/log").string()};
  for (const char* node : {"hub", kTown, "institution-06139992", "portal"}) {
    audit.insert(audit.end(), {"--against", scheme_->InDir(std::string(node) + "/log").string()});
  }
  audit.insert(audit.end(), {"--all-parties", "--json"});
  const Outcome intact = scheme_->Run(audit);
  EXPECT_EQ(intact.exit_code, 0) << intact.errors << intact.output;
  const object agreement = JsonOf(intact).at("agreement").as_object();
  EXPECT_GE(agreement.at("by_three").to_number<int>(), 10);
  EXPECT_EQ(agreement.at("disagreements").to_number<int>(), 0);

  for (const std::string file :
       {"network/exchange.db", "hub/exchange.db", "institution-131016/institution-131016.db"}) {
    const auto change = [&](const char* from, const char* to) {
      auto database = store::Database::Open("sqlite:" + scheme_->InDir(file).string());
      ASSERT_TRUE(database.ok());
      auto connection = database.value()->Connect();
      ASSERT_TRUE(connection.ok());
      Bytes inquiry = FromHex(id).value();
      const auto changed = connection.value()->Execute(
          "UPDATE audit_record SET text = replace(text, $1, $2) WHERE inquiry = $3",
          {std::string_view(from), std::string_view(to), BytesView(inquiry)}
      );
      ASSERT_TRUE(changed.ok() && *changed == 1) << file;
    };
    change("local-tax", "local-tay");
    const Outcome found = scheme_->Run(audit);
    EXPECT_EQ(found.exit_code, 1) << file;
    EXPECT_NE(found.output.find(id), std::string::npos) << file << found.output;
    change("local-tay", "local-tax");
  }
  EXPECT_EQ(scheme_->Run(audit).exit_code, 0);
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

TEST_F(Inquiries, HubAndNetworkCannotReadWhatPassesThroughThem) {
  const object answered = Ask("133033", Person("133033", 0), {});
  ASSERT_EQ(TextOf(answered, "outcome"), "answered");
  EXPECT_NE(boost::json::serialize(answered).find(kMark), std::string::npos);
  EXPECT_TRUE(FolderHolds(scheme_->InDir(kTown))) << "counter-proof: the town holds it";
  for (const std::string role : {"hub", "network"}) {
    EXPECT_FALSE(FolderHolds(scheme_->InDir(role))) << role;
    const fs::path core = scheme_->TakeCore(role, "core-" + role);
    ASSERT_TRUE(fs::exists(core)) << "gcore did not work: is gdb installed, are we root?";
    EXPECT_GT(fs::file_size(core), 1'000'000U);
    EXPECT_FALSE(Holds(core)) << role;
    fs::remove(core);
  }
  const fs::path core = scheme_->TakeCore(kTown, "core-town");
  EXPECT_TRUE(Holds(core)) << "counter-proof: it is found in the town's memory";
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
