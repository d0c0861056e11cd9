#include "insurer/register.h"

#include <algorithm>

#include "base/date.h"
#include "base/secret.h"
#include "insurer/person_table.h"
#include "insurer/roster_import.h"
#include "insurer/roster_rows.h"
#include "insurer/schema.h"

namespace musubi::insurer {

namespace {

Error NoSuchPerson() {
  return Error{
      ErrorCode::kNotFound,
      "there is no person with this reference",
      {},
      "`people` lists references"
  };
}

Error Corrupt() {
  return Error{ErrorCode::kCorrupt, "an unknown word in column state or reason", "table person"};
}

}  // namespace

Register::Register(
    std::unique_ptr<store::Connection> connection, const Clock& clock, std::string operator_name
)
    : connection_(std::move(connection)),
      clock_(&clock),
      operator_name_(std::move(operator_name)) {}

Result<std::unique_ptr<Register>> Register::Open(
    store::Database& database, const Clock& clock, std::string operator_name
) {
  MUSUBI_CHECK_OK(database.Migrate(kSchemaComponent, Migrations()));
  MUSUBI_TRY(auto connection, database.Connect());
  return std::unique_ptr<Register>(
      new Register(std::move(connection), clock, std::move(operator_name))
  );
}

Result<RosterReport> Register::ImportRoster(
    const vault::Vault& vault, const RosterRequest& request
) {
  RosterReport report;
  MUSUBI_TRY(const std::vector<Incoming> rows, ReadRosterRows(vault, request, report));
  const Instant now = clock_->Now();
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t run, AdvanceCounter(*connection_, "run", 1));
  RosterImport import(*connection_, vault, rows, request.scope);
  MUSUBI_CHECK_OK(import.Apply(run, Date::Of(JapanDay(now)).Text(), report));
  const bool is_whole = request.scope == RosterScope::kWhole;
  const Run record{is_whole ? "roster" : "roster-add", FormatUtc(now), operator_name_, report.rows};
  MUSUBI_CHECK_OK(InsertRun(*connection_, run, record));
  MUSUBI_CHECK_OK(transaction.Commit());
  return report;
}

Result<void> Register::SetNumber(
    const vault::Vault& vault, std::string_view reference, const number::IndividualNumber& number
) {
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t run, AdvanceCounter(*connection_, "run", 1));
  std::optional<LinkState> before;
  std::string insured_number;
  bool is_held = false;
  MUSUBI_CHECK_OK(connection_->Query(
      "SELECT state, insured_number, branch, number_index FROM person WHERE reference = $1",
      {reference},
      [&](const store::Row& row) {
        before = LinkStateOf(row.Text(0));
        is_held = !row.IsNull(3) && EqualInConstantTime(row.Blob(3), vault.IndexOf(number));
        if (!row.Text(1).empty()) {
          insured_number = std::string(row.Text(1)) + "-" + std::string(row.Text(2));
        }
        return Ok();
      }
  ));
  if (!before) {
    return NoSuchPerson();
  }
  if (*before == LinkState::kReleased) {
    return Error{
        ErrorCode::kPrecondition,
        "the person is gone from the roster",
        {},
        "import the roster first"
    };
  }
  if (is_held && before == LinkState::kTied) {
    return Ok();  // the number the tie stands on: nothing to undo
  }
  const LinkValue link = {LinkState::kUnverified, Reason::kNone};
  std::vector<PersonChange> changes(1);
  changes[0].reference = reference;
  MUSUBI_TRY(Bytes sealed, vault.Encrypt(number, reference));
  changes[0].number = SealedNumber{std::move(sealed), vault.IndexOf(number)};
  changes[0].link = LinkChange{link, 0, "", ""};
  std::vector<HistoryEntry> history = {
      {std::string(reference), "individual-number", before, link, insured_number}
  };
  MUSUBI_CHECK_OK(ChangePeople(*connection_, changes));
  MUSUBI_CHECK_OK(AppendHistory(*connection_, history, run));
  const Run record{"set-number", FormatUtc(clock_->Now()), operator_name_, 1};
  MUSUBI_CHECK_OK(InsertRun(*connection_, run, record));
  return transaction.Commit();
}

Result<std::vector<StateCount>> Register::CountStates() const {
  std::vector<StateCount> counts;
  MUSUBI_CHECK_OK(connection_->Query(
      "SELECT state, reason, COUNT(*) FROM person GROUP BY state, reason",
      {},
      [&counts](const store::Row& row) -> Result<void> {
        const auto state = LinkStateOf(row.Text(0));
        const auto reason = ReasonOf(row.Text(1));
        if (!state || !reason) {
          return Corrupt();
        }
        counts.push_back({*state, *reason, static_cast<std::uint64_t>(row.Int(2))});
        return Ok();
      }
  ));
  std::sort(counts.begin(), counts.end(), [](const StateCount& a, const StateCount& b) {
    return std::pair(a.state, a.reason) < std::pair(b.state, b.reason);
  });
  return counts;
}

Result<void> Register::EachPerson(
    std::optional<LinkState> state, const std::function<Result<void>(const PersonLine&)>& on_person
) const {
  return connection_->Query(
      "SELECT roster_row, reference, symbol, member_number, insured_number, branch, state, reason "
      "FROM person WHERE $1 = '' OR state = $1 "
      "ORDER BY CASE WHEN roster_row = 0 THEN 1 ELSE 0 END, roster_row, reference",
      {state ? LinkStateName(*state) : std::string_view{}},
      [&on_person](const store::Row& row) -> Result<void> {
        const auto line_state = LinkStateOf(row.Text(6));
        const auto reason = ReasonOf(row.Text(7));
        if (!line_state || !reason) {
          return Corrupt();
        }
        return on_person({
            row.Int(0),
            row.Text(1),
            row.Text(2),
            row.Text(3),
            row.Text(4),
            row.Text(5),
            *line_state,
            *reason,
        });
      }
  );
}

Result<std::vector<HistoryLine>> Register::History(std::string_view reference) const {
  std::vector<HistoryLine> lines;
  MUSUBI_CHECK_OK(connection_->Query(
      "SELECT r.at, r.operator, r.kind, h.what, h.from_state, h.to_state, h.reason, "
      "h.insured_number_before FROM person_history h JOIN import_run r ON r.run = h.run "
      "WHERE h.reference = $1 ORDER BY h.run",
      {reference},
      [&lines](const store::Row& row) {
        const auto text = [&row](std::size_t column) { return std::string(row.Text(column)); };
        lines.push_back({text(0), text(1), text(2), text(3), text(4), text(5), text(6), text(7)});
        return Ok();
      }
  ));
  if (lines.empty()) {
    return NoSuchPerson();  // who is in the register has at least the line of the registration
  }
  return lines;
}

}  // namespace musubi::insurer
