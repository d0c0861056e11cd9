// Queries of residents by package, a register that is exchanged while the roles run, and addresses
// looked up: over real processes.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <zlib.h>

#include "base/clock.h"
#include "exchange/number_list.h"
#include "tests/scenario/harness.h"

namespace musubi::scenario {
namespace {

using Numbers = std::map<std::string, std::string>;  // by reference

// Decompressed.
std::string ReadGzip(const fs::path& path) {
  std::string text;
  gzFile file = gzopen(path.c_str(), "rb");
  EXPECT_NE(file, nullptr) << path;
  std::array<char, 65536> buffer{};
  for (int count = 1; file != nullptr && count > 0;) {
    count = gzread(file, buffer.data(), buffer.size());
    text.append(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  }
  gzclose(file);
  return text;
}

std::set<std::string> TagsOf(const Scheme::Person& truth) {
  std::istringstream words(truth.at("tags"));
  std::set<std::string> tags;
  for (std::string word; words >> word;) {
    tags.insert(word);
  }
  return tags;
}

bool IsLosslessTag(const std::string& tag) {
  return tag == "addr-notation" || tag == "addr-hyphen" || tag == "addr-no-pref" ||
         tag == "addr-width";
}

class ResidentPackages : public testing::Test {
 protected:
  static constexpr const char* kNode = "insurer-133033";

  void SetUp() override {
    scheme_.Init({"--people", "1500", "--seed", "29", "--insurer", "133033"});
    truth_ = Scheme::ParseCsv(Slurp(scheme_.InDir("insurer-133033/truth.csv")));
    register_ = ReadGzip(scheme_.InDir("jlis/residents.csv.gz"));
    scheme_.Replace("jlis", "residents.csv.gz", "residents.csv");
  }

  void StartWith(const std::string& residents) {
    std::ofstream(scheme_.InDir("jlis/residents.csv")) << residents;
    scheme_.StartAll();
    Insurer({"import-roster", scheme_.InDir("insurer-133033/roster.csv").string()});
  }

  Outcome Insurer(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"insurer", "--config", scheme_.Config(kNode)});
    return scheme_.Do(arguments);
  }

  boost::json::object InsurerJson(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    const Outcome outcome = Insurer(arguments);
    return outcome.exit_code == 0 ? boost::json::parse(outcome.output).as_object()
                                  : boost::json::object();
  }

  boost::json::object QueryByPackage(const fs::path& question, const fs::path& answer) {
    return InsurerJson(
        {"query-residents",
         "--package",
         question.string(),
         "--answer",
         answer.string(),
         "--through-support"}
    );
  }

  // What would go to the hub.
  Numbers ListedNumbers(const std::string& tag) {
    const std::string list = scheme_.File(tag + ".p7m").string();
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
    Numbers numbers;
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

  // Row of the roster (from 1) of somebody with `tag` who is written as the register writes them.
  [[nodiscard]] std::size_t RowOfSomebody(const std::string& tag) const {
    for (std::size_t i = 0; i < truth_.size(); ++i) {
      auto tags = TagsOf(truth_[i]);
      const bool has_tag = tag.empty() || tags.erase(tag) == 1;
      if (has_tag && std::ranges::all_of(tags, IsLosslessTag)) {
        return i + 1;
      }
    }
    ADD_FAILURE() << "nobody has " << tag;
    return 1;
  }

  std::string ReferenceOfRow(std::size_t row) {
    for (const auto& person : scheme_.People("133033")) {
      if (person.at("row") == std::to_string(row)) {
        return person.at("reference");
      }
    }
    ADD_FAILURE() << "row " << row << " is not among the people";
    return "";
  }

  // Where the line of a resident begins, and its size with the line end.
  [[nodiscard]] std::pair<std::size_t, std::size_t> LineOf(const std::string& record_code) const {
    const std::size_t begin = register_.find("\n" + record_code + ",") + 1;
    return {begin, register_.find('\n', begin) + 1 - begin};
  }

  Scheme scheme_{"packages"};
  std::vector<Scheme::Person> truth_;
  std::string register_;
};

TEST_F(ResidentPackages, APackageRegistersTheNumbersThatTheLineRegisters) {
  StartWith(register_);
  const fs::path untouched = scheme_.File("untouched");
  fs::copy(scheme_.InDir(kNode), untouched, fs::copy_options::recursive);
  const auto streamed = InsurerJson({"query-residents"});
  const int registered = streamed.at("registered").to_number<int>();
  EXPECT_GT(registered, 0);
  const Numbers by_line = ListedNumbers("line");

  // The same association once more, before it has asked.
  fs::remove_all(scheme_.InDir(kNode));
  fs::rename(untouched, scheme_.InDir(kNode));
  const Numbers before = [this] {
    const fs::path asking = scheme_.File("asking");
    fs::copy(scheme_.InDir(kNode), asking, fs::copy_options::recursive);
    Numbers numbers = ListedNumbers("before");
    fs::remove_all(scheme_.InDir(kNode));
    fs::rename(asking, scheme_.InDir(kNode));
    return numbers;
  }();
  EXPECT_EQ(before.size() + static_cast<std::size_t>(registered), by_line.size());

  const fs::path question = scheme_.File("rq.p7m");
  const auto packaged = QueryByPackage(question, scheme_.File("ra.p7m"));
  EXPECT_EQ(packaged.at("asked"), streamed.at("asked"));
  EXPECT_EQ(packaged.at("outcomes"), streamed.at("outcomes"));
  EXPECT_EQ(packaged.at("registered"), streamed.at("registered"));
  EXPECT_FALSE(packaged.at("already_applied").as_bool());

  // The same package again: the same bytes, and nothing happens twice.
  const auto again = QueryByPackage(question, scheme_.File("again.p7m"));
  EXPECT_TRUE(again.at("already_applied").as_bool());
  const std::string answer = Slurp(scheme_.File("ra.p7m"));
  EXPECT_FALSE(answer.empty());
  EXPECT_TRUE(answer == Slurp(scheme_.File("again.p7m")));
  EXPECT_TRUE(ListedNumbers("package") == by_line);
}

TEST_F(ResidentPackages, AResidentOfAnExchangedRegisterIsFoundWithoutARestart) {
  const std::size_t row = RowOfSomebody("num-missing");
  const auto [begin, size] = LineOf(truth_[row - 1].at("resident_record_code"));
  ASSERT_NE(begin, 0U);
  std::string without = register_;
  without.erase(begin, size);
  StartWith(without);
  InsurerJson({"query-residents"});
  const std::string reference = ReferenceOfRow(row);
  EXPECT_EQ(scheme_.People("133033")[row - 1].at("state"), "not-collected");

  std::ofstream(scheme_.InDir("jlis/residents.new")) << register_;
  fs::rename(scheme_.InDir("jlis/residents.new"), scheme_.InDir("jlis/residents.csv"));
  int registered = 0;
  for (int i = 0; i < 50 && registered == 0; ++i) {
    std::this_thread::sleep_for(200ms);
    registered = InsurerJson({"query-residents"}).at("registered").to_number<int>();
  }
  EXPECT_EQ(registered, 1);
  const Numbers numbers = ListedNumbers("list");
  ASSERT_TRUE(numbers.contains(reference));
  EXPECT_TRUE(numbers.at(reference) == truth_[row - 1].at("individual_number"));
}

TEST_F(ResidentPackages, AnAddressIsLookedUpForWhoHasANumberOnly) {
  StartWith(register_);
  const std::size_t row = RowOfSomebody("");
  const auto [begin, size] = LineOf(truth_[row - 1].at("resident_record_code"));
  ASSERT_NE(begin, 0U);
  const auto found = InsurerJson({"look-up-address", ReferenceOfRow(row)});
  EXPECT_EQ(found.at("outcome").as_string(), "found");
  const std::string address(found.at("address").as_string());
  EXPECT_GT(address.size(), 10U);
  EXPECT_NE(register_.substr(begin, size).find("," + address + ","), std::string::npos);

  const std::string numberless = ReferenceOfRow(RowOfSomebody("num-missing"));
  const Outcome refused =
      scheme_.Run({"insurer", "--config", scheme_.Config(kNode), "look-up-address", numberless});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_TRUE(refused.output.empty());
}

}  // namespace
}  // namespace musubi::scenario
