#include "insurer/notices.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "exchange/notice.h"
#include "exchange/number_list.h"
#include "exchange/record_copy.h"
#include "insurer/package_file.h"
#include "insurer/person_table.h"
#include "text/csv.h"

namespace musubi::insurer {

namespace {

constexpr std::size_t kRecordSizeMax = std::size_t{64} << 10U;
constexpr std::size_t kRefusalsShown = 1000;
constexpr std::array<std::string_view, 5> kColumns = {
    "insured_number", "branch", "title", "body", "valid_until"
};

using Cells = std::array<std::string_view, kColumns.size()>;

// What to say of a field that exchange::ReadNoticeRow does not take.
std::string Expectation(std::string_view field) {
  if (field == "insured_number" || field == "branch") {
    return "digits as the hub issued them are expected";
  }
  if (field == "valid_until") {
    return "a day YYYY-MM-DD, today or later, is expected";
  }
  return fmt::format(
      "1 to {} bytes of UTF-8{} are expected, without control characters and without what looks "
      "like an Individual Number",
      field == "title" ? exchange::kNoticeTitleSizeMax : exchange::kNoticeBodySizeMax,
      field == "title" ? " on one line" : ""
  );
}

// The columns of the file, whatever their order.
class NoticeFile {
 public:
  NoticeFile(ByteSource& source, std::string_view name)
      : name_(name), csv_(source, name, kRecordSizeMax) {}

  Result<void> ReadHeading() {
    MUSUBI_TRY(const bool is_there, csv_.Next());
    if (!is_there) {
      return Error{ErrorCode::kInvalid, "the file is empty", name_};
    }
    const auto& names = csv_.fields();
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const auto found = std::ranges::find(names, kColumns[i]);
      if (found == names.end()) {
        return csv_.Refuse("the column is missing", kColumns[i]);
      }
      at_[i] = static_cast<std::size_t>(found - names.begin());
    }
    if (names.size() != kColumns.size()) {
      return csv_.Refuse(fmt::format("{} columns are expected", kColumns.size()));
    }
    return Ok();
  }

  Result<bool> Next() { return csv_.Next(); }

  [[nodiscard]] std::uint64_t line() const { return csv_.line(); }

  // Nothing: the row has more or fewer fields than the heading.
  [[nodiscard]] std::optional<Cells> Row() const {
    if (csv_.fields().size() != kColumns.size()) {
      return std::nullopt;
    }
    Cells cells;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      cells[i] = csv_.fields()[at_[i]];
    }
    return cells;
  }

 private:
  std::string name_;
  text::CsvReader csv_;
  std::array<std::size_t, kColumns.size()> at_{};
};

// May a notice go under this insured number? Nothing: yes.
Result<std::optional<RowProblem>> ProblemOfPerson(
    store::Connection& connection, const number::InsuredNumber& insured
) {
  std::size_t people = 0;
  bool is_tied = true;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT state, reason, branch FROM person WHERE insured_number = $1",
      {insured.number()},
      [&](const store::Row& row) {
        ++people;
        is_tied = is_tied && LinkStateOf(row.Text(0)) == LinkState::kTied && row.Text(1).empty() &&
                  row.Text(2) == insured.branch();
        return Ok();
      }
  ));
  if (people == 0) {
    return std::optional(
        RowProblem{0, "insured_number", "nobody of the register has this insured number"}
    );
  }
  if (people > 1 || !is_tied) {
    return std::optional(RowProblem{
        0,
        "insured_number",
        "this person has left, has another branch, or the link is under doubt: nothing is sent"
    });
  }
  return std::optional<RowProblem>();
}

Result<std::optional<RowProblem>> Judge(
    store::Connection& connection,
    const std::optional<Cells>& cells,
    Date today,
    exchange::NoticeRow& row
) {
  if (!cells) {
    return std::optional(RowProblem{0, "", fmt::format("{} fields are expected", kColumns.size())});
  }
  row = exchange::ReadNoticeRow(*cells);
  if (row.fault_field.empty() && row.text.valid_until < today) {
    row.fault_field = "valid_until";
  }
  if (!row.fault_field.empty()) {
    return std::optional(RowProblem{0, std::string(row.fault_field), Expectation(row.fault_field)});
  }
  return ProblemOfPerson(connection, *row.insured);
}

// By itself, before the file exists: whatever happens then, a sequence stands in one file only.
Result<std::uint64_t> TakeSequence(store::Connection& connection) {
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(connection, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t sequence, AdvanceCounter(connection, "notices", 1));
  MUSUBI_CHECK_OK(transaction.Commit());
  return static_cast<std::uint64_t>(sequence);
}

}  // namespace

Result<NoticesReport> MakeNotices(
    store::Database& database, const Clock& clock, const NoticesRequest& request
) {
  MUSUBI_TRY(const auto connection, database.Connect());
  const Instant now = clock.Now();
  const Date today = Date::Of(JapanDay(now));
  NoticesReport report;
  NoticeFile file(request.source, request.name);
  MUSUBI_CHECK_OK(file.ReadHeading());
  MUSUBI_TRY(const std::uint64_t sequence, TakeSequence(*connection));
  MUSUBI_TRY(
      const auto package,
      PackageFile::Create(
          {.out = request.out,
           .signer = request.signer,
           .recipient = request.recipient,
           .kind = exchange::kNoticesKind,
           .mode = request.mode,
           .sequence = sequence,
           .now = now}
      )
  );
  for (;;) {
    MUSUBI_TRY(const bool is_there, file.Next());
    if (!is_there) {
      break;
    }
    ++report.rows;
    exchange::NoticeRow row;
    MUSUBI_TRY(auto problem, Judge(*connection, file.Row(), today, row));
    if (problem) {
      problem->line = file.line();
      report.problems.push_back(std::move(*problem));
      continue;
    }
    MUSUBI_CHECK_OK(exchange::WriteNoticeRow(package->content(), row));
    ++report.taken;
  }
  if (report.taken == 0) {
    return report;
  }
  report.sequence = sequence;
  MUSUBI_TRY(const std::string digest, package->Finish());
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t run, AdvanceCounter(*connection, "run", 1));
  const Run record{
      "notices", FormatUtc(now), request.operator_name, report.taken, sequence, digest
  };
  MUSUBI_CHECK_OK(InsertRun(*connection, run, record));
  MUSUBI_CHECK_OK(transaction.Commit());
  MUSUBI_CHECK_OK(package->PutInPlace());
  return report;
}

Result<NoticeResultReport> ReadNoticeResult(
    const Clock& clock, const NoticeResultRequest& request
) {
  NoticeResultReport report;
  exchange::Expected expected;
  expected.kind = exchange::kNoticeResultKind;
  expected.mode = request.mode;
  expected.recipient = request.recipient.certificate.id();
  expected.sender = "hub";
  MUSUBI_TRY(
      const exchange::PackageCheck check,
      exchange::ReadPackage(
          request.file,
          request.recipient,
          request.trust,
          clock.Now(),
          expected,
          {},
          [&report](std::uint64_t index, std::uint64_t, std::span<const std::string_view> fields)
              -> Result<void> {
            MUSUBI_TRY(const exchange::CopyResultRow row, exchange::ReadCopyResultRow(fields));
            if (row.outcome == exchange::CopyOutcome::kApplied) {
              ++report.taken;
              return Ok();
            }
            const std::string outcome(CopyOutcomeName(row.outcome));
            ++report.refused[outcome];
            if (report.refusals.size() < kRefusalsShown) {
              report.refusals.push_back({index + 1, outcome, std::string(row.field)});
            }
            return Ok();
          }
      )
  );
  report.sequence = check.header.sequence;
  report.rows = check.record_count;
  return report;
}

}  // namespace musubi::insurer
