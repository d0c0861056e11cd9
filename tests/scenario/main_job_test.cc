// The whole job over real processes: every refused row has the right reason, in = done + refused.
#include <set>

#include "bench/local_postgres.h"
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

// What must come of a row, by what was done to it when the sample was made.
struct Expectation {
  std::string state;
  std::string reason;
};

Expectation ExpectationOf(const Tags& tags) {
  if (tags.contains("num-missing")) {
    return {"not-collected", "no-number"};
  }
  if (tags.contains("num-bad-check-digit")) {
    return {"refused", "bad-check-digit"};
  }
  if (tags.contains("num-unknown")) {
    return {"refused", "not-found"};
  }
  if (tags.contains("dob-error") || tags.contains("num-of-family")) {
    return {"doubtful", "birth-date-differs"};
  }
  if (tags.contains("num-superseded")) {
    return {"refused", "superseded"};
  }
  if (tags.contains("resident-deceased") || tags.contains("resident-moved_abroad")) {
    return {"refused", "resident-gone"};
  }
  if (tags.contains("resident-restricted")) {
    return {"refused", "restricted"};
  }
  return {"tied", ""};
}

class MainJob : public testing::Test {
 protected:
  static constexpr const char* kFirst = "133033";
  static constexpr const char* kSecond = "133264";

  void CheckAgainstTruth(Scheme& scheme, const std::string& insurer) {
    const auto truth = Scheme::ParseCsv(Slurp(scheme.InDir("insurer-" + insurer + "/truth.csv")));
    const auto people = scheme.People(insurer);
    ASSERT_EQ(people.size(), truth.size());
    std::set<std::string> insured;
    for (std::size_t i = 0; i < people.size(); ++i) {
      const auto& person = people[i];
      ASSERT_EQ(person.at("row"), truth[i].at("row"));
      const Expectation expected = ExpectationOf(TagsOf(truth[i].at("tags")));
      EXPECT_EQ(person.at("state"), expected.state) << "row " << person.at("row");
      EXPECT_EQ(person.at("reason"), expected.reason) << "row " << person.at("row");
      EXPECT_EQ(person.at("insured_number").empty(), expected.state != "tied");
      if (expected.state == "tied") {
        EXPECT_TRUE(insured.insert(person.at("insured_number") + "-" + person.at("branch")).second);
      }
    }
  }
};

TEST_F(MainJob, EveryRowEndsWithItsRightOutcomeAndMoversAreOnePerson) {
  Scheme scheme("main-job");
  scheme.Init({"--people", "2000", "--seed", "7"});
  scheme.StartAll();
  for (const std::string insurer : {kFirst, kSecond}) {
    const std::string roster = scheme.InDir("insurer-" + insurer + "/roster.csv").string();
    const Outcome imported = scheme.Run(
        {"insurer",
         "--config",
         scheme.Config("insurer-" + insurer),
         "import-roster",
         roster,
         "--json"}
    );
    ASSERT_EQ(imported.exit_code, 0) << imported.errors;
    scheme.Round(insurer, "first-" + insurer);
    CheckAgainstTruth(scheme, insurer);
    // The same roster again changes nothing.
    const Outcome again = scheme.Do(
        {"insurer",
         "--config",
         scheme.Config("insurer-" + insurer),
         "import-roster",
         roster,
         "--json"}
    );
    const auto summary = boost::json::parse(again.output).as_object();
    EXPECT_EQ(summary.at("new").to_number<int>(), 0);
    EXPECT_EQ(summary.at("changed").to_number<int>(), 0);
    EXPECT_EQ(summary.at("gone").to_number<int>(), 0);
    CheckAgainstTruth(scheme, insurer);
  }
  // Whoever stands in both rosters is one person with two enrolments.
  const auto counts =
      boost::json::parse(
          scheme.Do({"hub", "--config", scheme.Config("hub"), "people", "--json"}).output
      )
          .as_object();
  const int people = counts.at("people").to_number<int>();
  const int enrolments = counts.at("enrolments").to_number<int>();
  EXPECT_LT(people, enrolments);
  int tied = 0;
  for (const std::string insurer : {kFirst, kSecond}) {
    for (const auto& person : scheme.People(insurer)) {
      tied += person.at("state") == "tied" ? 1 : 0;
    }
  }
  EXPECT_EQ(enrolments, tied);
}

TEST_F(MainJob, TheSameJobOnPostgreSqlEndsTheSame) {
  Scheme scheme("main-job-postgres");
  scheme.Init(
      {"--people", "800", "--seed", "9", "--store", bench::LocalPostgres::Shared().NewDatabase()}
  );
  scheme.StartAll();
  for (const std::string insurer : {kFirst, kSecond}) {
    const std::string config = scheme.Config("insurer-" + insurer);
    const std::string roster = scheme.InDir("insurer-" + insurer + "/roster.csv").string();
    scheme.Do({"insurer", "--config", config, "import-roster", roster});
    scheme.Round(insurer, "first-" + insurer);
    CheckAgainstTruth(scheme, insurer);
  }
  // kill -9 of the hub: what was ready stays ready.
  const std::string before =
      scheme.Do({"hub", "--config", scheme.Config("hub"), "people", "--json"}).output;
  scheme.Kill("hub");
  scheme.Start("hub");
  scheme.WaitReady();
  EXPECT_EQ(
      scheme.Do({"hub", "--config", scheme.Config("hub"), "people", "--json"}).output, before
  );
}

TEST_F(MainJob, ACorrectedPersonGoesAgainAlone) {
  Scheme scheme("correction");
  scheme.Init({"--people", "1500", "--seed", "11"});
  scheme.StartAll();
  const std::string insurer = kFirst;
  const std::string config = scheme.Config("insurer-" + insurer);
  scheme.Do(
      {"insurer",
       "--config",
       config,
       "import-roster",
       scheme.InDir("insurer-" + insurer + "/roster.csv").string()}
  );
  scheme.Round(insurer, "first");
  const auto truth = Scheme::ParseCsv(Slurp(scheme.InDir("insurer-" + insurer + "/truth.csv")));
  int corrected = 0;
  for (const auto& person : scheme.People(insurer)) {
    const auto& right = truth[std::stoul(person.at("row")) - 1];
    const Tags tags = TagsOf(right.at("tags"));
    if (person.at("reason") == "bad-check-digit" && tags.size() == 1) {
      scheme.Do(
          {"insurer", "--config", config, "set-number", person.at("reference")},
          right.at("individual_number") + "\n"
      );
      ++corrected;
    }
  }
  ASSERT_GT(corrected, 0);
  scheme.Round(insurer, "second");
  for (const auto& person : scheme.People(insurer)) {
    const Tags tags = TagsOf(truth[std::stoul(person.at("row")) - 1].at("tags"));
    if (tags == Tags{"num-bad-check-digit"}) {
      EXPECT_EQ(person.at("state"), "tied") << "row " << person.at("row");
    }
  }
  // Nobody is left to list: said plainly, exit 1, no file.
  const Outcome nobody = scheme.Run(
      {"insurer", "--config", config, "number-list", "--out", scheme.File("none.p7m").string()}
  );
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_FALSE(fs::exists(scheme.File("none.p7m")));
}

}  // namespace
}  // namespace musubi::scenario
