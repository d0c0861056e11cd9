#include "insurer/person_table.h"

#include <algorithm>
#include <array>

namespace musubi::insurer {

namespace {

using store::ColumnType;

constexpr std::string_view kSelect =
    "SELECT reference, symbol, member_number, relationship, name, kana, birth_date, sex, address, "
    "qualified_on, lost_on, number_index, roster_fact, roster_index, state, reason, listed_in, "
    "roster_row, number_sealed, insured_number, branch, registered_on FROM person ORDER BY "
    "reference";

enum SelectColumn : std::size_t {
  kReference = 0,
  kFirstField = 1,
  kNumberIndex = 11,
  kRosterFact,
  kRosterIndex,
  kState,
  kReason,
  kListedIn,
  kRosterRow,
};

constexpr std::string_view kApplyStage = R"sql(
UPDATE person SET
  symbol = COALESCE(s.symbol, person.symbol),
  member_number = COALESCE(s.member_number, person.member_number),
  relationship = COALESCE(s.relationship, person.relationship),
  name = COALESCE(s.name, person.name),
  kana = COALESCE(s.kana, person.kana),
  birth_date = COALESCE(s.birth_date, person.birth_date),
  sex = COALESCE(s.sex, person.sex),
  address = COALESCE(s.address, person.address),
  qualified_on = COALESCE(s.qualified_on, person.qualified_on),
  lost_on = COALESCE(s.lost_on, person.lost_on),
  number_sealed = COALESCE(s.number_sealed, person.number_sealed),
  number_index = COALESCE(s.number_index, person.number_index),
  roster_fact = COALESCE(s.roster_fact, person.roster_fact),
  roster_index = COALESCE(s.roster_index, person.roster_index),
  state = COALESCE(s.state, person.state),
  reason = COALESCE(s.reason, person.reason),
  listed_in = COALESCE(s.listed_in, person.listed_in),
  insured_number = COALESCE(s.insured_number, person.insured_number),
  branch = COALESCE(s.branch, person.branch),
  roster_row = COALESCE(s.roster_row, person.roster_row)
FROM person_stage AS s WHERE s.reference = person.reference)sql";

vault::BlindIndex IndexOf(const store::Row& row, std::size_t column) {
  vault::BlindIndex index = {};
  if (!row.IsNull(column)) {
    const BytesView bytes = row.Blob(column);
    std::copy_n(bytes.begin(), std::min(bytes.size(), index.size()), index.begin());
  }
  return index;
}

Error Corrupt(std::string_view reference, std::string_view column) {
  return Error{
      ErrorCode::kCorrupt,
      "an unknown word in column " + std::string(column),
      "person " + std::string(reference),
      "restore the store from a backup"
  };
}

Result<Known> KnownOf(const store::Row& row, const FieldViews& views) {
  Known known;
  known.reference = row.Text(kReference);
  const auto state = LinkStateOf(row.Text(kState));
  const auto reason = ReasonOf(row.Text(kReason));
  const auto fact = NumberFactOf(row.Text(kRosterFact));
  if (!state || !reason || !fact) {
    return Corrupt(known.reference, "state, reason or roster_fact");
  }
  known.state = *state;
  known.reason = *reason;
  known.roster_number.fact = *fact;
  if (*fact == NumberFact::kGood) {
    known.roster_number.index = IndexOf(row, kRosterIndex);
  }
  known.number_index = IndexOf(row, kNumberIndex);
  known.has_number = !row.IsNull(kColumnNumberSealed);
  known.has_insured_number = !row.Text(kColumnInsuredNumber).empty();
  known.listed_in = row.Int(kListedIn);
  known.roster_row = row.Int(kRosterRow);
  known.signature = Signature::Of(views);
  known.signature.roster_number = HashOf(*fact, known.roster_number.index);
  known.signature.number = known.has_number ? HashOf(known.number_index) : 0;
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    known.blank |= static_cast<FieldMask>(views[field].empty() ? 1U << field : 0U);
  }
  return known;
}

std::vector<store::Column> StageColumns() {
  std::vector<store::Column> columns = {{"reference", ColumnType::kText}};
  for (const std::string_view name : kFieldNames) {
    columns.push_back({std::string(name), ColumnType::kText});
  }
  columns.push_back({"number_sealed", ColumnType::kBlob});
  columns.push_back({"number_index", ColumnType::kBlob});
  columns.push_back({"roster_fact", ColumnType::kText});
  columns.push_back({"roster_index", ColumnType::kBlob});
  columns.push_back({"state", ColumnType::kText});
  columns.push_back({"reason", ColumnType::kText});
  columns.push_back({"listed_in", ColumnType::kInt});
  columns.push_back({"insured_number", ColumnType::kText});
  columns.push_back({"branch", ColumnType::kText});
  columns.push_back({"roster_row", ColumnType::kInt});
  return columns;
}

void PutNumber(store::BulkInsert& insert, const std::optional<SealedNumber>& number) {
  if (!number) {
    insert.Null();
    insert.Null();
    return;
  }
  insert.Blob(number->sealed);
  insert.Blob(number->index);
}

void PutRosterNumber(store::BulkInsert& insert, const std::optional<RosterNumber>& number) {
  if (!number) {
    insert.Null();
    insert.Null();
    return;
  }
  insert.Text(NumberFactName(number->fact));
  if (number->fact == NumberFact::kGood) {
    insert.Blob(number->index);
  } else {
    insert.Null();  // an older index may stay behind: it counts with "good" only
  }
}

void PutFields(store::BulkInsert& insert, const PersonChange& change) {
  const FieldViews views = change.texts == nullptr ? FieldViews{} : change.texts->Views();
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    if ((change.fields >> field & 1U) != 0) {
      insert.Text(views[field]);
    } else {
      insert.Null();
    }
  }
}

void PutLink(store::BulkInsert& insert, const std::optional<LinkChange>& link) {
  if (!link) {
    for (int column = 0; column < 5; ++column) {
      insert.Null();
    }
    return;
  }
  insert.Text(LinkStateName(link->value.state));
  insert.Text(ReasonName(link->value.reason));
  insert.Int(link->listed_in);
  if (link->insured_number) {
    insert.Text(*link->insured_number);
    insert.Text(link->branch);
  } else {
    insert.Null();
    insert.Null();
  }
}

constexpr auto kByReference = [](const auto& a, const auto& b) {
  return a.reference < b.reference;
};

}  // namespace

Result<void> ReadPeople(store::Connection& connection, const OnKnown& on_known) {
  return connection.Query(kSelect, {}, [&on_known](const store::Row& row) -> Result<void> {
    FieldViews views;
    for (std::size_t field = 0; field < kFieldCount; ++field) {
      views[field] = row.Text(kFirstField + field);
    }
    MUSUBI_TRY(Known known, KnownOf(row, views));
    return on_known(std::move(known), views, row);
  });
}

Result<std::vector<Known>> LoadPeople(store::Connection& connection) {
  std::vector<Known> people;
  MUSUBI_TRY(const auto count, connection.QueryInt("SELECT COUNT(*) FROM person"));
  people.reserve(static_cast<std::size_t>(count.value_or(0)));
  MUSUBI_CHECK_OK(ReadPeople(
      connection,
      [&people](Known known, const FieldViews& /*views*/, const store::Row& /*row*/) {
        people.push_back(std::move(known));
        return Ok();
      }
  ));
  return people;
}

Result<void> InsertPeople(
    store::Connection& connection, std::vector<NewPerson>& people, std::string_view registered_on
) {
  if (people.empty()) {
    return Ok();
  }
  std::sort(people.begin(), people.end(), kByReference);
  std::vector<store::Column> columns = StageColumns();
  columns.push_back({"registered_on", ColumnType::kText});
  MUSUBI_TRY(const auto insert, connection.MakeBulkInsert("person", columns));
  for (const NewPerson& person : people) {
    insert->Text(person.reference);
    for (const std::string_view text : person.texts->Views()) {
      insert->Text(text);
    }
    PutNumber(*insert, person.number);
    PutRosterNumber(*insert, person.roster_number);
    PutLink(*insert, LinkChange{person.link, 0, "", ""});
    insert->Int(person.roster_row);
    insert->Text(registered_on);
    MUSUBI_CHECK_OK(insert->EndRow());
  }
  return insert->Finish();
}

Result<void> ChangePeople(store::Connection& connection, std::vector<PersonChange>& changes) {
  if (changes.empty()) {
    return Ok();
  }
  std::sort(changes.begin(), changes.end(), kByReference);
  MUSUBI_TRY(const auto insert, connection.MakeBulkInsert("person_stage", StageColumns()));
  for (const PersonChange& change : changes) {
    insert->Text(change.reference);
    PutFields(*insert, change);
    PutNumber(*insert, change.number);
    PutRosterNumber(*insert, change.roster_number);
    PutLink(*insert, change.link);
    if (change.roster_row) {
      insert->Int(*change.roster_row);
    } else {
      insert->Null();
    }
    MUSUBI_CHECK_OK(insert->EndRow());
  }
  MUSUBI_CHECK_OK(insert->Finish());
  MUSUBI_CHECK_OK(connection.Execute(kApplyStage));
  MUSUBI_CHECK_OK(connection.Execute("DELETE FROM person_stage"));
  return Ok();
}

Result<void> AppendHistory(
    store::Connection& connection, std::vector<HistoryEntry>& entries, std::int64_t run
) {
  if (entries.empty()) {
    return Ok();
  }
  std::sort(entries.begin(), entries.end(), kByReference);
  const std::array<store::Column, 7> columns = {{
      {"reference", ColumnType::kText},
      {"run", ColumnType::kInt},
      {"what", ColumnType::kText},
      {"from_state", ColumnType::kText},
      {"to_state", ColumnType::kText},
      {"reason", ColumnType::kText},
      {"insured_number_before", ColumnType::kText},
  }};
  MUSUBI_TRY(const auto insert, connection.MakeBulkInsert("person_history", columns));
  for (const HistoryEntry& entry : entries) {
    insert->Text(entry.reference);
    insert->Int(run);
    insert->Text(entry.what);
    insert->Text(entry.from ? LinkStateName(*entry.from) : std::string_view{});
    insert->Text(LinkStateName(entry.to.state));
    insert->Text(ReasonName(entry.to.reason));
    insert->Text(entry.insured_number_before);
    MUSUBI_CHECK_OK(insert->EndRow());
  }
  return insert->Finish();
}

Result<std::int64_t> AdvanceCounter(
    store::Connection& connection, std::string_view name, std::int64_t by
) {
  MUSUBI_CHECK_OK(
      connection.Execute("UPDATE settings SET value = value + $1 WHERE name = $2", {by, name})
  );
  MUSUBI_TRY(
      const auto value, connection.QueryInt("SELECT value FROM settings WHERE name = $1", {name})
  );
  if (!value) {
    return Error{ErrorCode::kCorrupt, "a counter is missing", "settings"};
  }
  return *value;
}

Result<void> InsertRun(store::Connection& connection, std::int64_t number, const Run& run) {
  MUSUBI_CHECK_OK(connection.Execute(
      "INSERT INTO import_run (run, kind, at, operator, row_count, sequence, file_sha256) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {number,
       run.kind,
       std::string_view(run.at),
       run.operator_name,
       static_cast<std::int64_t>(run.row_count),
       static_cast<std::int64_t>(run.sequence),
       std::string_view(run.file_sha256)}
  ));
  return Ok();
}

}  // namespace musubi::insurer
