#include "insurer/link_rules.h"

#include <optional>

namespace musubi::insurer {

namespace {

constexpr FieldMask kEssential = MaskOf(Field::kName) | MaskOf(Field::kBirthDate);

// Without a look at what happened before.
LinkValue FreshLink(FieldMask blank, bool has_number, NumberFact fact) {
  if ((blank & kEssential) != 0) {
    return {LinkState::kRefused, Reason::kBadFormat};
  }
  if (has_number) {
    return {LinkState::kUnverified, Reason::kNone};
  }
  switch (fact) {
    case NumberFact::kBadFormat:
      return {LinkState::kRefused, Reason::kBadFormat};
    case NumberFact::kBadCheckDigit:
      return {LinkState::kRefused, Reason::kBadCheckDigit};
    default:
      return {LinkState::kNotCollected, Reason::kNoNumber};
  }
}

// Refused by ourselves for what the roster said, not by the hub: what the roster says decides anew.
bool IsOwnRefusal(const Known& person) {
  return person.state == LinkState::kNotCollected ||
         (person.state == LinkState::kRefused && person.listed_in == 0 &&
          (person.reason == Reason::kBadFormat || person.reason == Reason::kBadCheckDigit));
}

FieldMask ChangedFields(const Known& person, const Incoming& row) {
  FieldMask changed = 0;
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    if (person.signature.fields[field] != row.signature.fields[field]) {
      changed |= static_cast<FieldMask>(1U << field);
    }
  }
  // A name or birth date that is missing now is a slip of the export, not a change of the person.
  const FieldMask not_said = static_cast<FieldMask>(row.unreadable | (row.blank & kEssential));
  return static_cast<FieldMask>(changed & ~not_said);
}

}  // namespace

namespace {

// The state a reason belongs to, for those that outlive an absence; nothing for the others.
std::optional<LinkState> StateThatStays(Reason reason) {
  switch (reason) {
    case Reason::kStopped:
    case Reason::kRejected:
    case Reason::kBirthDateDiffers:
    case Reason::kSexDiffers:
      return LinkState::kDoubtful;
    case Reason::kNotFound:
    case Reason::kSuperseded:
    case Reason::kResidentGone:
    case Reason::kRestricted:
    case Reason::kDuplicateInList:
      return LinkState::kRefused;
    default:
      return std::nullopt;
  }
}

}  // namespace

LinkValue LinkOfReleased(const Known& person) {
  const bool stays = StateThatStays(person.reason) == person.state;
  return {LinkState::kReleased, stays ? person.reason : Reason::kGoneFromRoster};
}

LinkValue LinkOfNew(const Incoming& row) {
  return FreshLink(row.blank, row.roster_number.fact == NumberFact::kGood, row.roster_number.fact);
}

RowDecision DecideRow(const Known& person, const Incoming& row) {
  RowDecision decision;
  decision.changed = ChangedFields(person, row);
  decision.roster_number_changed = person.roster_number != row.roster_number;
  decision.number_is_new = decision.roster_number_changed &&
                           row.roster_number.fact == NumberFact::kGood &&
                           !(person.has_number && person.number_index == row.roster_number.index);
  decision.has_returned = person.state == LinkState::kReleased;
  decision.link = {person.state, person.reason};
  if (person.reason == Reason::kStopped) {
    // By hand: only a hand lifts it, whatever a roster says.
    decision.link = {LinkState::kDoubtful, Reason::kStopped};
    return decision;
  }
  const bool is_corrected =
      decision.number_is_new || (decision.changed & MaskOf(Field::kBirthDate)) != 0;
  const std::optional<LinkState> stays = StateThatStays(person.reason);
  if (decision.has_returned && !is_corrected && stays.has_value()) {
    decision.link = {*stays, person.reason};  // being away clears no doubt
  } else if (decision.has_returned && !is_corrected && person.has_insured_number) {
    decision.link = {LinkState::kTied, Reason::kNone};
  } else if (is_corrected || decision.has_returned || IsOwnRefusal(person)) {
    const auto blank =
        static_cast<FieldMask>((person.blank & ~decision.changed) | (row.blank & decision.changed));
    const bool has_number = person.has_number || decision.number_is_new;
    decision.link = FreshLink(blank, has_number, row.roster_number.fact);
    decision.link_starts_anew = is_corrected || decision.has_returned;
  }
  return decision;
}

}  // namespace musubi::insurer
