// One roster against the register: what has to be written, worked out in memory, then written in
// sets inside the caller's transaction.
#pragma once

#include <map>
#include <vector>

#include "insurer/person_table.h"
#include "insurer/register.h"

namespace musubi::insurer {

class RosterImport {
 public:
  // All are the caller's and outlive the import.
  RosterImport(
      store::Connection& connection,
      const vault::Vault& vault,
      const std::vector<Incoming>& rows,
      RosterScope scope
  );

  // Adds new, changed, unchanged, gone and returned to `report`.
  [[nodiscard]] Result<void> Apply(std::int64_t run, std::string_view today, RosterReport& report);

 private:
  [[nodiscard]] Result<void> Match(RosterReport& report);
  [[nodiscard]] Result<void> AddNew(const Incoming& row, std::int64_t reference);
  [[nodiscard]] Result<void> Update(const Known& person, const Incoming& row, RosterReport& report);
  void Release(const Known& person);
  [[nodiscard]] Result<void> LoadInsuredNumbers();
  [[nodiscard]] Result<SealedNumber> Seal(const Incoming& row, std::string_view reference) const;

  store::Connection* connection_;
  const vault::Vault* vault_;
  const std::vector<Incoming>* rows_;
  RosterScope scope_;
  std::vector<NewPerson> added_;
  std::vector<PersonChange> changes_;
  std::vector<HistoryEntry> history_;
};

}  // namespace musubi::insurer
