#include "insurer/roster_import.h"

#include <fmt/format.h>

#include "insurer/roster_match.h"

namespace musubi::insurer {

namespace {

// Means nothing to anyone else: it holds no part of a person's data.
std::string ReferenceOf(std::int64_t counter) {
  return fmt::format("P{:010}", counter);
}

std::string WhatChanged(const RowDecision& decision) {
  std::string what = decision.has_returned ? "returned" : "";
  const auto add = [&what](std::string_view word) {
    what.append(what.empty() || word.empty() ? "" : " ").append(word);
  };
  add(FieldList(decision.changed));
  add(decision.number_is_new           ? "individual-number"
      : decision.roster_number_changed ? "roster-number"
                                       : "");
  return what;
}

}  // namespace

RosterImport::RosterImport(
    store::Connection& connection,
    const vault::Vault& vault,
    const std::vector<Incoming>& rows,
    RosterScope scope
)
    : connection_(&connection), vault_(&vault), rows_(&rows), scope_(scope) {}

Result<void> RosterImport::Apply(std::int64_t run, std::string_view today, RosterReport& report) {
  MUSUBI_CHECK_OK(Match(report));
  MUSUBI_CHECK_OK(LoadInsuredNumbers());
  MUSUBI_CHECK_OK(InsertPeople(*connection_, added_, today));
  MUSUBI_CHECK_OK(ChangePeople(*connection_, changes_));
  return AppendHistory(*connection_, history_, run);
}

Result<void> RosterImport::Match(RosterReport& report) {
  MUSUBI_TRY(const std::vector<Known> people, LoadPeople(*connection_));
  const std::vector<std::uint32_t> person_of = MatchRoster(*rows_, people);
  std::vector<std::uint8_t> is_found(people.size());
  for (const std::uint32_t person : person_of) {
    if (person != kNobody) {
      is_found[person] = 1;
    } else {
      ++report.added;
    }
  }
  const auto added = static_cast<std::int64_t>(report.added);
  MUSUBI_TRY(std::int64_t reference, AdvanceCounter(*connection_, "reference", added));
  reference -= added;
  for (std::size_t row = 0; row < rows_->size(); ++row) {
    const std::uint32_t person = person_of[row];
    MUSUBI_CHECK_OK(
        person == kNobody ? AddNew((*rows_)[row], ++reference)
                          : Update(people[person], (*rows_)[row], report)
    );
  }
  for (std::size_t person = 0; person < people.size() && scope_ == RosterScope::kWhole; ++person) {
    if (is_found[person] == 0 && people[person].state != LinkState::kReleased) {
      Release(people[person]);
      ++report.gone;
    }
  }
  return Ok();
}

Result<SealedNumber> RosterImport::Seal(const Incoming& row, std::string_view reference) const {
  MUSUBI_TRY(Bytes sealed, vault_->Encrypt(row.number, reference));
  return SealedNumber{std::move(sealed), row.roster_number.index};
}

Result<void> RosterImport::AddNew(const Incoming& row, std::int64_t reference) {
  NewPerson person;
  person.reference = ReferenceOf(reference);
  person.texts = &row.texts;
  person.roster_number = row.roster_number;
  person.link = LinkOfNew(row);
  person.roster_row = scope_ == RosterScope::kWhole ? static_cast<std::int64_t>(row.row) : 0;
  if (row.roster_number.fact == NumberFact::kGood) {
    MUSUBI_TRY(person.number, Seal(row, person.reference));
  }
  history_.push_back({person.reference, "registered", std::nullopt, person.link});
  added_.push_back(std::move(person));
  return Ok();
}

Result<void> RosterImport::Update(const Known& person, const Incoming& row, RosterReport& report) {
  const RowDecision decision = DecideRow(person, row);
  const LinkValue before = {person.state, person.reason};
  PersonChange change;
  change.reference = person.reference;
  if (scope_ == RosterScope::kWhole && person.roster_row != static_cast<std::int64_t>(row.row)) {
    change.roster_row = static_cast<std::int64_t>(row.row);
  }
  ++(decision.has_returned ? report.returned
     : decision.IsChange() ? report.changed
                           : report.unchanged);
  if (!decision.IsChange() && decision.link == before) {
    if (change.roster_row) {
      changes_.push_back(std::move(change));
    }
    return Ok();
  }
  change.texts = &row.texts;
  change.fields = decision.changed;
  if (decision.number_is_new) {
    MUSUBI_TRY(change.number, Seal(row, person.reference));
  }
  if (decision.roster_number_changed) {
    change.roster_number = row.roster_number;
  }
  if (decision.link_starts_anew) {
    change.link = LinkChange{decision.link, 0, "", ""};
  } else if (decision.link != before) {
    change.link = LinkChange{decision.link, person.listed_in, std::nullopt, ""};
  }
  history_.push_back({person.reference, WhatChanged(decision), person.state, decision.link});
  changes_.push_back(std::move(change));
  return Ok();
}

void RosterImport::Release(const Known& person) {
  const LinkValue link = LinkOfReleased(person);
  PersonChange change;
  change.reference = person.reference;
  change.link = LinkChange{link, person.listed_in, std::nullopt, ""};
  change.roster_row = 0;
  changes_.push_back(std::move(change));
  history_.push_back({person.reference, "released", person.state, link});
}

// The history keeps which insured number a person loses: whoever undoes a wrong tie needs it.
Result<void> RosterImport::LoadInsuredNumbers() {
  std::map<std::string_view, HistoryEntry*> losing;
  for (const PersonChange& change : changes_) {
    if (change.link && change.link->insured_number) {
      losing.emplace(change.reference, nullptr);
    }
  }
  if (losing.empty()) {
    return Ok();
  }
  for (HistoryEntry& entry : history_) {
    const auto person = losing.find(entry.reference);
    if (person != losing.end()) {
      person->second = &entry;
    }
  }
  return connection_->Query(
      "SELECT reference, insured_number, branch FROM person WHERE insured_number <> ''",
      {},
      [&losing](const store::Row& row) {
        const auto entry = losing.find(row.Text(0));
        if (entry != losing.end() && entry->second != nullptr) {
          entry->second->insured_number_before =
              std::string(row.Text(1)) + "-" + std::string(row.Text(2));
        }
        return Ok();
      }
  );
}

}  // namespace musubi::insurer
