// A scheme in which inquiries can be made both ways, for scenario tests: people tied, record copies
// with the hub, commands of a terminal and of a municipality.
#pragma once

#include <algorithm>

#include "tests/scenario/harness.h"

namespace musubi::scenario {

using boost::json::object;

inline constexpr const char* kTown = "institution-131016";

inline std::string TextOf(const object& json, const char* name) {
  const auto* value = json.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

inline object JsonOf(const Outcome& outcome) {
  const std::size_t start = outcome.output.find('{');
  if (start == std::string::npos) {
    ADD_FAILURE() << outcome.errors << outcome.output;
    return {};
  }
  const std::string text = outcome.output.substr(start);
  return boost::json::parse(text.substr(0, text.find('\n'))).as_object();
}

class InquiryScheme : public Scheme {
 public:
  static constexpr const char* kInsurer = "133033";

  using Scheme::Scheme;

  struct Shape {
    std::vector<std::string> insurers = {kInsurer};
    int people = 60;  // of each
    std::vector<std::string> roles = {"network", "jlis", "support", "hub", kTown};
    std::vector<std::string> more = {};  // words of `scheme init`
  };

  struct Question {
    std::string procedure = "nhi-benefits";
    std::string information = "local-tax";
    std::string provider = kTown;
  };

  enum class Wait { kNo, kYes };

  // A small association, everybody who takes part in inquiries but the portal, copies sent.
  void Prepare(const std::vector<std::string>& more = {}) {
    Shape shape;
    shape.more = more;
    Make(shape);
    Begin();
  }

  // Prepare in two halves: between them the files may be changed, nobody runs yet.
  void Make(const Shape& shape) {
    shape_ = shape;
    std::vector<std::string> arguments;
    for (const std::string& insurer : shape.insurers) {
      arguments.insert(arguments.end(), {"--insurer", insurer});
    }
    arguments.insert(arguments.end(), {"--people", std::to_string(shape.people)});
    arguments.insert(arguments.end(), shape.more.begin(), shape.more.end());
    Init(arguments);
  }

  void Begin() {
    for (const std::string& role : shape_.roles) {
      Start(role);
    }
    WaitReady();
    for (const std::string& insurer : shape_.insurers) {
      const std::string folder = "insurer-" + insurer;
      Must(Insurer(insurer, {"import-roster", InDir(folder + "/roster.csv").string()}));
      Round(insurer, "first-" + insurer);
      Must(Insurer(insurer, {"import-records", InDir(folder + "/records.csv").string()}));
      SendCopies(insurer, "--initial", "copies-" + insurer);
      tied_[insurer] = Tied(insurer);
      ASSERT_GE(tied_[insurer].size(), 10U);
    }
  }

  void SendCopies(const std::string& insurer, const std::string& how, const std::string& name) {
    const std::string copies = File(name + ".p7m").string();
    const std::string result = File(name + ".rr.p7m").string();
    Must(Insurer(insurer, {"record-copies", how, "--out", copies}));
    Must(Terminal(insurer, {"download", Upload(insurer, copies), "--out", result}));
    Must(Insurer(insurer, {"import-copy-result", result}));
  }

  Outcome Insurer(const std::string& insurer, const std::vector<std::string>& arguments) {
    return At("insurer", "insurer-" + insurer, arguments);
  }

  Outcome Insurer(const std::vector<std::string>& arguments) {
    return Insurer(kInsurer, arguments);
  }

  Outcome Terminal(const std::string& insurer, const std::vector<std::string>& arguments) {
    return At("terminal", "terminal-" + insurer, arguments);
  }

  Outcome Terminal(const std::vector<std::string>& arguments) {
    return Terminal(kInsurer, arguments);
  }

  Outcome Town(const std::vector<std::string>& arguments) {
    return At("institution", kTown, arguments);
  }

  // The people tied at this moment.
  std::vector<Person> Tied(const std::string& insurer) {
    std::vector<Person> tied = People(insurer);
    std::erase_if(tied, [](const Person& person) { return person.at("state") != "tied"; });
    return tied;
  }

  static std::string InsuredOf(const Person& person) {
    return person.at("insured_number") + "-" + person.at("branch");
  }

  // The n-th person who was tied when the scheme began: insured number and branch.
  [[nodiscard]] std::string PersonOf(std::size_t n, const std::string& insurer = kInsurer) const {
    return InsuredOf(tied_.at(insurer).at(n));
  }

  [[nodiscard]] std::string ReferenceOf(std::size_t n) const {
    return tied_.at(kInsurer).at(n).at("reference");
  }

  // What the n-th person is called at the portal.
  [[nodiscard]] std::string AccountOf(std::size_t n) const {
    return std::string(kInsurer) + "-" + ReferenceOf(n);
  }

  object Ask(const std::string& insurer, const std::string& person, const Question& question) {
    return JsonOf(Terminal(
        insurer,
        {"inquire",
         "--person",
         person,
         "--procedure",
         question.procedure,
         "--information",
         question.information,
         "--provider",
         question.provider,
         "--wait",
         "--json"}
    ));
  }

  // The association asks about the n-th tied person.
  object AskFor(std::size_t n, const Question& question) {
    return Ask(kInsurer, PersonOf(n), question);
  }

  // The association asks the town about the n-th tied person.
  object AskTown(std::size_t n, const std::string& information = "local-tax") {
    return AskFor(n, {.information = information});
  }

  // The town asks the associations about the n-th tied person.
  object AskAssociation(std::size_t n, Wait wait = Wait::kYes) {
    std::vector<std::string> arguments = {
        "inquire",
        "--person",
        TownsKeyOf(n),
        "--procedure",
        "nhi-benefits",
        "--information",
        "medical-benefits",
        "--provider",
        "medical-insurers",
        "--json"
    };
    if (wait == Wait::kYes) {
      arguments.emplace_back("--wait");
    }
    return JsonOf(Town(arguments));
  }

  static void Must(const Outcome& outcome) {
    EXPECT_EQ(outcome.exit_code, 0) << outcome.errors << outcome.output;
  }

  [[nodiscard]] static std::string LogUrl(const std::string& address) {
    return "https://" + address + "/log";
  }

  // "127.0.0.1:20001", from the node's configuration.
  [[nodiscard]] std::string AddressOf(const std::string& node) const {
    return Quoted(Slurp(Config(node)), "listen = ");
  }

  // store = "..." of the node's configuration.
  [[nodiscard]] std::string StoreOf(const std::string& node) const {
    return Quoted(Slurp(Config(node)), "store = ");
  }

 private:
  static std::string Quoted(const std::string& text, const std::string& key) {
    const std::size_t at = text.find(key) + key.size() + 1;
    return text.substr(at, text.find('"', at) - at);
  }

  Outcome At(const char* group, const std::string& node, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {group, "--config", Config(node)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }

  // What the town's own system calls somebody: by way of the resident record code.
  [[nodiscard]] std::string TownsKeyOf(std::size_t n) const {
    const std::string account = AccountOf(n);
    std::string resident;
    for (const auto& row : ParseCsv(Slurp(InDir("portal/accounts.csv")))) {
      resident = row.at("account") == account ? row.at("resident_record_code") : resident;
    }
    std::istringstream records(Slurp(InDir(std::string(kTown) + "/records.csv")));
    for (std::string line; std::getline(records, line);) {
      const std::size_t first = line.find(',');
      if (first != std::string::npos &&
          line.substr(first + 1, line.find(',', first + 1) - first - 1) == resident) {
        return line.substr(0, first);
      }
    }
    ADD_FAILURE() << "nobody at the town";
    return {};
  }

  Shape shape_;
  std::map<std::string, std::vector<Person>> tied_;  // by insurer, when the scheme began
};

}  // namespace musubi::scenario
