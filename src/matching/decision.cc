#include "matching/decision.h"

#include <array>

namespace musubi::matching {

namespace {

constexpr std::array<std::string_view, kAttributeCount> kAttributeNames{
    "name", "kana", "birth-date", "sex", "address"
};

constexpr std::array<std::string_view, 8> kOutcomeNames{
    "agree", "notation", "partial", "multiple", "none", "restricted", "gone", "invalid"
};

}  // namespace

std::string_view AttributeName(Attribute attribute) {
  return kAttributeNames[static_cast<std::size_t>(attribute)];
}

std::string AttributeNames(AttributeSet set) {
  std::string names;
  for (std::size_t i = 0; i < kAttributeCount; ++i) {
    if ((set >> i & 1U) != 0) {
      names.append(names.empty() ? "" : " ").append(kAttributeNames[i]);
    }
  }
  return names;
}

std::string_view MatchOutcomeName(MatchOutcome outcome) {
  return kOutcomeNames[static_cast<std::size_t>(outcome)];
}

}  // namespace musubi::matching
