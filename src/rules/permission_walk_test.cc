// Every fact of the tables, at its first day, its last day and the days beside them. What is
// expected is worked out by reading the files once more, line by line, without the look-up tables.
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "base/io.h"
#include "rules/permission.h"

namespace musubi::rules {

namespace {

using Line = std::vector<std::string>;

const std::filesystem::path& Folder() {
  static const auto folder =
      std::filesystem::path(__FILE__).parent_path() / "../../rules/permission";
  return folder;
}

std::vector<Line> LinesOf(const char* name) {
  std::istringstream text(ReadFile(Folder() / name).value());
  std::vector<Line> lines;
  for (std::string line; std::getline(text, line);) {
    lines.emplace_back();
    std::istringstream fields(line + ",");
    for (std::string field; std::getline(fields, field, ',');) {
      lines.back().push_back(field);
    }
  }
  lines.erase(lines.begin());
  return lines;
}

using Wider = std::map<std::string, std::set<std::string>>;

std::set<std::string> AllWiderThan(const Wider& wider, const std::string& code) {
  std::set<std::string> all = {code};
  const auto direct = wider.find(code);
  if (direct != wider.end()) {
    for (const std::string& next : direct->second) {
      all.merge(AllWiderThan(wider, next));
    }
  }
  return all;
}

enum Column { kRuleSet, kRow, kItem, kInquirer, kProcedure, kProvider, kInformation, kFrom, kTo };

struct Law {
  std::vector<Line> facts = LinesOf("facts.csv");
  std::map<std::string, std::vector<const Line*>> by_procedure;
  Wider inquirers;
  Wider providers;
  Wider information;
};

const Law& ReadLaw() {
  static Law law;
  for (const Line& line : LinesOf("kinds.csv")) {
    if (line[0] != "provider") {
      law.inquirers[line[1]].insert(line[2]);
    }
    if (line[0] != "inquirer") {
      law.providers[line[1]].insert(line[2]);
    }
  }
  for (const Line& line : LinesOf("codes.csv")) {
    std::istringstream parts(line[5]);
    for (std::string part; parts >> part;) {
      law.information[line[1]].insert(part);
    }
  }
  for (const Line& line : law.facts) {
    law.by_procedure[line[kProcedure]].push_back(&line);
  }
  return law;
}

// Citations of the lines that allow it on that day.
std::set<std::string> Allowing(const Law& law, const PermitQuestion& question) {
  const auto inquirers = AllWiderThan(law.inquirers, question.inquirer);
  const auto providers = AllWiderThan(law.providers, question.provider);
  const auto information = AllWiderThan(law.information, question.information);
  const std::string day = question.as_of.Text();
  std::set<std::string> citations;
  for (const Line* found : law.by_procedure.at(question.procedure)) {
    const Line& line = *found;
    const bool is_on = line[kFrom] <= day && (line[kTo].empty() || day <= line[kTo]);
    const bool is_information = line[kItem].empty() ? information.contains(line[kInformation])
                                                    : line[kInformation] == question.information;
    if (is_on && is_information && inquirers.contains(line[kInquirer]) &&
        providers.contains(line[kProvider])) {
      citations.insert(line[kTo + 1]);
    }
  }
  return citations;
}

Date DayBeside(Date day, int days) {
  using namespace std::chrono;
  const auto date = year(day.year()) / static_cast<int>(day.month()) / static_cast<int>(day.day());
  return Date::Of(year_month_day(sys_days(date) + std::chrono::days(days)));
}

void ExpectAsWritten(const Law& law, const PermitQuestion& question) {
  const auto citations = Allowing(law, question);
  const auto answer = Permissions::BuiltIn().Permit(question);
  ASSERT_EQ(answer.allowed, !citations.empty()) << question.as_of.Text();
  ASSERT_EQ(answer.allowed, answer.refusal == Refusal::kNone);
  if (answer.allowed) {
    ASSERT_TRUE(citations.contains(answer.citation)) << answer.citation;
  } else {
    ASSERT_EQ(answer.reason(), "not-in-force") << question.as_of.Text();
    ASSERT_FALSE(answer.citation.empty());
  }
}

TEST(PermissionWalk, EveryFactStandsFromItsFirstDayToItsLast) {
  const Law& law = ReadLaw();
  ASSERT_GT(law.facts.size(), 800U);
  for (const Line& line : law.facts) {
    SCOPED_TRACE(line[kTo + 1] + " " + line[kInquirer] + " " + line[kProvider]);
    PermitQuestion question{
        line[kInquirer], line[kProvider], line[kProcedure], line[kInformation], {}
    };
    const Date first = Date::Parse(line[kFrom]).value();
    const Date last = Date::Parse(line[kTo].empty() ? "2099-12-31" : line[kTo]).value();
    for (const Date day : {first, last, DayBeside(first, -1), DayBeside(last, 1)}) {
      question.as_of = day;
      ExpectAsWritten(law, question);
    }
    question.as_of = first;
    ASSERT_TRUE(Permissions::BuiltIn().Permit(question).allowed);
    question.as_of = last;
    ASSERT_TRUE(Permissions::BuiltIn().Permit(question).allowed);
  }
}

// Every institution in the place of the one a fact names, on its first day.
TEST(PermissionWalk, OnlyWhoCountsAsTheNamedOneIsAllowed) {
  const Law& law = ReadLaw();
  std::vector<std::string> institutions;
  for (const Code& code : Permissions::BuiltIn().Codes()) {
    if (code.kind == CodeKind::kInstitution) {
      institutions.push_back(code.code);
    }
  }
  std::set<std::string> asked;
  for (const Line& line : law.facts) {
    const Date first = Date::Parse(line[kFrom]).value();
    if (!asked.insert(line[kProcedure] + line[kInformation] + line[kFrom]).second) {
      continue;
    }
    for (const std::string& inquirer : institutions) {
      for (const std::string& provider : institutions) {
        const PermitQuestion question{
            inquirer, provider, line[kProcedure], line[kInformation], first
        };
        const auto citations = Allowing(law, question);
        const auto answer = Permissions::BuiltIn().Permit(question);
        ASSERT_EQ(answer.allowed, !citations.empty())
            << inquirer << " " << provider << " " << line[kTo + 1];
        ASSERT_EQ(answer.reason().empty(), answer.allowed);
      }
    }
  }
}

TEST(PermissionWalk, FactsOfTheProgramAreThoseOfTheFiles) {
  const auto loaded = Permissions::Load(Folder());
  ASSERT_TRUE(loaded.ok()) << loaded.error().Text();
  const auto facts = Permissions::BuiltIn().Facts({}, {});
  EXPECT_EQ(loaded->Facts({}, {}).size(), facts.size());
  const auto lines = LinesOf("facts.csv");
  ASSERT_EQ(facts.size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(facts[i]->citation, lines[i][kTo + 1]);
    EXPECT_NE(facts[i]->citation.find(facts[i]->basis.row + "の項"), std::string::npos);
  }
}

}  // namespace

}  // namespace musubi::rules
