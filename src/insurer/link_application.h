// Applies what jlis said of many people to the register, in memory: which status, which state,
// whose number. Pure but for the vault; links.cc reads and writes.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "insurer/link_check_table.h"
#include "insurer/link_questions.h"
#include "insurer/person_table.h"

namespace musubi::insurer {

struct LinkReport {
  std::uint64_t asked = 0;
  std::map<std::string, std::uint64_t> outcomes;
  std::map<std::string, std::uint64_t> statuses;
  std::uint64_t registered = 0;                            // numbers, by query
  std::vector<std::string> taken;                          // agreed, but the number is another's
  std::vector<std::pair<std::string, std::string>> swaps;  // have each other's number
  std::vector<std::string> implausible;                    // birth date in the future or too old
  std::uint64_t stale = 0;                                 // changed while jlis was asked
  std::uint64_t resumed = 0;     // of those asked about, by a run that was stopped
  bool already_applied = false;  // an answer that was read before: nothing was changed
};

struct AskedLinks {
  const vault::Vault& vault;
  CheckSource source = CheckSource::kVerification;
  std::vector<Subject> subjects;
  std::vector<LinkAnswer> answers;  // of the same index
};

class LinkApplication {
 public:
  // `everybody`: as the register is now; `checks` is brought up to date. Both outlive the work.
  LinkApplication(
      const AskedLinks& asked,
      const std::vector<Subject>& everybody,
      LinkChecks& checks,
      std::string at
  );

  // Counts into `report`, whose swaps are told already.
  [[nodiscard]] Result<void> Run(LinkReport& report);

  std::vector<PersonChange> changes;
  std::vector<HistoryEntry> history;

 private:
  [[nodiscard]] bool IsFree(const vault::BlindIndex& number) const {
    return !taken_.contains(number);
  }

  [[nodiscard]] LinkCheck CheckOf(const Subject& person, const Finding& finding) const;
  [[nodiscard]] CheckStatus StatusBefore(std::string_view reference) const;
  [[nodiscard]] Result<void> ApplyOne(
      const Subject& person, const LinkAnswer& answer, LinkReport& report
  );
  // True: the number was registered for the person.
  [[nodiscard]] Result<bool> Register(
      const LinkAnswer& answer, LinkCheck& check, PersonChange& change, LinkReport& report
  ) const;

  const AskedLinks* asked_;
  const std::vector<Subject>* everybody_;
  LinkChecks* checks_;
  std::string at_;
  std::set<vault::BlindIndex> taken_;  // of somebody in the register, or found for two
  std::map<std::string, std::string> swapped_with_;
};

// The change of state; a stop makes pairs that are still on their way stale (pair_rules.h), so that
// they cannot undo it.
[[nodiscard]] LinkChange LinkChangeTo(const Known& person, LinkValue link);

}  // namespace musubi::insurer
