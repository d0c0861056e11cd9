#include "insurer/link_state.h"

#include <algorithm>
#include <array>

namespace musubi::insurer {

namespace {

constexpr std::array<std::string_view, kLinkStateCount> kStateNames = {
    "not-collected", "unverified", "listed", "tied", "refused", "doubtful", "released"
};

constexpr std::array<std::string_view, kReasonCount> kReasonNames = {
    "",
    "no-number",
    "gone-from-roster",
    "bad-format",
    "bad-check-digit",
    "not-found",
    "birth-date-differs",
    "superseded",
    "resident-gone",
    "restricted",
    "duplicate-in-list",
    "expired",
    "busy",
    "sex-differs",
    "in-review",
    "rejected",
    "stopped"
};

constexpr std::array<std::string_view, 4> kFactNames = {
    "blank", "bad-format", "bad-check-digit", "good"
};

template <typename Enum, std::size_t kCount>
std::optional<Enum> Find(const std::array<std::string_view, kCount>& names, std::string_view name) {
  const auto* found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    return std::nullopt;
  }
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view LinkStateName(LinkState state) {
  return kStateNames.at(static_cast<std::size_t>(state));
}

std::optional<LinkState> LinkStateOf(std::string_view name) {
  return Find<LinkState>(kStateNames, name);
}

std::string_view ReasonName(Reason reason) {
  return kReasonNames.at(static_cast<std::size_t>(reason));
}

std::optional<Reason> ReasonOf(std::string_view name) {
  return Find<Reason>(kReasonNames, name);
}

Reason ReasonOfOutcome(exchange::Outcome outcome) {
  if (exchange::IsDone(outcome)) {
    return Reason::kNone;
  }
  // The words are the same by design; a word without a twin would be a bug, shown as bad-format.
  return ReasonOf(exchange::OutcomeName(outcome)).value_or(Reason::kBadFormat);
}

std::string_view NumberFactName(NumberFact fact) {
  return kFactNames.at(static_cast<std::size_t>(fact));
}

std::optional<NumberFact> NumberFactOf(std::string_view name) {
  return Find<NumberFact>(kFactNames, name);
}

}  // namespace musubi::insurer
