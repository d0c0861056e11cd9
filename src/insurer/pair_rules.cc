#include "insurer/pair_rules.h"

namespace musubi::insurer {

namespace {

// A correction of number or birth date has set listed_in back to 0.
bool IsStale(const Known& person, const PairRow& row) {
  if (person.listed_in == 0 || !person.has_number) {
    return true;
  }
  if (row.has_number ? row.number_index != person.number_index : exchange::IsDone(row.outcome)) {
    return true;
  }
  // A refusal that comes late, from a list before the one that led to the tie.
  return person.state == LinkState::kTied && !exchange::IsDone(row.outcome);
}

LinkValue LinkOf(exchange::Outcome outcome) {
  if (exchange::IsDone(outcome)) {
    return {LinkState::kTied, Reason::kNone};
  }
  if (outcome == exchange::Outcome::kBirthDateDiffers) {
    return {LinkState::kDoubtful, Reason::kBirthDateDiffers};
  }
  if (outcome == exchange::Outcome::kStopped) {
    return {LinkState::kDoubtful, Reason::kStopped};
  }
  return {LinkState::kRefused, ReasonOfOutcome(outcome)};
}

}  // namespace

PairDecision DecidePair(const Known& person, const PairRow& row) {
  if (IsStale(person, row)) {
    return {PairEffect::kStale, {person.state, person.reason}};
  }
  if (person.state == LinkState::kReleased) {
    // Gone meanwhile: the insured number is kept for a return, the person stays released.
    return {PairEffect::kApply, {person.state, person.reason}};
  }
  return {PairEffect::kApply, LinkOf(row.outcome)};
}

}  // namespace musubi::insurer
