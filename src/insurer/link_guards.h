// What is noticed about links beside each person's own check: numbers swapped inside a household,
// birth dates that cannot be.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/date.h"
#include "insurer/link_questions.h"

namespace musubi::insurer {

// Pairs of one household, both of whose numbers look like somebody else's, as questions: the first
// with the second's number, then the second with the first's. Both answers "agree" or "notation":
// the two numbers were swapped.
[[nodiscard]] std::vector<LinkQuestion> SwapQuestions(
    const std::vector<Subject>& subjects, const std::vector<LinkAnswer>& answers
);
[[nodiscard]] std::vector<std::pair<std::string, std::string>> SwapsOf(
    const std::vector<LinkQuestion>& questions, const std::vector<LinkAnswer>& answers
);

// Born after `today` or more than 120 years before.
[[nodiscard]] std::vector<std::string> ImplausibleBirthDates(
    const std::vector<Subject>& subjects, Date today
);

}  // namespace musubi::insurer
