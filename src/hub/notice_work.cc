#include "hub/notice_work.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/io.h"
#include "crypto/sealed_package.h"
#include "exchange/notice.h"
#include "exchange/record_copy.h"
#include "hub/copy_table.h"
#include "hub/notice_outbox.h"
#include "ops/log.h"

namespace musubi::hub {

namespace {

using exchange::CopyOutcome;

constexpr std::string_view kSelf = "hub";

// Errors that are the package's own fault; the rest is ours.
bool IsThePackage(ErrorCode code) {
  return code == ErrorCode::kInvalid || code == ErrorCode::kRefused ||
         code == ErrorCode::kConflict || code == ErrorCode::kExhausted;
}

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

struct NoticeWork::Job {
  Batch batch;
  std::shared_ptr<LiveBatch> live;  // the book is the other owner
  std::optional<crypto::Identity> sealing;
  std::uint32_t insurer = 0;
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
  Job job;
  job.stop = &stop;
  MUSUBI_TRY(job.batch, book_.Load(id));
  job.live = book_.Live(id);
  if (job.batch.state != BatchState::kWorking || job.live == nullptr) {
    return Ok();
  }
  {
    const std::scoped_lock lock(job.live->mutex);
    job.sealing = job.live->sealing;
  }
  // If not even we are trusted, it is our revocation list or clock, not the package.
  if (!trust_->Verify(node_.certificate, clock_.Now()).ok()) {
    ops::LogError("hub.trust.unusable");
    return book_.AskForFile(id, "the hub cannot check certificates at the moment");
  }
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

Result<void> NoticeWork::CheckHeader(const Job& job, const exchange::PackageHeader& header) {
  MUSUBI_TRY(
      const auto used_by,
      book_.SequenceUsedBy(
          job.batch.insurer, job.batch.kind, ModeName(header.mode), header.sequence, job.batch.id
      )
  );
  if (used_by.has_value()) {
    return Error{
        ErrorCode::kConflict,
        fmt::format(
            "sequence {} was used before, by batch {}", header.sequence, BatchName(*used_by)
        ),
        "line 1: sequence",
        "make the package of notices anew"
    };
  }
  return Ok();
}

Result<void> NoticeWork::TakeRow(
    Job& job, std::uint64_t line, std::span<const std::string_view> fields
) {
  if (job.results.size() == options_.rows_max || (*job.stop)()) {
    return Error{
        ErrorCode::kExhausted,
        fmt::format("the package has more than {} rows", options_.rows_max),
        fmt::format("line {}", line),
        "divide it"
    };
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
  const std::string& digits = job.batch.insurer;
  std::from_chars(digits.data(), digits.data() + digits.size(), job.insurer);
  job.today = Date::Of(JapanDay(clock_.Now()));
  exchange::Expected expected;
  expected.kind = exchange::kNoticesKind;
  expected.mode = options_.mode == "live" ? exchange::Mode::kLive : exchange::Mode::kTest;
  expected.recipient = kSelf;
  expected.sender = "insurer-" + job.batch.insurer;
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
          expected,
          [&](const exchange::PackageHeader& header) { return CheckHeader(job, header); },
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
  MUSUBI_TRY(const auto file, FileSink::Create(book_.PairsPath(job.batch.id)));
  const Instant now = clock_.Now();
  MUSUBI_TRY(const auto sealing, crypto::SealingWriter::Create(*file, node_, check.signer, now));
  exchange::PackageHeader header;
  header.kind = exchange::kNoticeResultKind;
  header.mode = check.header.mode;
  header.sender = kSelf;
  header.recipient = check.header.sender;
  header.created = now;
  header.sequence = check.header.sequence;  // of the package it answers
  MUSUBI_TRY(auto writer, exchange::ContentWriter::Create(*sealing, header));
  for (const RowResult& row : job.results) {
    ++job.batch.copies[static_cast<std::size_t>(row.outcome)];
    MUSUBI_CHECK_OK(
        exchange::WriteCopyResultRow(writer, {row.line, row.outcome, kFields[row.field]})
    );
  }
  MUSUBI_CHECK_OK(writer.Finish());
  MUSUBI_CHECK_OK(sealing->Finish());
  MUSUBI_CHECK_OK(file->Commit());
  std::error_code code;
  job.batch.pairs_size = std::filesystem::file_size(book_.PairsPath(job.batch.id), code);
  return Ok();
}

}  // namespace musubi::hub
