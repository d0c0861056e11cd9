// What the network answers to a question by itself: who is asked, under which row of the law, or
// why nobody is (番号法19条8号, 21条2項, 28条6項).
//
// In this order: the words and days exist (invalid), a row of the law stands on the day
// (not-permitted), there is one provider only (provider-unclear), both sides have published their
// assessment (assessment-missing). A provider that is not named is the only one that may be asked.
//
// A pure function of its arguments, safe from every thread.
#pragma once

#include <string>

#include "exchange/inquiry.h"
#include "national/network/inquiry/directory.h"
#include "rules/permission.h"

namespace musubi::national::network {

struct Decision {
  // kInProgress: the provider may be asked. Else final.
  exchange::InquiryOutcome outcome = exchange::InquiryOutcome::kInvalid;
  const Institution* provider = nullptr;  // null: nobody, or nobody in particular
  std::string basis;                      // "<rule set>:<row>:<item>"; only when permitted
  std::string citation;

  [[nodiscard]] bool is_permitted() const {
    return outcome == exchange::InquiryOutcome::kInProgress;
  }
};

// `inquirer` null: there is no such institution. `directory` outlives the decision.
[[nodiscard]] Decision Decide(
    const exchange::InquirySubject& subject,
    const Institution* inquirer,
    const Directory& directory,
    const rules::Permissions& permissions,
    Date today
);

}  // namespace musubi::national::network
