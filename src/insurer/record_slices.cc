#include "insurer/record_slices.h"

#include <algorithm>

#include "base/clock.h"

namespace musubi::insurer {

namespace {

constexpr std::int64_t kPeopleOfSlice = 4000;
// Behind every number of eight digits, in every collation.
constexpr std::string_view kBehindAll = "999999999";

Date DateOrNone(std::string_view text) {
  Date date;
  return Date::TryParse(text, date) ? date : Date();
}

Date DayOfInstant(std::string_view text) {
  const auto instant = ParseInstant(text);
  return instant.ok() ? Date::Of(JapanDay(*instant)) : Date();
}

RecordKey KeyOf(const store::Row& row, std::size_t column) {
  return {
      std::string(row.Text(column)),
      std::string(row.Text(column + 1)),
      static_cast<std::uint32_t>(row.Int(column + 2))
  };
}

Result<RecordPerson> PersonOf(const store::Row& row) {
  const auto state = LinkStateOf(row.Text(3));
  const auto reason = ReasonOf(row.Text(4));
  if (!state.has_value() || !reason.has_value()) {
    return Error{ErrorCode::kCorrupt, "an unknown word in column state or reason", "table person"};
  }
  RecordPerson person;
  person.insured_number = row.Text(0);
  person.branch = row.Text(1);
  person.reference = row.Text(2);
  person.state = *state;
  person.reason = *reason;
  person.symbol = row.Text(5);
  person.member_number = row.Text(6);
  person.relationship = row.Text(7);
  const Date qualified_on = DateOrNone(row.Text(8));
  person.qualified_on = qualified_on.is_set() ? qualified_on : DateOrNone(row.Text(10));
  person.lost_on = DateOrNone(row.Text(9));
  person.released_on = DayOfInstant(row.Text(11));
  return person;
}

}  // namespace

Result<std::optional<RecordSlice>> RecordSlices::Next() {
  if (is_at_end_) {
    return std::optional<RecordSlice>();
  }
  RecordSlice slice;
  MUSUBI_TRY(const std::string end, ReadPeople(slice));
  MUSUBI_CHECK_OK(ReadRecords(end, slice));
  MUSUBI_CHECK_OK(ReadSent(end, slice));
  begin_ = end;
  return std::optional(std::move(slice));
}

// Returns the last number of the slice; of the last slice one behind all.
Result<std::string> RecordSlices::ReadPeople(RecordSlice& slice) {
  std::string last;
  std::int64_t count = 0;
  MUSUBI_CHECK_OK(connection_.Query(
      "SELECT insured_number, branch, reference, state, reason, symbol, member_number, "
      "relationship, qualified_on, lost_on, registered_on, CASE WHEN state = 'released' THEN "
      "COALESCE((SELECT MAX(r.at) FROM person_history h JOIN import_run r ON r.run = h.run WHERE "
      "h.reference = person.reference AND h.what = 'released'), '') ELSE '' END FROM person "
      "WHERE insured_number > $1 ORDER BY insured_number LIMIT $2",
      {std::string_view(begin_), kPeopleOfSlice},
      [&](const store::Row& row) -> Result<void> {
        MUSUBI_TRY(RecordPerson person, PersonOf(row));
        last = person.insured_number;
        ++count;
        slice[last].people.push_back(std::move(person));
        return Ok();
      }
  ));
  is_at_end_ = count < kPeopleOfSlice;
  return is_at_end_ ? std::string(kBehindAll) : last;
}

Result<void> RecordSlices::ReadRecords(const std::string& end, RecordSlice& slice) {
  return connection_.Query(
      "SELECT p.insured_number, r.kind, r.key, r.valid_from, r.valid_to, r.layout, r.items FROM "
      "person p JOIN record r ON r.reference = p.reference WHERE p.insured_number > $1 AND "
      "p.insured_number <= $2",
      {std::string_view(begin_), std::string_view(end)},
      [&slice](const store::Row& row) {
        RecordValue value;
        value.valid_to = static_cast<std::uint32_t>(row.Int(4));
        value.layout_version = static_cast<int>(row.Int(5));
        value.items = row.Text(6);
        slice[std::string(row.Text(0))].records.emplace(KeyOf(row, 1), std::move(value));
        return Ok();
      }
  );
}

Result<void> RecordSlices::ReadSent(const std::string& end, RecordSlice& slice) {
  MUSUBI_CHECK_OK(connection_.Query(
      "SELECT insured_number, kind, key, valid_from, branch, digest FROM copy_confirmed WHERE "
      "insured_number > $1 AND insured_number <= $2",
      {std::string_view(begin_), std::string_view(end)},
      [&slice](const store::Row& row) {
        SentRecord& sent = slice[std::string(row.Text(0))].sent[KeyOf(row, 1)];
        sent.branch = row.Text(4);
        const BytesView digest = row.Blob(5);
        if (digest.size() == RecordDigest().size()) {
          std::ranges::copy(digest, sent.confirmed.emplace().begin());
        }
        return Ok();
      }
  ));
  return connection_.Query(
      "SELECT insured_number, kind, key, valid_from, branch FROM copy_sent WHERE insured_number > "
      "$1 AND insured_number <= $2",
      {std::string_view(begin_), std::string_view(end)},
      [&slice](const store::Row& row) {
        SentRecord& sent = slice[std::string(row.Text(0))].sent[KeyOf(row, 1)];
        sent.branch = row.Text(4);
        sent.is_open = true;
        return Ok();
      }
  );
}

}  // namespace musubi::insurer
