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

  // A small association, everybody who takes part in inquiries but the portal, copies sent.
  void Prepare(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"--insurer", kInsurer, "--people", "60"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Init(arguments);
    for (const char* role : {"network", "jlis", "support", "hub", kTown}) {
      Start(role);
    }
    WaitReady();
    Must(Insurer({"import-roster", InDir("insurer-133033/roster.csv").string()}));
    Round(kInsurer, "first");
    Must(Insurer({"import-records", InDir("insurer-133033/records.csv").string()}));
    const std::string copies = File("copies.p7m").string();
    Must(Insurer({"record-copies", "--initial", "--out", copies}));
    const std::string result = File("copies.rr.p7m").string();
    Must(Terminal({"download", Upload(kInsurer, copies), "--out", result}));
    Must(Insurer({"import-copy-result", result}));
    for (const auto& person : People(kInsurer)) {
      if (person.at("state") == "tied") {
        tied_.push_back(person);
      }
    }
    ASSERT_GE(tied_.size(), 10U);
  }

  Outcome Insurer(const std::vector<std::string>& arguments) {
    return At("insurer", "insurer-133033", arguments);
  }

  Outcome Terminal(const std::vector<std::string>& arguments) {
    return At("terminal", "terminal-133033", arguments);
  }

  Outcome Town(const std::vector<std::string>& arguments) {
    return At("institution", kTown, arguments);
  }

  // The n-th tied person: insured number and branch.
  [[nodiscard]] std::string PersonOf(std::size_t n) const {
    return tied_.at(n).at("insured_number") + "-" + tied_.at(n).at("branch");
  }

  [[nodiscard]] std::string ReferenceOf(std::size_t n) const { return tied_.at(n).at("reference"); }

  // The association asks the town about the n-th tied person.
  object AskTown(std::size_t n, const std::string& information = "local-tax") {
    return JsonOf(Terminal(
        {"inquire",
         "--person",
         PersonOf(n),
         "--procedure",
         "nhi-benefits",
         "--information",
         information,
         "--provider",
         kTown,
         "--wait",
         "--json"}
    ));
  }

  // The town asks the associations about the n-th tied person.
  object AskAssociation(std::size_t n) {
    return JsonOf(Town(
        {"inquire",
         "--person",
         TownsKeyOf(n),
         "--procedure",
         "nhi-benefits",
         "--information",
         "medical-benefits",
         "--provider",
         "medical-insurers",
         "--wait",
         "--json"}
    ));
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

  Outcome At(const char* group, const char* node, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {group, "--config", Config(node)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }

  // What the town's own system calls somebody: by way of the resident record code.
  [[nodiscard]] std::string TownsKeyOf(std::size_t n) const {
    const std::string account = std::string(kInsurer) + "-" + ReferenceOf(n);
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

  std::vector<Person> tied_;
};

}  // namespace musubi::scenario
