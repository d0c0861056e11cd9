// Register::MakeNumberList.
#include <algorithm>

#include "base/date.h"
#include "exchange/number_list.h"
#include "insurer/list_checks.h"
#include "insurer/package_file.h"
#include "insurer/person_table.h"
#include "insurer/register.h"

namespace musubi::insurer {

namespace {

constexpr std::uint64_t kProgressStep = 1000;

// What a row of the list needs beyond Known.
struct ListItem {
  Bytes sealed;
  Date birth_date;
  Date qualified_on;
  Date registered_on;
};

struct Candidates {
  std::vector<Known> people;
  std::vector<ListItem> items;  // of the same index
};

Result<Candidates> LoadCandidates(store::Connection& connection) {
  Candidates all;
  const auto on_known =
      [&all](Known known, const FieldViews& views, const store::Row& row) -> Result<void> {
    const auto date = [](std::string_view text) {
      Date parsed;
      return Date::TryParse(text, parsed) ? parsed : Date();
    };
    ListItem item;
    if (known.has_number) {
      const BytesView sealed = row.Blob(kColumnNumberSealed);
      item.sealed.assign(sealed.begin(), sealed.end());
    }
    item.birth_date = date(views[static_cast<std::size_t>(Field::kBirthDate)]);
    item.qualified_on = date(views[static_cast<std::size_t>(Field::kQualifiedOn)]);
    item.registered_on = date(row.Text(kColumnRegisteredOn));
    all.people.push_back(std::move(known));
    all.items.push_back(std::move(item));
    return Ok();
  };
  MUSUBI_CHECK_OK(ReadPeople(connection, on_known));
  return all;
}

Result<void> WriteRows(
    const vault::Vault& vault,
    const NumberListRequest& request,
    const Candidates& all,
    const ListDecision& decision,
    PackageFile& file,
    NumberListReport& report
) {
  for (std::size_t index = 0; index < all.people.size(); ++index) {
    if (decision.is_listed[index] == 0) {
      continue;
    }
    const ListItem& item = all.items[index];
    exchange::NumberListRow row;
    row.reference = all.people[index].reference;
    MUSUBI_TRY(row.number, vault.Decrypt(item.sealed, row.reference));
    row.birth_date = item.birth_date;
    row.qualified_on = item.qualified_on.is_set() ? item.qualified_on : item.registered_on;
    report.qualified_on_missing += item.qualified_on.is_set() ? 0U : 1U;
    MUSUBI_CHECK_OK(exchange::WriteNumberListRow(file.content(), row));
    if (++report.rows % kProgressStep == 0 && request.on_progress) {
      request.on_progress(report.rows);
    }
  }
  return Ok();
}

struct Changes {
  std::vector<PersonChange> people;
  std::vector<HistoryEntry> history;
};

Changes ChangesOf(
    const std::vector<Known>& people, const ListDecision& decision, std::uint64_t sequence
) {
  Changes changes;
  for (std::size_t index = 0; index < people.size(); ++index) {
    const Known& person = people[index];
    const bool is_listed = decision.is_listed[index] != 0;
    const LinkValue before = {person.state, person.reason};
    const LinkValue after =
        is_listed ? LinkValue{LinkState::kListed, Reason::kNone} : decision.link[index];
    if (!is_listed && after == before) {
      continue;
    }
    PersonChange change;
    change.reference = person.reference;
    const std::int64_t listed_in = is_listed ? static_cast<std::int64_t>(sequence) : 0;
    change.link = LinkChange{after, listed_in, std::nullopt, ""};
    changes.people.push_back(std::move(change));
    if (after != before) {
      const char* what = is_listed ? "listed" : "held";
      changes.history.push_back({person.reference, what, person.state, after});
    }
  }
  return changes;
}

ReasonCounts HeldOf(const std::vector<Known>& people, const ListDecision& decision) {
  ReasonCounts held = {};
  for (std::size_t index = 0; index < people.size(); ++index) {
    const LinkState state = decision.link[index].state;
    if (decision.is_listed[index] == 0 && state != LinkState::kReleased &&
        state != LinkState::kTied) {
      ++held.at(static_cast<std::size_t>(decision.link[index].reason));
    }
  }
  return held;
}

Error NobodyToList() {
  return Error{
      ErrorCode::kPrecondition,
      "there is nobody to list: no file was written",
      {},
      "see `people` for who waits for what"
  };
}

// Taken by itself, before the file exists: whatever happens then, a sequence stands in one file
// only. A gap harms nobody.
Result<std::int64_t> TakeSequence(store::Connection& connection) {
  MUSUBI_TRY(
      const auto waiting,
      connection.QueryInt(
          "SELECT COUNT(*) FROM person WHERE state IN ('unverified', 'listed', 'refused')"
      )
  );
  if (waiting.value_or(0) == 0) {
    return NobodyToList();
  }
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(connection, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t sequence, AdvanceCounter(connection, "number_list", 1));
  MUSUBI_CHECK_OK(transaction.Commit());
  return sequence;
}

Result<void> InsertList(store::Connection& connection, std::int64_t run, const Run& record) {
  MUSUBI_CHECK_OK(connection.Execute(
      "INSERT INTO number_list (sequence, run, created, row_count, file_sha256) "
      "VALUES ($1, $2, $3, $4, $5)",
      {static_cast<std::int64_t>(record.sequence),
       run,
       std::string_view(record.at),
       static_cast<std::int64_t>(record.row_count),
       std::string_view(record.file_sha256)}
  ));
  return Ok();
}

}  // namespace

Result<NumberListReport> Register::MakeNumberList(
    const vault::Vault& vault, const NumberListRequest& request
) {
  MUSUBI_TRY(const std::int64_t sequence, TakeSequence(*connection_));
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t run, AdvanceCounter(*connection_, "run", 1));
  MUSUBI_TRY(const Candidates all, LoadCandidates(*connection_));
  const ListDecision decision = CheckBeforeListing(all.people);
  NumberListReport report;
  report.sequence = static_cast<std::uint64_t>(sequence);
  report.held = HeldOf(all.people, decision);
  report.shared_numbers = decision.shared_numbers;
  report.possible_same_person = decision.possible_same_person;

  const Instant now = clock_->Now();
  const bool is_empty = std::count(decision.is_listed.begin(), decision.is_listed.end(), 1) == 0;
  std::unique_ptr<PackageFile> file;
  if (!is_empty) {
    MUSUBI_TRY(
        file,
        PackageFile::Create(
            {.out = request.out,
             .signer = request.signer,
             .recipient = request.recipient,
             .kind = "NL",
             .mode = request.mode,
             .sequence = report.sequence,
             .now = now}
        )
    );
    MUSUBI_CHECK_OK(WriteRows(vault, request, all, decision, *file, report));
  }
  Changes changes = ChangesOf(all.people, decision, report.sequence);
  MUSUBI_CHECK_OK(ChangePeople(*connection_, changes.people));
  MUSUBI_CHECK_OK(AppendHistory(*connection_, changes.history, run));
  Run record{"number-list", FormatUtc(now), operator_name_, report.rows, report.sequence};
  if (!is_empty) {
    // The file is in its place before the register says "listed": killed in between, the people are
    // simply listed again.
    MUSUBI_TRY(record.file_sha256, file->Finish());
    MUSUBI_CHECK_OK(file->PutInPlace());
    MUSUBI_CHECK_OK(InsertList(*connection_, run, record));
  }
  MUSUBI_CHECK_OK(InsertRun(*connection_, run, record));
  MUSUBI_CHECK_OK(transaction.Commit());
  if (is_empty) {
    return NobodyToList();
  }
  return report;
}

}  // namespace musubi::insurer
