// Two files and no scheme running: match and verify a generated population against its truth.
#include <algorithm>
#include <set>

#include "tests/scenario/harness.h"

namespace musubi::scenario {

namespace {

using Row = std::map<std::string, std::string>;

std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == ',') {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

// A file without quotes, by its headings.
std::vector<Row> Table(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const auto headings = Fields(line);
  std::vector<Row> rows;
  while (std::getline(file, line)) {
    const auto fields = Fields(line);
    Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < headings.size() && i < fields.size(); ++i) {
      row[headings[i]] = fields[i];
    }
  }
  return rows;
}

std::set<std::string> Words(const std::string& text) {
  std::istringstream stream(text);
  std::set<std::string> words;
  for (std::string word; stream >> word;) {
    words.insert(word);
  }
  return words;
}

bool HasAny(const std::set<std::string>& words, std::initializer_list<const char*> wanted) {
  return std::ranges::any_of(wanted, [&](const char* word) { return words.contains(word); });
}

fs::path FirstInsurer(const Scheme& scheme) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(scheme.Dir())) {
    if (entry.is_directory() && entry.path().filename().string().starts_with("insurer-") &&
        fs::exists(entry.path() / "roster.csv")) {
      folders.push_back(entry.path());
    }
  }
  std::ranges::sort(folders);
  return folders.empty() ? fs::path() : folders.front();
}

class MatchScenario : public testing::Test {
 protected:
  void SetUp() override {
    scheme_.Init({"--people", "6000", "--seed", "41"});
    insurer_ = FirstInsurer(scheme_);
    ASSERT_FALSE(insurer_.empty());
  }

  Outcome Run(const std::string& command, std::vector<std::string> more = {}) {
    std::vector<std::string> words{
        command,
        "--residents",
        scheme_.InDir("jlis/residents.csv.gz").string(),
        "--roster",
        (insurer_ / "roster.csv").string(),
        "--out",
        scheme_.File("result.csv").string()
    };
    words.insert(words.end(), more.begin(), more.end());
    return scheme_.Run(words);
  }

  Scheme scheme_{"match"};
  fs::path insurer_;
};

TEST_F(MatchScenario, MatchTiesNobodyWronglyAndLosesNobodySilently) {
  const Outcome outcome = Run("match", {"--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const auto results = Table(scheme_.File("result.csv"));
  const auto truths = Table(insurer_ / "truth.csv");
  ASSERT_EQ(results.size(), truths.size());
  std::size_t lossless = 0;
  std::size_t agreed = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    Row result = results[i];
    Row truth = truths[i];
    const std::string& said = result["outcome"];
    const auto tags = Words(truth["tags"]);
    const bool is_told = said == "agree" || said == "notation";
    ASSERT_EQ(result["resident_record_code"].empty(), !is_told) << "row " << i + 1;
    if (is_told) {
      ASSERT_EQ(result["resident_record_code"], truth["resident_record_code"]) << "row " << i + 1;
    }
    if (tags.contains("dob-error")) {
      EXPECT_EQ(said, "partial") << "row " << i + 1;
      EXPECT_TRUE(Words(result["differs"]).contains("birth-date")) << "row " << i + 1;
    } else if (HasAny(tags, {"resident-deceased", "resident-moved_abroad"})) {
      EXPECT_EQ(said, "gone") << "row " << i + 1;
    } else if (tags.contains("resident-restricted")) {
      EXPECT_EQ(said, "restricted") << "row " << i + 1;
    } else if (!HasAny(tags, {"name-former", "name-variant", "kana-small", "addr-no-building"})) {
      ++lossless;
      agreed += said == "agree" ? 1 : 0;
    } else {
      EXPECT_TRUE(is_told) << "row " << i + 1 << " " << truth["tags"];
    }
  }
  EXPECT_GE(agreed * 1000, lossless * 999);
}

TEST_F(MatchScenario, StrictRuleSetTellsOnlyWhatAgrees) {
  const fs::path rules = scheme_.File("rules.toml");
  std::ofstream(rules) << "[sets.strict]\nnotation = []\n";
  ASSERT_EQ(Run("match", {"--rules", rules.string() + ":strict"}).exit_code, 0);
  for (Row row : Table(scheme_.File("result.csv"))) {
    EXPECT_NE(row["outcome"], "notation");
  }
  EXPECT_EQ(Run("match", {"--rules", rules.string() + ":missing"}).exit_code, 1);
}

TEST_F(MatchScenario, OwnTablesAreTakenByEveryCommandThatComparesSpellings) {
  const std::string own = scheme_.File("own.tsv").string();
  std::ofstream(own) << "邉\t辺\town\n";
  const auto normalised = scheme_.Do(
      {"text", "normalise", "--as", "name", "--lenient", "--kanji-variants", own}, "渡邉\n渡邊\n"
  );
  EXPECT_EQ(normalised.output, "渡辺\tkanji-variant\n渡邊\t\n");
  const auto notations = [this] {
    const auto rows = Table(scheme_.File("result.csv"));
    return std::ranges::count_if(rows, [](const Row& row) {
      return row.at("outcome") == "notation";
    });
  };
  for (const char* command : {"match", "verify"}) {
    ASSERT_EQ(Run(command).exit_code, 0);
    const auto with_all = notations();
    ASSERT_EQ(Run(command, {"--kanji-variants", own}).exit_code, 0);
    EXPECT_LT(notations(), with_all) << command;
    const Outcome refused = Run(command, {"--gazetteer", own});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_NE(refused.errors.find("own.tsv:1: "), std::string::npos) << refused.errors;
  }
}

TEST_F(MatchScenario, VerifyFindsEveryWrongNumberAndAccusesNoRightOne) {
  const Outcome outcome = Run("verify");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const auto truths = Table(insurer_ / "truth.csv");
  const auto results = Table(scheme_.File("result.csv"));
  ASSERT_FALSE(results.empty());
  for (Row result : results) {
    Row truth = truths.at(std::stoul(result["row"]) - 1);
    const auto tags = Words(truth["tags"]);
    const std::string& said = result["outcome"];
    const bool is_right =
        said == "agree" || said == "notation" || said == "gone" || said == "restricted";
    EXPECT_FALSE(tags.contains("num-missing"));
    if (tags.contains("num-bad-check-digit")) {
      EXPECT_EQ(said, "invalid") << "row " << result["row"];
    } else if (tags.contains("num-superseded")) {
      EXPECT_EQ(said, "superseded") << "row " << result["row"];
    } else if (tags.contains("num-unknown")) {
      EXPECT_EQ(said, "number-unknown") << "row " << result["row"];
    } else {
      EXPECT_EQ(is_right, !HasAny(tags, {"num-of-family", "dob-error"}))
          << "row " << result["row"] << " " << said << " " << truth["tags"];
    }
  }
}

TEST_F(MatchScenario, BrokenRosterIsRefusedAndLeavesNoResult) {
  std::ofstream(scheme_.File("broken.csv")) << "not,a,roster\n1,2,3\n";
  const Outcome outcome = scheme_.Run(
      {"match",
       "--residents",
       scheme_.InDir("jlis/residents.csv.gz").string(),
       "--roster",
       scheme_.File("broken.csv").string(),
       "--out",
       scheme_.File("none.csv").string()}
  );
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_FALSE(fs::exists(scheme_.File("none.csv")));
}

}  // namespace

}  // namespace musubi::scenario
