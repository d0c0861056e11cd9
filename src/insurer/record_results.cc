// Records::ImportResult.
#include "crypto/digest.h"
#include "exchange/number_list.h"
#include "insurer/person_table.h"
#include "insurer/record_copies.h"

namespace musubi::insurer {

namespace {

using exchange::CopyOutcome;

constexpr std::size_t kProblemsMax = 1000;
constexpr std::size_t kReadSize = std::size_t{1} << 16U;

struct Refusal {
  std::uint64_t line = 0;
  CopyOutcome outcome = CopyOutcome::kBadFormat;
  std::string field;
};

struct ReadResult {
  std::uint64_t sequence = 0;
  std::uint64_t rows = 0;
  std::vector<Refusal> refusals;
};

Result<std::string> HashOfFile(const std::filesystem::path& path) {
  MUSUBI_TRY(const auto file, FileSource::Open(path));
  crypto::Sha256 digest;
  Bytes buffer(kReadSize);
  for (;;) {
    MUSUBI_TRY(const std::size_t size, file->Read(buffer));
    if (size == 0) {
      return ToHex(digest.Finish());
    }
    digest.Update(BytesView(buffer).first(size));
  }
}

Result<ReadResult> ReadWholeResult(const CopyResultRequest& request, Instant now) {
  ReadResult read;
  exchange::Expected expected;
  expected.kind = exchange::kCopyResultKind;
  expected.mode = request.mode;
  expected.recipient = request.recipient.certificate.id();
  expected.sender = "hub";
  MUSUBI_TRY(
      const exchange::PackageCheck check,
      exchange::ReadPackage(
          request.file,
          request.recipient,
          request.trust,
          now,
          expected,
          {},
          [&read](std::uint64_t index, std::uint64_t line, std::span<const std::string_view> fields)
              -> Result<void> {
            MUSUBI_TRY(const exchange::CopyResultRow row, exchange::ReadCopyResultRow(fields));
            if (row.line != index + 2) {
              return Error{
                  ErrorCode::kInvalid,
                  "the results do not stand in the order of the rows",
                  "line " + std::to_string(line)
              };
            }
            if (row.outcome != CopyOutcome::kApplied) {
              read.refusals.push_back({row.line, row.outcome, std::string(row.field)});
            }
            return Ok();
          }
      )
  );
  read.sequence = check.header.sequence;
  read.rows = check.record_count;
  return read;
}

class ResultImport {
 public:
  ResultImport(store::Connection& connection, const ReadResult& read, CopyResultReport& report)
      : connection_(connection),
        read_(read),
        sequence_(static_cast<std::int64_t>(read.sequence)),
        report_(report) {}

  // What is known of the package that is answered.
  Result<void> Find(std::string_view file_sha256) {
    std::optional<std::int64_t> rows;
    std::string earlier;
    MUSUBI_CHECK_OK(connection_.Query(
        "SELECT row_count, result_sha256 FROM copy_package WHERE sequence = $1",
        {sequence_},
        [&](const store::Row& row) {
          rows = row.Int(0);
          earlier = row.Text(1);
          return Ok();
        }
    ));
    if (!rows.has_value()) {
      return Error{ErrorCode::kNotFound, "this result answers no package of ours"};
    }
    if (!earlier.empty() && earlier != file_sha256) {
      return Error{
          ErrorCode::kRefused,
          "another result of the same package was imported before",
          "sequence " + std::to_string(sequence_),
          "ask the operating body which of the two is right"
      };
    }
    if (static_cast<std::uint64_t>(*rows) != read_.rows) {
      return Error{ErrorCode::kInvalid, "the result has not as many rows as the package"};
    }
    report_.already_imported = !earlier.empty();
    return Ok();
  }

  Result<void> Apply() {
    for (const Refusal& refusal : read_.refusals) {
      MUSUBI_CHECK_OK(connection_.Execute(
          "UPDATE copy_sent SET outcome = $3 WHERE sequence = $1 AND line = $2",
          {sequence_, static_cast<std::int64_t>(refusal.line), CopyOutcomeName(refusal.outcome)}
      ));
    }
    MUSUBI_CHECK_OK(connection_.Execute(
        "INSERT INTO copy_confirmed (insured_number, branch, kind, key, valid_from, sequence, "
        "digest) SELECT insured_number, branch, kind, key, valid_from, sequence, digest FROM "
        "copy_sent WHERE sequence = $1 AND outcome = '' ON CONFLICT (insured_number, kind, key, "
        "valid_from) DO UPDATE SET branch = excluded.branch, sequence = excluded.sequence, digest "
        "= excluded.digest WHERE copy_confirmed.sequence < excluded.sequence",
        {sequence_}
    ));
    // What this package says of a record is newer than what an earlier one said.
    MUSUBI_CHECK_OK(connection_.Execute(
        "DELETE FROM copy_sent WHERE sequence < $1 AND EXISTS (SELECT 1 FROM copy_sent n WHERE "
        "n.insured_number = copy_sent.insured_number AND n.kind = copy_sent.kind AND n.key = "
        "copy_sent.key AND n.valid_from = copy_sent.valid_from AND n.sequence = $1)",
        {sequence_}
    ));
    MUSUBI_CHECK_OK(connection_.Execute(
        "DELETE FROM copy_sent WHERE sequence = $1 AND outcome = ''", {sequence_}
    ));
    return Ok();
  }

  Result<void> FindProblems() {
    for (const Refusal& refusal : read_.refusals) {
      if (report_.problems.size() >= kProblemsMax) {
        break;
      }
      CopyResultProblem problem;
      problem.line = refusal.line;
      problem.outcome = CopyOutcomeName(refusal.outcome);
      problem.field = refusal.field;
      MUSUBI_CHECK_OK(connection_.Query(
          "SELECT kind, key FROM copy_sent WHERE sequence = $1 AND line = $2",
          {sequence_, static_cast<std::int64_t>(refusal.line)},
          [&problem](const store::Row& row) {
            problem.kind = row.Text(0);
            problem.key = row.Text(1);
            return Ok();
          }
      ));
      report_.problems.push_back(std::move(problem));
    }
    return Ok();
  }

 private:
  store::Connection& connection_;
  const ReadResult& read_;
  std::int64_t sequence_;
  CopyResultReport& report_;
};

}  // namespace

Result<CopyResultReport> Records::ImportResult(const CopyResultRequest& request) {
  const Instant now = clock_->Now();
  MUSUBI_TRY(const std::string file_sha256, HashOfFile(request.file));
  MUSUBI_TRY(const ReadResult read, ReadWholeResult(request, now));
  CopyResultReport report;
  report.sequence = read.sequence;
  report.rows = read.rows;
  report.applied = read.rows - read.refusals.size();
  for (const Refusal& refusal : read.refusals) {
    ++report.refused[std::string(CopyOutcomeName(refusal.outcome))];
  }
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  ResultImport import(*connection_, read, report);
  MUSUBI_CHECK_OK(import.Find(file_sha256));
  MUSUBI_CHECK_OK(import.FindProblems());
  if (report.already_imported) {
    return report;
  }
  MUSUBI_TRY(const std::int64_t run, AdvanceCounter(*connection_, "run", 1));
  MUSUBI_CHECK_OK(import.Apply());
  MUSUBI_CHECK_OK(connection_->Execute(
      "UPDATE copy_package SET result_sha256 = $2 WHERE sequence = $1",
      {static_cast<std::int64_t>(read.sequence), std::string_view(file_sha256)}
  ));
  const Run record{
      "copy-result", FormatUtc(now), operator_name_, read.rows, read.sequence, file_sha256
  };
  MUSUBI_CHECK_OK(InsertRun(*connection_, run, record));
  MUSUBI_CHECK_OK(transaction.Commit());
  return report;
}

}  // namespace musubi::insurer
