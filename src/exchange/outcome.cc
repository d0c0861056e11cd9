#include "exchange/outcome.h"

namespace musubi::exchange {

namespace {

constexpr std::array<std::string_view, kOutcomeCount> kNames = {
    "issued",
    "known",
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
    "stopped",
};

}  // namespace

std::string_view OutcomeName(Outcome outcome) {
  return kNames.at(static_cast<std::size_t>(outcome));
}

std::optional<Outcome> OutcomeOf(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) {
      return static_cast<Outcome>(i);
    }
  }
  return std::nullopt;
}

}  // namespace musubi::exchange
