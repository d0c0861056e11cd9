// 確認待ち (the review queue) in classes: people who differ in the same way, so that one decision
// serves all of them.
//
// A class is everybody waiting with one outcome, one set of differing attributes, one set of
// lenient rules and, where the rule is a kanji variant, one set of character pairs. What may not be
// cleared in bulk is a class of its own for each person. The name of a class follows from what it
// is: the same next month, whoever is in it.
#pragma once

#include <string>
#include <vector>

#include "insurer/link_check_table.h"
#include "insurer/review_rules.h"

namespace musubi::insurer {

struct ReviewClass {
  std::string name;  // "C1a2b3c4d"
  Finding finding;   // attributes: only those that do not agree; source: of the first
  bool is_bulk = false;
  std::vector<std::string> references;
  std::uint64_t without_number = 0;  // of them: found by query, and without one afterwards too
  std::string members;               // changes whenever the people or their attributes do
};

// "differs only by 高/髙", "address differs": for people to read.
[[nodiscard]] std::string DescribeDifference(const Finding& finding);

// The single differences of a finding: "kanji-variant:高/髙", "building", "address-differs".
[[nodiscard]] std::vector<std::string> DifferencesOf(const Finding& finding);

// Largest first.
[[nodiscard]] std::vector<ReviewClass> ClassesOf(
    const LinkChecks& checks, const ReviewRules& rules
);

}  // namespace musubi::insurer
