#include "insurer/link_guards.h"

#include <map>

namespace musubi::insurer {

namespace {

constexpr std::size_t kHouseholdMax = 12;  // more suspects under one 番号: not a household
constexpr int kAgeMax = 120;

bool LooksForeign(const Finding& finding) {
  return finding.outcome == "birth-date-differs" || finding.outcome == "sex-differs" ||
         finding.outcome == "name-differs";
}

bool IsThisPerson(const Finding& finding) {
  return finding.outcome == "agree" || finding.outcome == "notation";
}

}  // namespace

std::vector<LinkQuestion> SwapQuestions(
    const std::vector<Subject>& subjects, const std::vector<LinkAnswer>& answers
) {
  std::map<std::uint64_t, std::vector<const Subject*>> suspects;  // by household
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    const std::uint64_t household = subjects[i].known.signature.household;
    if (household != 0 && LooksForeign(answers[i].finding)) {
      suspects[household].push_back(&subjects[i]);
    }
  }
  std::vector<LinkQuestion> questions;
  for (const auto& [household, people] : suspects) {
    if (people.size() > kHouseholdMax) {
      continue;
    }
    for (std::size_t a = 0; a < people.size(); ++a) {
      for (std::size_t b = a + 1; b < people.size(); ++b) {
        questions.push_back({people[a], people[b]});
        questions.push_back({people[b], people[a]});
      }
    }
  }
  return questions;
}

std::vector<std::pair<std::string, std::string>> SwapsOf(
    const std::vector<LinkQuestion>& questions, const std::vector<LinkAnswer>& answers
) {
  std::vector<std::pair<std::string, std::string>> swaps;
  for (std::size_t i = 0; i + 1 < questions.size(); i += 2) {
    if (IsThisPerson(answers[i].finding) && IsThisPerson(answers[i + 1].finding)) {
      swaps.emplace_back(questions[i].person->known.reference, questions[i].owner->known.reference);
    }
  }
  return swaps;
}

std::vector<std::string> ImplausibleBirthDates(const std::vector<Subject>& subjects, Date today) {
  std::vector<std::string> references;
  for (const Subject& subject : subjects) {
    Date born;
    const FieldViews views = subject.texts.Views();
    if (Date::TryParse(views[static_cast<std::size_t>(Field::kBirthDate)], born) &&
        (born > today || born.year() + kAgeMax < today.year())) {
      references.push_back(subject.known.reference);
    }
  }
  return references;
}

}  // namespace musubi::insurer
