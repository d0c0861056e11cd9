// Command lines around inquiries, as a clerk, an auditor and the operator of a witness use them.
#include "tests/scenario/inquiry_scheme.h"

namespace musubi::scenario {
namespace {

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class InquiryCommands : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scheme_ = new InquiryScheme("inquiry-commands");
    scheme_->Prepare();
  }

  static void TearDownTestSuite() {
    delete scheme_;
    scheme_ = nullptr;
  }

  std::string Write(const std::string& name, const std::string& text) const {
    const fs::path file = scheme_->File(name);
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }

  static inline InquiryScheme* scheme_ = nullptr;
};

struct Item {
  std::string kind;
  std::string name;
  std::string value;
};

// An item of the answer whose value would be noticed in the output.
Item LongestItem(const object& answered) {
  Item longest;
  for (const auto& record : answered.at("content").at("records").as_array()) {
    for (const auto& [name, value] : record.at("items").as_object()) {
      if (value.as_string().size() > longest.value.size()) {
        longest = {
            std::string(record.at("kind").as_string()),
            std::string(name),
            std::string(value.as_string())
        };
      }
    }
  }
  return longest;
}

TEST_F(InquiryCommands, AnAnswerIsComparedWithThePaperWithoutShowingValues) {
  const object answered = scheme_->AskTown(0);
  ASSERT_EQ(TextOf(answered, "outcome"), "answered");
  const std::string id = TextOf(answered, "id");
  const Item item = LongestItem(answered);
  ASSERT_GE(item.value.size(), 4U);
  const auto compare = [&](const std::string& paper, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"answer", id, "--by", "tanaka", "--compare", paper};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return scheme_->Terminal(arguments);
  };
  const std::string line = item.kind + "," + item.name + ",";
  const Outcome same = compare(Write("same.csv", "kind,item,value\n" + line + item.value + "\n"));
  EXPECT_EQ(same.exit_code, 0) << same.errors << same.output;
  EXPECT_TRUE(Has(same.output, item.kind + " " + item.name + ": same")) << same.output;
  EXPECT_TRUE(Has(same.output, "0 of 1 differ"));

  const std::string wrong =
      "\xEF\xBB\xBF"
      "kind,item,value\r\n" +
      line + "314159\r\n" + item.kind + ",nowhere,271828";
  const Outcome differs = compare(Write("differs.csv", wrong));
  EXPECT_EQ(differs.exit_code, 1) << differs.errors;
  EXPECT_TRUE(Has(differs.output, item.name + ": differs")) << differs.output;
  EXPECT_TRUE(Has(differs.output, "nowhere: only-on-paper")) << differs.output;
  EXPECT_TRUE(Has(differs.output, "2 of 2 differ")) << differs.output;
  const Outcome json = compare(scheme_->File("differs.csv").string(), {"--json"});
  EXPECT_EQ(json.exit_code, 1);
  EXPECT_EQ(JsonOf(json).at("different").to_number<int>(), 2);
  for (const Outcome& outcome : {same, differs, json}) {
    for (const std::string& value : {item.value, std::string("314159"), std::string("271828")}) {
      EXPECT_FALSE(Has(outcome.output + outcome.errors, value)) << "a value is shown";
    }
  }

  const Outcome broken =
      compare(Write("broken.csv", "kind,item,value\n" + line + item.value + "\nonly,two777\n"));
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_TRUE(Has(broken.errors, "broken.csv:3")) << broken.errors;
  EXPECT_FALSE(Has(broken.errors, "two777"));
  const Outcome empty = compare(Write("empty.csv", "kind,item,value\n"));
  EXPECT_EQ(empty.exit_code, 1) << "nothing was compared: that is no agreement";
  EXPECT_NE(compare("/nowhere/paper.csv").exit_code, 0);
}

TEST_F(InquiryCommands, TheFormForTheTelephoneSaysWhatToAsk) {
  const std::string id = TextOf(scheme_->AskTown(1), "id");
  const Outcome form = scheme_->Terminal({"telephone-form", id});
  EXPECT_EQ(form.exit_code, 0) << form.errors;
  for (const std::string& part :
       {id,
        scheme_->PersonOf(1),
        std::string("local-tax"),
        std::string("nhi-benefits"),
        std::string(kTown),
        std::string("令和6年")}) {
    EXPECT_TRUE(Has(form.output, part)) << part << "\n" << form.output;
  }
  const Outcome unknown = scheme_->Terminal({"telephone-form", std::string(32, '0')});
  EXPECT_EQ(unknown.exit_code, 1) << unknown.errors;
  EXPECT_TRUE(unknown.output.empty());
}

TEST_F(InquiryCommands, UseCountsWhatIsAskedAndWhatCameOnPaper) {
  EXPECT_EQ(TextOf(scheme_->AskTown(2), "outcome"), "answered");
  const auto use = [&](std::vector<std::string> more) {
    more.insert(more.begin(), "use");
    return scheme_->Terminal(more);
  };
  const auto figure = [&](const std::string& procedure) {
    const Outcome shown = use({"--json"});
    EXPECT_EQ(shown.exit_code, 0) << shown.errors;
    const object all = JsonOf(shown);
    for (const auto& each : all.at("procedures").as_array()) {
      if (each.at("procedure").as_string() == procedure) {
        return each.as_object();
      }
    }
    return object();
  };
  const auto asked = figure("nhi-benefits");
  ASSERT_FALSE(asked.empty());
  EXPECT_GE(asked.at("inquiries").to_number<int>(), 1);
  EXPECT_GE(asked.at("answered").to_number<int>(), 1);
  EXPECT_FALSE(asked.at("never").as_bool());
  EXPECT_EQ(use({"--procedure", "nhi-premiums", "--paper", "7"}).exit_code, 0);
  EXPECT_EQ(figure("nhi-premiums").at("paper").to_number<int>(), 7);
  EXPECT_TRUE(figure("nhi-premiums").at("never").as_bool());
  EXPECT_TRUE(Has(use({}).output, "never asks electronically"));
  // Another month: nothing was asked, and what is reported stands there alone.
  EXPECT_EQ(
      use({"--month", "2025-01", "--procedure", "nhi-benefits", "--paper", "3"}).exit_code, 0
  );
  const Outcome january = use({"--month", "2025-01"});
  EXPECT_TRUE(Has(january.output, "2025-01 nhi-benefits: 0 asked")) << january.output;
  EXPECT_TRUE(Has(january.output, "3 on paper")) << january.output;
  EXPECT_EQ(figure("nhi-benefits").at("paper").to_number<int>(), 0);

  EXPECT_EQ(use({"--paper", "3"}).exit_code, 2) << "of which work?";
  EXPECT_EQ(use({"--procedure", "nhi-benefits"}).exit_code, 2) << "how many?";
  EXPECT_EQ(use({"--procedure", "nhi-benefits", "--paper", "-3"}).exit_code, 2);
  EXPECT_NE(use({"--month", "2026-13"}).exit_code, 0);
  EXPECT_NE(use({"--month", "novembre"}).exit_code, 0);
  EXPECT_NE(use({"--procedure", "no-such-work", "--paper", "1"}).exit_code, 0);
}

TEST_F(InquiryCommands, AnAuditorReadsALogOverHttps) {
  EXPECT_EQ(TextOf(scheme_->AskTown(3), "outcome"), "answered");
  const std::string hub = InquiryScheme::LogUrl(scheme_->AddressOf("hub"));
  const std::string network = InquiryScheme::LogUrl(scheme_->AddressOf("network"));
  const std::string terminal = scheme_->Config("terminal-133033");
  const auto audit = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"ledger", "audit"});
    return scheme_->Run(more);
  };
  const Outcome known = audit({hub, "--config", terminal});
  EXPECT_EQ(known.exit_code, 0) << known.errors;
  EXPECT_TRUE(Has(known.output, "intact: musubi/hub")) << known.output;
  EXPECT_TRUE(Has(known.output, "the server itself")) << "whose word the key is";
  EXPECT_TRUE(Has(known.output, "rows not checked")) << known.output;
  // The terminal's configuration does not know the network.
  const Outcome stranger = audit({network, "--config", terminal});
  EXPECT_EQ(stranger.exit_code, 2);
  EXPECT_TRUE(Has(stranger.errors, "--peer")) << stranger.errors;
  EXPECT_EQ(audit({network, "--config", terminal, "--peer", "network"}).exit_code, 0);
  EXPECT_NE(audit({network, "--config", terminal, "--peer", "hub"}).exit_code, 0);
  EXPECT_EQ(audit({hub}).exit_code, 2) << "a URL needs a certificate";
  const auto vkey = [&](const std::string& node) {
    return scheme_->InDir(node + "/log.vkey").string();
  };
  EXPECT_EQ(audit({hub, "--config", terminal, "--key", vkey("hub")}).exit_code, 0);
  EXPECT_EQ(audit({hub, "--config", terminal, "--key", vkey("network")}).exit_code, 1);
  // Several parties at once, one by its address and one by its folder.
  const Outcome both =
      audit({hub, "--against", scheme_->InDir("network/log").string(), "--config", terminal});
  EXPECT_EQ(both.exit_code, 0) << both.errors << both.output;
  EXPECT_TRUE(Has(both.output, "0 disagreements")) << both.output;
  // The hub's rows too, though its log is read over https.
  const Outcome rows = audit({hub, "--config", terminal, "--store", scheme_->Config("hub")});
  EXPECT_EQ(rows.exit_code, 0) << rows.errors;
  EXPECT_TRUE(Has(rows.output, "exchange.db checked: all fit")) << rows.output;
}

// Each command that shows or changes people is one use, whoever runs it; what was used cannot be
// changed unseen, and what cannot be put on record is not shown.
TEST_F(InquiryCommands, UsesOfTheAssociationsOwnSystemAreOnRecord) {
  const auto uses = [&](const std::vector<std::string>& of = {}) {
    std::vector<std::string> arguments = {"uses", "--json"};
    arguments.insert(arguments.end(), of.begin(), of.end());
    return JsonOf(scheme_->Insurer(arguments)).at("uses").as_array();
  };
  const std::string person = scheme_->ReferenceOf(0);
  const std::size_t before = uses().size();
  const std::vector<std::pair<std::vector<std::string>, std::string>> commands = {
      {{"people", "--csv"}, "people:60"},
      {{"people", "--state", "tied", "--json"}, "people:"},
      {{"history", person}, person},
      {{"look-up-address", person}, person},
      {{"query-residents"}, "people:"},
      {{"verify-links"}, "people:"},
      {{"review"}, "people:"},
      {{"review", "--stop", person, "--by", "SUZUKI", "--reason", "test"}, person},
      {{"review", "--lift", person, "--by", "SUZUKI", "--reason", "test"}, person},
      {{"import-roster", scheme_->InDir("insurer-133033/roster.csv").string()}, "rows:60"},
      {{"history", "123456789018"}, "-"},
  };
  for (const auto& [command, subject] : commands) {
    scheme_->Insurer(command);
  }
  const boost::json::array all = uses();
  // One each, and one for the look at them.
  ASSERT_EQ(all.size(), before + commands.size() + 1);
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const object use = all.at(before + i).as_object();
    EXPECT_TRUE(TextOf(use, "action").starts_with(commands[i].first.front())) << i;
    EXPECT_TRUE(TextOf(use, "subject").starts_with(commands[i].second))
        << i << " " << boost::json::serialize(use);
    EXPECT_TRUE(TextOf(use, "who").starts_with("insurer-133033 "));
    EXPECT_EQ(TextOf(use, "who").ends_with(" SUZUKI"), commands[i].first.size() > 4) << i;
  }
  EXPECT_EQ(uses({person}).size(), 5U) << "and the look at them";
  scheme_->Insurer({"people"});
  EXPECT_EQ(uses().size(), all.size() + 2) << "counts are nobody's";

  const std::string log = scheme_->InDir("insurer-133033/log").string();
  const Outcome intact = scheme_->Run({"ledger", "audit", log});
  EXPECT_EQ(intact.exit_code, 0) << intact.errors << intact.output;
  EXPECT_TRUE(Has(intact.output, "all fit")) << intact.output;

  // Without its key nothing can be written: nothing is shown, nothing is changed.
  const fs::path key = scheme_->InDir("insurer-133033/log.key");
  fs::rename(key, scheme_->File("log.key"));
  const Outcome hidden = scheme_->Insurer({"people", "--csv"});
  EXPECT_NE(hidden.exit_code, 0);
  EXPECT_TRUE(hidden.output.empty()) << hidden.output;
  EXPECT_TRUE(Has(hidden.errors, "could not be put on record")) << hidden.errors;
  for (const auto& [command, subject] : commands) {
    const Outcome refused = scheme_->Insurer(command);
    EXPECT_NE(refused.exit_code, 0) << command.front();
    EXPECT_TRUE(refused.output.empty()) << command.front() << refused.output;
  }
  fs::rename(scheme_->File("log.key"), key);
  EXPECT_EQ(scheme_->Insurer({"history", person}).exit_code, 0);
}

// Last, because it brings an old hub back.
TEST_F(InquiryCommands, TheWitnessSignsWhatGrowsAndRefusesWhatShrankOrForked) {
  const std::string text = Slurp(scheme_->Config("witness-1"));
  scheme_->Replace(
      "witness-1",
      text.substr(text.find("[peers.")),
      "[peers.hub]\naddress = \"" + scheme_->AddressOf("hub") +
          "\"\n[witness]\nlogs = [\"hub\"]\nkeys = [\"hub/log.vkey\"]\n"
  );
  const auto look = [&](const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {
        "ledger", "witness", "--config", scheme_->Config("witness-1"), "--once"
    };
    arguments.insert(arguments.end(), more.begin(), more.end());
    return scheme_->Run(arguments);
  };
  const std::string id = TextOf(scheme_->AskTown(4), "id");
  const auto grow = [&] {  // a look of a clerk is an entry
    EXPECT_EQ(scheme_->Terminal({"answer", id}).exit_code, 0);
  };
  const Outcome first = look();
  EXPECT_EQ(first.exit_code, 0) << first.errors << first.output;
  EXPECT_TRUE(Has(first.output, "hub: cosigned")) << first.output;
  const std::string hub = scheme_->InDir("hub/log").string();
  const std::string witness = scheme_->InDir("witness-1/witness.vkey").string();
  EXPECT_EQ(scheme_->Run({"ledger", "audit", hub, "--witness", witness}).exit_code, 0);

  scheme_->Stop("hub");
  const fs::path old = scheme_->File("old-hub");
  fs::copy(scheme_->InDir("hub"), old, fs::copy_options::recursive);
  scheme_->Start("hub");
  scheme_->WaitReady();
  grow();
  grow();
  const object second = JsonOf(look({"--json"}));
  EXPECT_EQ(TextOf(second, "verdict"), "cosigned");
  const auto seen = second.at("size").to_number<int>();
  EXPECT_EQ(seen, second.at("known_size").to_number<int>() + 2);

  // An old copy is brought back: smaller at first, then as large and with another history.
  scheme_->Stop("hub");
  fs::remove_all(scheme_->InDir("hub"));
  fs::copy(old, scheme_->InDir("hub"), fs::copy_options::recursive);
  scheme_->Start("hub");
  scheme_->WaitReady();
  const Outcome shrunk = look({"--json"});
  EXPECT_EQ(shrunk.exit_code, 1) << shrunk.errors << shrunk.output;
  EXPECT_EQ(TextOf(JsonOf(shrunk), "verdict"), "shrunk");
  EXPECT_TRUE(fs::exists(TextOf(JsonOf(shrunk), "evidence")));
  grow();
  grow();
  grow();
  const Outcome forked = look();
  EXPECT_EQ(forked.exit_code, 1) << forked.errors << forked.output;
  EXPECT_TRUE(Has(forked.output, "hub: forked")) << forked.output;
  EXPECT_FALSE(fs::is_empty(scheme_->InDir("witness-1/refused")));
  // The log by itself is sound: only who remembers can tell.
  EXPECT_EQ(scheme_->Run({"ledger", "audit", hub}).exit_code, 0);

  scheme_->Stop("hub");
  const Outcome away = look();
  EXPECT_EQ(away.exit_code, 3) << "a hub that is away has broken no promise";
  EXPECT_EQ(scheme_->Run({"ledger", "witness", "--config", scheme_->Config("hub")}).exit_code, 3);
}

}  // namespace
}  // namespace musubi::scenario
