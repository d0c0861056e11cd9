// Whose records go to the hub, and the eligibility 資格 that follows from a person of the register.
// Rules only: no store, no clock.
//
// What always holds
//   1. Records are sent for a tied link without a doubt, and for who was tied and has left.
//   2. For a link under doubt nothing is sent, neither a record nor a deletion, until a person has
//      looked: what the hub has is stopped there.
//   3. Where nobody has an insured number any more, what was sent under it is deleted.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/date.h"
#include "insurer/link_state.h"
#include "insurer/record_row.h"
#include "rules/record_layout.h"

namespace musubi::insurer {

struct RecordPerson {
  std::string reference;
  std::string insured_number;  // eight digits
  std::string branch;
  LinkState state = LinkState::kNotCollected;
  Reason reason = Reason::kNone;
  std::string symbol;
  std::string member_number;
  std::string relationship;
  Date qualified_on;  // or the day of registration, when the roster does not say
  Date lost_on;       // first day without, as the roster says; not set: it does not
  Date released_on;   // the day the roster lacked the person; released people only
};

enum class Sending { kSend, kHold };

[[nodiscard]] Sending SendingOf(const RecordPerson& person);

// Nothing: no day of eligibility (lost on the day it began), or no layout accepted that day.
[[nodiscard]] std::optional<std::pair<RecordKey, RecordValue>> EligibilityOf(
    const RecordPerson& person, const rules::RecordKind& kind, Date day
);

}  // namespace musubi::insurer
