// Which state follows from what: the rules of the link without store, clock or file.
//
// What always holds
//   1. A number or birth date that changed sends the person back to "unverified": no insured number
//      survives the number it was issued for.
//   2. What a roster leaves blank or spells unreadably never overwrites what is known.
//   3. The same row again decides "nothing changed".
#pragma once

#include <optional>

#include "insurer/person.h"

namespace musubi::insurer {

struct LinkValue {
  LinkState state = LinkState::kNotCollected;
  Reason reason = Reason::kNone;

  friend bool operator==(const LinkValue&, const LinkValue&) = default;
};

// What a row says about a person who was there before.
struct RowDecision {
  FieldMask changed = 0;       // fields to overwrite
  bool number_is_new = false;  // the row's number becomes the registered one
  bool roster_number_changed = false;
  bool has_returned = false;
  bool link_starts_anew = false;  // insured number and list sequence are forgotten
  LinkValue link;

  [[nodiscard]] bool IsChange() const {
    return changed != 0 || roster_number_changed || has_returned;
  }
};

// The link of somebody just registered.
// Gone from the roster. A doubt or refusal keeps its reason, so that it is there again on return.
[[nodiscard]] LinkValue LinkOfReleased(const Known& person);

[[nodiscard]] LinkValue LinkOfNew(const Incoming& row);
[[nodiscard]] RowDecision DecideRow(const Known& person, const Incoming& row);

}  // namespace musubi::insurer
