// People in the store: read whole, written in sets.
//
// Every function works inside the caller's transaction. Nothing here goes row by row over the line:
// changes are loaded in bulk into person_stage and applied by one statement.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "insurer/link_rules.h"
#include "insurer/person.h"
#include "store/database.h"

namespace musubi::insurer {

struct LinkChange {
  LinkValue value;
  std::int64_t listed_in = 0;
  std::optional<std::string> insured_number;  // nothing: as it was; "": none any more
  std::string branch;
};

struct SealedNumber {
  Bytes sealed;
  vault::BlindIndex index = {};
};

struct PersonChange {
  std::string reference;
  const FieldTexts* texts = nullptr;  // the caller's; outlives the write
  FieldMask fields = 0;               // which of them are written
  std::optional<SealedNumber> number;
  std::optional<RosterNumber> roster_number;
  std::optional<LinkChange> link;
  std::optional<std::int64_t> roster_row;
};

struct NewPerson {
  std::string reference;
  const FieldTexts* texts = nullptr;
  std::optional<SealedNumber> number;
  RosterNumber roster_number;
  LinkValue link;
  std::int64_t roster_row = 0;
};

struct HistoryEntry {
  std::string reference;
  std::string what;  // "registered", names of changed fields, "listed", "result", "released"
  std::optional<LinkState> from;
  LinkValue to;
  std::string insured_number_before = {};  // "00000001-01", when it was taken away
};

using OnKnown = std::function<Result<void>(Known, const FieldViews&, const store::Row&)>;

// In order of reference. Columns of `row` beyond what Known and the views hold:
inline constexpr std::size_t kColumnNumberSealed = 18;
inline constexpr std::size_t kColumnInsuredNumber = 19;
inline constexpr std::size_t kColumnBranch = 20;
inline constexpr std::size_t kColumnRegisteredOn = 21;
[[nodiscard]] Result<void> ReadPeople(store::Connection& connection, const OnKnown& on_known);
[[nodiscard]] Result<std::vector<Known>> LoadPeople(store::Connection& connection);

// Each sorts by reference first.
[[nodiscard]] Result<void> InsertPeople(
    store::Connection& connection, std::vector<NewPerson>& people, std::string_view registered_on
);
[[nodiscard]] Result<void> ChangePeople(
    store::Connection& connection, std::vector<PersonChange>& changes
);
[[nodiscard]] Result<void> AppendHistory(
    store::Connection& connection, std::vector<HistoryEntry>& entries, std::int64_t run
);

// Adds `by` to a counter of `settings` and returns its new value. The first call of a transaction
// also serialises writers on PostgreSQL, because it locks the counter's row.
[[nodiscard]] Result<std::int64_t> AdvanceCounter(
    store::Connection& connection, std::string_view name, std::int64_t by
);

struct Run {
  std::string_view kind;
  std::string at;
  std::string_view operator_name;
  std::uint64_t row_count = 0;
  std::uint64_t sequence = 0;
  std::string file_sha256 = {};
};

[[nodiscard]] Result<void> InsertRun(
    store::Connection& connection, std::int64_t number, const Run& run
);

}  // namespace musubi::insurer
