// Numbers by query, verification of everybody, a scripted review session: over real processes, held
// against the truth of the sample.
#include <iostream>
#include <set>

#include "base/clock.h"
#include "exchange/number_list.h"
#include "tests/scenario/harness.h"

namespace musubi::scenario {
namespace {

using Tags = std::set<std::string>;

Tags TagsOf(const std::string& text) {
  std::istringstream words(text);
  Tags tags;
  for (std::string word; words >> word;) {
    tags.insert(word);
  }
  return tags;
}

class Links : public testing::Test {
 protected:
  static constexpr const char* kInsurer = "133033";
  static constexpr int kPeople = 3000;

  void SetUp() override {
    scheme_.Init({"--people", std::to_string(kPeople), "--seed", "23", "--insurer", kInsurer});
    scheme_.StartAll();
    Insurer({"import-roster", scheme_.InDir("insurer-133033/roster.csv").string()});
    truth_ = Scheme::ParseCsv(Slurp(scheme_.InDir("insurer-133033/truth.csv")));
  }

  Outcome Insurer(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"insurer", "--config", scheme_.Config("insurer-133033")});
    return scheme_.Do(arguments);
  }

  boost::json::object InsurerJson(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    return boost::json::parse(Insurer(arguments).output).as_object();
  }

  [[nodiscard]] const Scheme::Person& TruthOf(const Scheme::Person& person) const {
    return truth_[std::stoul(person.at("row")) - 1];
  }

  // What would go to the hub: number by reference.
  std::map<std::string, std::string> ListedNumbers() {
    const std::string list = scheme_.File("list.p7m").string();
    Insurer({"number-list", "--out", list});
    const auto terminal = crypto::Identity::Load(
        scheme_.InDir("terminal-133033/node.pem"), scheme_.InDir("terminal-133033/node.key")
    );
    const auto trust = crypto::Trust::Load(
        scheme_.InDir("authority/authority.pem"), scheme_.InDir("authority/crl.pem")
    );
    EXPECT_TRUE(terminal.ok() && trust.ok());
    exchange::Expected expected;
    expected.kind = "NL";
    expected.recipient = "hub";
    std::map<std::string, std::string> numbers;
    const auto check = exchange::ReadPackage(
        list,
        *terminal,
        **trust,
        SystemClock().Now(),
        expected,
        [](const auto&) { return Ok(); },
        [&numbers](auto, auto, auto fields) {
          numbers[std::string(fields[0])] = std::string(fields[1]);
          return Ok();
        }
    );
    EXPECT_TRUE(check.ok()) << check.error().Text();
    return numbers;
  }

  // Goes on until the queue is empty; returns how many decisions people had to make.
  int ReviewEverything() {
    int decisions = 0;
    for (; decisions < kPeople; ++decisions) {
      const auto next = InsurerJson({"review", "--next"});
      if (next.at("class").is_null()) {
        break;
      }
      const std::string name(next.at("class").as_string());
      const auto confirmed = InsurerJson(
          {"review", "--confirm", name, "--by", "tanaka", "--reason", "same writing, looked at"}
      );
      if (!confirmed.at("applied").as_bool()) {
        InsurerJson({"review", "--approve", name, "--by", "suzuki"});
      }
    }
    return decisions;
  }

  Scheme scheme_{"links"};
  std::vector<Scheme::Person> truth_;
};

TEST_F(Links, QueriesTieNobodyWronglyAndVerificationFindsEveryForeignNumberAndNoOther) {
  // 1. Numbers for those without.
  const auto asked = InsurerJson({"query-residents"});
  const auto registered = asked.at("registered").to_number<int>();
  EXPECT_GT(registered, 0);
  EXPECT_EQ(asked.at("number_taken").as_array().size(), 0U);
  int by_query = 0;
  for (const auto& person : scheme_.People(kInsurer)) {
    by_query += person.at("state") == "unverified" &&
                        TagsOf(TruthOf(person).at("tags")).contains("num-missing")
                    ? 1
                    : 0;
  }
  EXPECT_EQ(by_query, registered);

  // 2. Everybody verified.
  const auto verified = InsurerJson({"verify-links"});
  EXPECT_EQ(verified.at("stale").to_number<int>(), 0);
  int foreign = 0;
  std::map<std::string, std::string> references;  // by row
  for (const auto& person : scheme_.People(kInsurer)) {
    const Tags tags = TagsOf(TruthOf(person).at("tags"));
    const std::string found = person.at("state") + " " + person.at("reason");
    const std::string row = "row " + person.at("row") + ": " + found;
    references[person.at("row")] = person.at("reference");
    if (tags.contains("num-missing") || tags.contains("num-bad-check-digit")) {
      EXPECT_NE(person.at("state"), "doubtful") << row;
    } else if (tags.contains("num-unknown")) {
      EXPECT_EQ(found, "refused not-found") << row;
      ++foreign;
    } else if (tags.contains("num-of-family") || tags.contains("dob-error")) {
      EXPECT_EQ(found, "doubtful birth-date-differs") << row;
      ++foreign;
    } else if (tags.contains("num-superseded")) {
      EXPECT_EQ(found, "refused superseded") << row;
      ++foreign;
    } else if (tags.contains("resident-deceased") || tags.contains("resident-moved_abroad")) {
      EXPECT_EQ(found, "refused resident-gone") << row;
    } else if (tags.contains("resident-restricted")) {
      EXPECT_EQ(found, "refused restricted") << row;
    } else {
      EXPECT_EQ(person.at("state"), "unverified") << row;
      const bool is_lenient = tags.contains("name-variant") || tags.contains("name-former") ||
                              tags.contains("kana-small") || tags.contains("addr-no-building");
      EXPECT_EQ(person.at("reason"), is_lenient ? "in-review" : "") << row;
    }
  }
  EXPECT_GT(foreign, 0);

  // 3. The queue, cleared by two people.
  const auto queue = InsurerJson({"review"});
  const int waiting = queue.at("waiting").to_number<int>();
  const int decisions = ReviewEverything();
  const double per_thousand = 1000.0 * decisions / kPeople;
  std::cout << "review: " << waiting << " people waiting, " << decisions << " human decisions, "
            << per_thousand << " per 1,000 people\n";
  EXPECT_GT(waiting, 0);
  EXPECT_LT(per_thousand, 5.0);
  EXPECT_EQ(InsurerJson({"review"}).at("waiting").to_number<int>(), 0);
  EXPECT_FALSE(InsurerJson({"verify-links", "--statistics"}).at("statistics").as_array().empty());

  // 4. What goes out is everybody's own number and nothing else.
  const auto numbers = ListedNumbers();
  std::map<std::string, std::string> right;
  for (const auto& row : truth_) {
    right[references.at(row.at("row"))] = row.at("individual_number");
  }
  for (const auto& [reference, number] : numbers) {
    EXPECT_EQ(number, right.at(reference)) << reference;
  }
  EXPECT_GT(numbers.size(), static_cast<std::size_t>(kPeople) * 9 / 10);
}

TEST_F(Links, AStopKeepsSomebodyOutOfTheListUntilItIsLifted) {
  const std::string reference = scheme_.People(kInsurer)[0].at("reference");
  Insurer({"review", "--stop", reference, "--by", "tanaka", "--reason", "the person called"});
  EXPECT_EQ(scheme_.People(kInsurer)[0].at("reason"), "stopped");
  Insurer({"verify-links"});
  EXPECT_EQ(scheme_.People(kInsurer)[0].at("state"), "doubtful");
  Insurer({"review", "--lift", reference, "--by", "suzuki", "--reason", "settled"});
  EXPECT_NE(scheme_.People(kInsurer)[0].at("reason"), "stopped");
}

TEST_F(Links, WhileSupportIsAwayNothingChanges) {
  const auto before = scheme_.People(kInsurer);
  const std::string config = Slurp(scheme_.Config("insurer-133033"));
  const std::string section = "[insurer]\n";
  const std::size_t at = config.find(section) + section.size();
  std::ofstream(scheme_.Config("insurer-133033")) << config.substr(0, at) << "patience_s = 1\n"
                                                  << config.substr(at);
  scheme_.Stop("support");
  const Outcome outcome =
      scheme_.Run({"insurer", "--config", scheme_.Config("insurer-133033"), "verify-links"});
  EXPECT_EQ(outcome.exit_code, 3) << outcome.errors;
  EXPECT_EQ(scheme_.People(kInsurer), before);
}

}  // namespace
}  // namespace musubi::scenario
