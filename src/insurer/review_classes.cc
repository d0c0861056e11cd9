#include "insurer/review_classes.h"

#include <algorithm>

#include "crypto/digest.h"
#include "insurer/words.h"

namespace musubi::insurer {

namespace {

constexpr std::string_view kVariant = "kanji-variant";

// "name:notation" and the like; what agrees does not tell classes apart.
std::string OnlyDifferent(std::string_view attributes) {
  std::string different;
  for (const std::string& word : WordsOf(attributes)) {
    if (!word.ends_with(":agree")) {
      different.append(different.empty() ? "" : " ").append(word);
    }
  }
  return different;
}

std::string HexOf(std::string_view text, std::size_t size) {
  return ToHex(crypto::Sha256Of(AsBytes(text))).substr(0, size);
}

std::string KeyOf(const LinkCheck& check, const Finding& finding, bool is_bulk) {
  std::string key;
  for (const std::string_view part :
       {std::string_view(finding.outcome),
        std::string_view(finding.attributes),
        std::string_view(finding.rules),
        std::string_view(finding.characters),
        is_bulk ? std::string_view() : std::string_view(check.reference)}) {
    key.append(part).append(1, '\n');
  }
  return key;
}

std::string MembersOf(const ReviewClass& review_class, const LinkChecks& checks) {
  std::string text;
  for (const std::string& reference : review_class.references) {
    text.append(reference).append(" ").append(checks.find(reference)->second.fingerprint);
    text.push_back('\n');
  }
  return HexOf(text, 32);
}

}  // namespace

std::string DescribeDifference(const Finding& finding) {
  std::string ways;
  const auto add = [&ways](std::string_view way) {
    ways.append(ways.empty() ? "" : " and ").append(way);
  };
  for (const std::string& difference : DifferencesOf(finding)) {
    const bool is_pair = difference.starts_with(kVariant) && difference.size() > kVariant.size();
    add(is_pair ? std::string_view(difference).substr(kVariant.size() + 1) : difference);
  }
  const bool is_spelling = finding.outcome == "notation";
  return (is_spelling ? "differ only by " : "differ: ") + ways;
}

std::vector<std::string> DifferencesOf(const Finding& finding) {
  std::vector<std::string> differences;
  if (finding.outcome != "notation") {
    differences.push_back(finding.outcome);
    for (const std::string& word : WordsOf(finding.attributes)) {
      if (word.ends_with(":differs") &&
          !finding.outcome.starts_with(word.substr(0, word.find(':')))) {
        differences.push_back(word.substr(0, word.find(':')) + "-differs");
      }
    }
  }
  for (const std::string& rule : WordsOf(finding.rules)) {
    if (rule != kVariant || finding.characters.empty()) {
      differences.push_back(rule);
      continue;
    }
    for (const std::string& pair : WordsOf(finding.characters)) {
      differences.push_back(rule + ":" + pair);
    }
  }
  return differences;
}

std::vector<ReviewClass> ClassesOf(const LinkChecks& checks, const ReviewRules& rules) {
  std::map<std::string, ReviewClass> by_key;
  for (const auto& [reference, check] : checks) {
    if (check.status != CheckStatus::kWaiting) {
      continue;
    }
    Finding finding = check.finding;
    const bool is_bulk = rules.IsBulk(finding);
    finding.attributes = OnlyDifferent(finding.attributes);
    const std::string key = KeyOf(check, finding, is_bulk);
    ReviewClass& found = by_key[key];
    if (found.references.empty()) {
      found.name = "C" + HexOf(key, 8);
      found.finding = std::move(finding);
      found.is_bulk = is_bulk;
    }
    found.references.push_back(reference);
    found.without_number += check.finding.source == CheckSource::kQuery ? 1U : 0U;
  }
  std::vector<ReviewClass> classes;
  for (auto& [key, found] : by_key) {
    found.members = MembersOf(found, checks);
    classes.push_back(std::move(found));
  }
  std::sort(classes.begin(), classes.end(), [](const auto& a, const auto& b) {
    return std::pair(b.references.size(), std::string_view(a.name)) <
           std::pair(a.references.size(), std::string_view(b.name));
  });
  return classes;
}

}  // namespace musubi::insurer
