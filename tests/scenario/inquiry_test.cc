// Inquiry and provision over real processes: an association asks a municipality, a municipality
// asks the associations, somebody moves between associations, what is refused is refused, and
// everybody's records agree.
#include <set>

#include "base/bytes.h"
#include "store/database.h"
#include "tests/scenario/inquiry_scheme.h"

namespace musubi::scenario {
namespace {

constexpr const char* kFirst = InquiryScheme::kInsurer;
constexpr const char* kSecond = "133264";
constexpr const char* kOther = "institution-06139992";  // takes part and is asked nothing

// A word in every tax record that stands nowhere else: whoever can read an answer has it.
constexpr std::string_view kMark = "PassingThrough7f3aQ";

class Inquiries : public testing::Test {
 protected:
  // One scheme for all tests: what takes long is to make it.
  static void SetUpTestSuite() {
    scheme_ = new InquiryScheme("inquiries");
    scheme_->Make(
        {.insurers = {kFirst, kSecond},
         .people = 240,
         .roles = {"network", "jlis", "support", "hub", kTown, kOther, "portal"}}
    );
    MarkTaxRecords();
    scheme_->Begin();
  }

  static void TearDownTestSuite() {
    delete scheme_;
    scheme_ = nullptr;
  }

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

  static std::string WriteLines(const std::string& name, const std::vector<std::string>& lines) {
    const fs::path file = scheme_->File(name);
    std::ofstream out(file, std::ios::binary);
    for (const std::string& line : lines) {
      out << line << "\r\n";
    }
    return file.string();
  }

  // Insured number and branch of everybody tied at the second association.
  static std::set<std::string> InsuredOfSecond() {
    std::set<std::string> insured;
    for (const auto& person : scheme_->Tied(kSecond)) {
      insured.insert(InquiryScheme::InsuredOf(person));
    }
    return insured;
  }

  static inline InquiryScheme* scheme_ = nullptr;
};

bool Holds(const fs::path& file) {
  return Slurp(file).find(kMark) != std::string::npos;
}

bool FolderHolds(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && Holds(entry.path())) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::istringstream stream(text);
  std::vector<std::string> parts;
  for (std::string part; std::getline(stream, part, separator);) {
    if (!part.empty() && part.back() == '\r') {
      part.pop_back();
    }
    parts.push_back(part);
  }
  return parts;
}

std::size_t RecordCount(const object& answered) {
  const auto* content = answered.if_contains("content");
  return content == nullptr ? 0 : content->at("records").as_array().size();
}

TEST_F(Inquiries, AnAssociationGetsTaxInformationForHighCostCare) {
  const object answered = scheme_->AskFor(0, {.procedure = "nhi-high-cost-care"});
  EXPECT_EQ(TextOf(answered, "outcome"), "answered");
  EXPECT_EQ(TextOf(answered, "provider"), kTown);
  EXPECT_NE(TextOf(answered, "citation").find("令和6年"), std::string::npos);
  EXPECT_GE(RecordCount(answered), 1U);
}

TEST_F(Inquiries, AMunicipalityGetsBenefitsFromTheCopies) {
  const object answered = scheme_->AskAssociation(1);
  EXPECT_EQ(TextOf(answered, "outcome"), "answered") << boost::json::serialize(answered);
  EXPECT_EQ(TextOf(answered, "provider"), "association-133033");
  EXPECT_GE(RecordCount(answered), 1U);
}

TEST_F(Inquiries, WhatTheLawDoesNotAllowIsRefusedWithTheRow) {
  const object refused =
      scheme_->AskFor(0, {.procedure = "nhi-premiums", .information = "unemployment-benefits"});
  EXPECT_EQ(TextOf(refused, "outcome"), "not-permitted");
}

TEST_F(Inquiries, AStoppedLinkNeitherAsksNorAnswers) {
  const std::string insured = scheme_->PersonOf(2);
  EXPECT_EQ(scheme_->Terminal({"stop", insured, "--reason", "doubtful"}).exit_code, 0);
  EXPECT_EQ(TextOf(scheme_->AskTown(2), "outcome"), "stopped");
  EXPECT_EQ(scheme_->Terminal({"resume", insured}).exit_code, 0);
  EXPECT_EQ(TextOf(scheme_->AskTown(2), "outcome"), "answered");
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
  const std::string person = scheme_->PersonOf(0, kSecond);
  write(after);
  EXPECT_EQ(TextOf(scheme_->Ask(kSecond, person, {}), "outcome"), "assessment-missing");
  write(before);
  EXPECT_EQ(TextOf(scheme_->Ask(kSecond, person, {}), "outcome"), "answered");
}

TEST_F(Inquiries, WhoMovesNeedsNoCertificateOfLossAndHearsOfCorrections) {
  // A tied person of the first association enters the second: the same row in its roster.
  const auto row = static_cast<std::size_t>(std::stoul(scheme_->ReferenceOf(3).substr(1)));
  std::vector<std::string> roster =
      Split(Slurp(scheme_->InDir("insurer-" + std::string(kFirst) + "/roster.csv")), '\n');
  ASSERT_LT(row, roster.size());
  const std::string moved = WriteLines("moved.csv", {roster[0], roster[row]});
  const std::set<std::string> before = InsuredOfSecond();
  InquiryScheme::Must(scheme_->Insurer(kSecond, {"import-roster", "--add", moved}));
  scheme_->Round(kSecond, "moved");
  std::string there;
  for (const std::string& insured : InsuredOfSecond()) {
    there = before.contains(insured) ? there : insured;
  }
  ASSERT_FALSE(there.empty());
  const object answered = scheme_->Ask(
      kSecond,
      there,
      {.procedure = "nhi-status-notice",
       .information = "insured-status",
       .provider = "medical-insurers"}
  );
  ASSERT_EQ(TextOf(answered, "outcome"), "answered") << boost::json::serialize(answered);
  EXPECT_EQ(TextOf(answered, "provider"), "association-133033");
  EXPECT_EQ(RecordCount(answered), 1U);

  // The first association records the loss afterwards: who was told of the old state hears of it.
  std::vector<std::string> fields = Split(roster[row], ',');
  ASSERT_GE(fields.size(), 10U);
  fields[9] = "2026-11-20";
  roster[row].clear();
  for (const std::string& field : fields) {
    roster[row] += (roster[row].empty() ? "" : ",") + field;
  }
  InquiryScheme::Must(scheme_->Insurer({"import-roster", WriteLines("late.csv", roster)}));
  scheme_->SendCopies(kFirst, "--differences", "loss");
  std::string corrections;
  for (int i = 0; i < 150 && corrections.find(TextOf(answered, "id")) == std::string::npos; ++i) {
    std::this_thread::sleep_for(100ms);
    corrections = scheme_->Terminal(kSecond, {"corrections", "--json"}).output;
  }
  EXPECT_NE(corrections.find(TextOf(answered, "id")), std::string::npos);
}

TEST_F(Inquiries, APersonAnswersWhereTheMarkSaysSo) {
  const std::string insured = scheme_->PersonOf(4);
  EXPECT_EQ(scheme_->Terminal({"flags", insured, "--manual"}).exit_code, 0);
  const std::string id = TextOf(scheme_->AskAssociation(4, InquiryScheme::Wait::kNo), "id");
  std::string waiting;
  for (int i = 0; i < 100 && waiting.find(id) == std::string::npos; ++i) {
    std::this_thread::sleep_for(50ms);
    waiting = scheme_->Terminal({"waiting", "--json"}).output;
  }
  ASSERT_NE(waiting.find(id), std::string::npos);
  EXPECT_EQ(scheme_->Terminal(kSecond, {"waiting", "--json"}).output.find(id), std::string::npos);
  EXPECT_NE(scheme_->Terminal(kSecond, {"release", id, "--by", "clerk"}).exit_code, 0);
  EXPECT_EQ(scheme_->Terminal({"release", id, "--by", "clerk"}).exit_code, 0);
  std::string outcome;
  for (int i = 0; i < 600 && outcome != "answered"; ++i) {
    outcome = TextOf(JsonOf(scheme_->Town({"answer", id, "--json"})), "outcome");
    std::this_thread::sleep_for(100ms);
  }
  EXPECT_EQ(outcome, "answered");
  EXPECT_EQ(scheme_->Terminal({"flags", insured}).exit_code, 0);
}

TEST_F(Inquiries, AFlagSetWhileAnInquiryIsUnderWayCounts) {
  scheme_->Stop("network");  // under way: kept by the town, not yet with the hub
  const std::string id = TextOf(scheme_->AskAssociation(16, InquiryScheme::Wait::kNo), "id");
  ASSERT_EQ(id.size(), 32U);
  EXPECT_EQ(scheme_->Terminal({"flags", scheme_->PersonOf(16), "--hidden"}).exit_code, 0);
  scheme_->Start("network");
  scheme_->WaitReady();
  std::string outcome;
  for (int i = 0; i < 300 && outcome != "answered"; ++i) {
    outcome = TextOf(JsonOf(scheme_->Town({"answer", id, "--json"})), "outcome");
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
       scheme_->AccountOf(16),
       "--json"}
  ));
  EXPECT_TRUE(shown.at("records").as_array().empty());
  EXPECT_EQ(shown.at("not_shown").to_number<int>(), 1);
}

TEST_F(Inquiries, AllBooksAgreeAndAChangedByteIsNamed) {
  std::string id;
  for (std::size_t i = 5; i < 15; ++i) {
    const object answered = scheme_->AskTown(i);
    const std::string outcome = TextOf(answered, "outcome");
    EXPECT_TRUE(outcome == "answered" || outcome == "nothing-held") << outcome;
    id = TextOf(answered, "id");
  }
  std::vector<std::string> audit = {"ledger", "audit", scheme_->InDir("network/log").string()};
  for (const char* node : {"hub", kTown, kOther, "portal"}) {
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
  EXPECT_EQ(TextOf(scheme_->AskTown(15), "outcome"), "answered");
  const std::string account = scheme_->AccountOf(15);
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

  EXPECT_EQ(TextOf(scheme_->AskTown(15), "outcome"), "answered");
  const auto list = [&](std::vector<std::string> which) {
    which.insert(
        which.begin(), {"portal", "--config", config, "records", "--person", account, "--json"}
    );
    return JsonOf(scheme_->Do(which)).at("records").as_array();
  };
  const auto all = list({"--all"});
  const auto newest = list({"--newest", "1"});
  ASSERT_EQ(all.size(), 2U);
  ASSERT_EQ(newest.size(), 1U);
  EXPECT_EQ(newest.at(0), all.at(1));
  const Outcome none =
      scheme_->Run({"portal", "--config", config, "records", "--person", account, "--newest", "0"});
  EXPECT_EQ(none.exit_code, 2);

  const std::vector<std::string> own = {
      "portal",
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
      "--json"
  };
  const object answered = JsonOf(scheme_->Run(own));
  EXPECT_EQ(TextOf(answered, "outcome"), "answered") << boost::json::serialize(answered);
  EXPECT_EQ(scheme_->Terminal({"flags", scheme_->PersonOf(15), "--self-blocked"}).exit_code, 0);
  EXPECT_EQ(TextOf(JsonOf(scheme_->Run(own)), "outcome"), "not-disclosed");
}

TEST_F(Inquiries, HubAndNetworkCannotReadWhatPassesThroughThem) {
  const object answered = scheme_->AskTown(0);
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
    const Outcome asked = scheme_->Terminal(
        {"inquire",
         "--person",
         scheme_->PersonOf(20),
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
      answered = JsonOf(scheme_->Terminal({"answer", id, "--json"}));
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
