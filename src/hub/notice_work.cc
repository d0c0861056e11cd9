#include "hub/notice_work.h"

#include <algorithm>
#include <array>
#include <utility>

#include "exchange/notice.h"
#include "exchange/record_copy.h"
#include "hub/copy_table.h"
#include "hub/notice_outbox.h"
#include "hub/package_frame.h"
#include "ops/log.h"

namespace musubi::hub {

namespace {

using exchange::CopyOutcome;

// Fields of NT rows by a small number, so that a row's result stays small.
constexpr std::array<std::string_view, 7> kFields = {
    "", "count_of_fields", "insured_number", "branch", "title", "body", "valid_until"
};

std::uint8_t FieldIndex(std::string_view name) {
  const auto* const found = std::ranges::find(kFields, name);
  return found == kFields.end() ? 0 : static_cast<std::uint8_t>(found - kFields.begin());
}

struct RowResult {
  std::uint64_t line = 0;
  CopyOutcome outcome = CopyOutcome::kApplied;
  std::uint8_t field = 0;
};

}  // namespace

struct NoticeWork::Job : TakenBatch {
  explicit Job(TakenBatch taken) : TakenBatch(std::move(taken)), insurer(InsurerNumber()) {}

  std::uint32_t insurer;
  Date today;
  const std::function<bool()>* stop = nullptr;
  bool is_store_at_fault = false;
  std::vector<RowResult> results;
};

NoticeWork::NoticeWork(
    BatchBook& book,
    store::Connection& connection,
    const crypto::Identity& node,
    std::shared_ptr<const crypto::Trust> trust,
    const Clock& clock,
    NoticeWorkOptions options
)
    : book_(book),
      connection_(connection),
      node_(node),
      trust_(std::move(trust)),
      clock_(clock),
      options_(std::move(options)) {}

Result<void> NoticeWork::Run(BatchId id, const std::function<bool()>& stop) {
  MUSUBI_TRY(auto taken, TakeBatch(book_, id, node_, *trust_, clock_.Now()));
  if (!taken) {
    return Ok();
  }
  Job job(*std::move(taken));
  job.stop = &stop;
  const Result<void> done = Apply(job);
  if (stop()) {
    return Ok();
  }
  if (!done.ok()) {
    ops::LogWarning(
        "hub.notices.failed", {{"batch", BatchName(id)}, {"code", ErrorCodeName(done.error().code)}}
    );
    const bool is_refused = IsThePackage(done.error().code) && !job.is_store_at_fault;
    return is_refused ? book_.Refuse(id, done.error()) : book_.AskForFile(id, done.error().message);
  }
  ops::LogInfo("hub.notices.taken", {{"batch", BatchName(id)}, {"rows", job.batch.row_count}});
  return Ok();
}

Result<void> NoticeWork::TakeRow(
    Job& job, std::uint64_t line, std::span<const std::string_view> fields
) {
  if (job.results.size() == options_.rows_max || (*job.stop)()) {
    return TooManyRows(options_.rows_max, line);
  }
  exchange::NoticeRow row = exchange::ReadNoticeRow(fields);
  if (row.fault_field.empty() && row.text.valid_until < job.today) {
    row.fault_field = "valid_until";
  }
  RowResult result{line, CopyOutcome::kApplied, FieldIndex(row.fault_field)};
  if (!row.fault_field.empty()) {
    result.outcome = CopyOutcome::kBadFormat;
  } else {
    job.is_store_at_fault = true;  // until the store has done its part
    MUSUBI_TRY(const auto enrolled, CodeOf(connection_, job.insurer, *row.insured));
    if (!enrolled) {
      result.outcome = CopyOutcome::kUnknownInsured;
    } else if (enrolled->is_stopped) {
      result.outcome = CopyOutcome::kStopped;
    } else {
      NoticeOutbox outbox(connection_);
      MUSUBI_CHECK_OK(outbox.Add(job.batch.id, static_cast<std::int64_t>(line), job.insurer, row));
    }
    job.is_store_at_fault = false;
  }
  job.results.push_back(result);
  ++job.live->rows_done;
  return Ok();
}

Result<void> NoticeWork::Apply(Job& job) {
  job.live->stage = Stage::kRegistering;
  job.today = Date::Of(JapanDay(clock_.Now()));
  MUSUBI_TRY(
      store::Transaction transaction, store::Transaction::Begin(connection_, store::Access::kWrite)
  );
  MUSUBI_TRY(
      const exchange::PackageCheck check,
      exchange::ReadPackage(
          book_.SpoolPath(job.batch.id),
          *job.sealing,
          *trust_,
          clock_.Now(),
          job.Expect(exchange::kNoticesKind, options_.mode),
          [&](const exchange::PackageHeader& header) {
            return CheckSequence(book_, job.batch, header, "make the package of notices anew");
          },
          [&](std::uint64_t, std::uint64_t line, std::span<const std::string_view> fields) {
            return TakeRow(job, line, fields);
          }
      )
  );
  job.is_store_at_fault = true;  // the package was good
  job.batch.row_count = check.record_count;
  job.live->stage = Stage::kWriting;
  MUSUBI_CHECK_OK(WriteResult(job, check));
  job.sealing.reset();
  book_.DestroyKey(job.batch.id);
  MUSUBI_CHECK_OK(
      book_.MarkReady(connection_, job.batch, ModeName(check.header.mode), check.header.sequence)
  );
  MUSUBI_CHECK_OK(transaction.Commit());
  book_.Forget(job.batch.id);
  return Ok();
}

Result<void> NoticeWork::WriteResult(Job& job, const exchange::PackageCheck& check) {
  exchange::PackageHeader header;
  header.kind = exchange::kNoticeResultKind;
  header.mode = check.header.mode;
  header.created = clock_.Now();
  header.sequence = check.header.sequence;  // of the package it answers
  MUSUBI_TRY(
      const auto result, ResultPackage::Create(book_, job.batch, node_, check.signer, header)
  );
  for (const RowResult& row : job.results) {
    ++job.batch.copies[static_cast<std::size_t>(row.outcome)];
    MUSUBI_CHECK_OK(
        exchange::WriteCopyResultRow(result->content(), {row.line, row.outcome, kFields[row.field]})
    );
  }
  return result->Finish(job.batch);
}

}  // namespace musubi::hub
