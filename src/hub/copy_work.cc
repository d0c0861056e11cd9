#include "hub/copy_work.h"

#include <future>
#include <utility>

#include "exchange/number_list.h"
#include "hub/copy_writer.h"
#include "hub/package_frame.h"
#include "ops/log.h"

namespace musubi::hub {

namespace {

using exchange::CopyOutcome;

std::int64_t ElapsedMs(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now() - since
  )
      .count();
}

Error GivenUp() {
  return Error{ErrorCode::kUnavailable, "the store takes no more rows"};
}

}  // namespace

struct CopyWork::Job : TakenBatch {
  explicit Job(TakenBatch taken) : TakenBatch(std::move(taken)) {}

  std::optional<crypto::Certificate> signer;
  exchange::PackageHeader header;
  CopyPackageId package;
  const std::function<bool()>* stop = nullptr;
  bool is_refused = false;  // the package is at fault, not we
  std::unique_ptr<CopyWriter> writer;
  CopyChunkQueue queue;
};

CopyWork::CopyWork(
    BatchBook& book,
    store::Connection& connection,
    const crypto::Identity& node,
    std::shared_ptr<const crypto::Trust> trust,
    const Clock& clock,
    CopyWorkOptions options
)
    : book_(book),
      connection_(connection),
      node_(node),
      trust_(std::move(trust)),
      clock_(clock),
      options_(std::move(options)) {
  if (options_.layouts == nullptr) {
    options_.layouts = &rules::RecordLayouts::BuiltIn();
  }
}

Result<void> CopyWork::Run(BatchId id, const std::function<bool()>& stop) {
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
        "hub.copies.failed", {{"batch", BatchName(id)}, {"code", ErrorCodeName(done.error().code)}}
    );
    return job.is_refused ? book_.Refuse(id, done.error())
                          : book_.AskForFile(id, done.error().message);
  }
  ops::LogInfo(
      "hub.copies.applied",
      {{"batch", BatchName(id)},
       {"rows", job.batch.row_count},
       {"applying_ms", job.batch.times.registering_ms},
       {"writing_ms", job.batch.times.writing_ms}}
  );
  return Ok();
}

Result<void> CopyWork::CheckHeader(Job& job, const exchange::PackageHeader& header) {
  MUSUBI_CHECK_OK(CheckSequence(book_, job.batch, header, "make new record copies"));
  job.header = header;
  return Ok();
}

// The reader's thread: opens, judges, hands on.
Result<void> CopyWork::Read(Job& job, CopyArranger& arranger) {
  std::uint64_t rows = 0;
  auto check = exchange::ReadPackage(
      book_.SpoolPath(job.batch.id),
      *job.sealing,
      *trust_,
      clock_.Now(),
      job.Expect(exchange::kCopiesKind, options_.mode),
      [&](const exchange::PackageHeader& header) { return CheckHeader(job, header); },
      [&](std::uint64_t, std::uint64_t line, std::span<const std::string_view> fields
      ) -> Result<void> {
        if (++rows > options_.rows_max) {
          return TooManyRows(options_.rows_max, line);
        }
        return arranger.Take(line, fields);
      }
  );
  if (!check.ok()) {
    return check.error();
  }
  job.signer = std::move(check->signer);
  job.batch.row_count = check->record_count;
  return arranger.Finish();
}

Result<void> CopyWork::Apply(Job& job) {
  const auto start = std::chrono::steady_clock::now();
  job.live->stage = Stage::kRegistering;
  job.package.insurer = job.InsurerNumber();
  job.package.batch = job.batch.id;
  MUSUBI_TRY(
      store::Transaction transaction, store::Transaction::Begin(connection_, store::Access::kWrite)
  );
  MUSUBI_TRY(
      CopyContext context,
      ReadCopyContext(
          connection_, job.package.insurer, *options_.layouts, Date::Of(JapanDay(clock_.Now()))
      )
  );
  CopyArranger arranger(std::move(context), [&job](CopyChunk chunk) -> Result<void> {
    return job.queue.Push(std::move(chunk)) ? Ok() : Result<void>(GivenUp());
  });
  auto reading = std::async(std::launch::async, [&] {
    const Result<void> read = Read(job, arranger);
    job.queue.EndOfChunks();
    return read;
  });
  Result<void> written;
  while (auto chunk = job.queue.Pop()) {
    if (written.ok() && job.writer == nullptr) {
      // The header was read before the first chunk came.
      job.package.revision = job.header.sequence;
      auto writer = CopyWriter::Create(connection_, job.package, *options_.layouts);
      written = writer.ok() ? Ok() : Result<void>(writer.error());
      if (writer.ok()) {
        job.writer = std::move(writer).value();
      }
    }
    if (written.ok()) {
      written = (*job.stop)() ? Result<void>(GivenUp()) : job.writer->Write(*chunk);
    }
    if (!written.ok()) {
      job.queue.GiveUp();
      continue;
    }
    job.live->rows_done += chunk->entries.size();
  }
  const Result<void> read = reading.get();
  MUSUBI_CHECK_OK(written);
  if (!read.ok()) {
    job.is_refused = IsThePackage(read.error().code);
    return read;
  }
  if (job.writer == nullptr) {  // not one row to apply: a sign of life all the same
    job.package.revision = job.header.sequence;
    MUSUBI_TRY(job.writer, CopyWriter::Create(connection_, job.package, *options_.layouts));
  }
  MUSUBI_CHECK_OK(job.writer->Finish(arranger.results(), clock_.Now().time_since_epoch().count()));
  job.batch.times.registering_ms = ElapsedMs(start);
  job.live->stage = Stage::kWriting;
  MUSUBI_CHECK_OK(WriteResult(job, arranger));
  job.sealing.reset();
  book_.DestroyKey(job.batch.id);
  job.batch.times.writing_ms = ElapsedMs(start) - job.batch.times.registering_ms;
  MUSUBI_CHECK_OK(
      book_.MarkReady(connection_, job.batch, ModeName(job.header.mode), job.header.sequence)
  );
  MUSUBI_CHECK_OK(transaction.Commit());
  book_.Forget(job.batch.id);
  return Ok();
}

Result<void> CopyWork::WriteResult(Job& job, const CopyArranger& arranger) {
  exchange::PackageHeader header;
  header.kind = exchange::kCopyResultKind;
  header.mode = job.header.mode;
  header.created = clock_.Now();
  header.sequence = job.header.sequence;  // of the package it answers
  MUSUBI_TRY(
      const auto result, ResultPackage::Create(book_, job.batch, node_, *job.signer, header)
  );
  for (const CopyRowResult& row : arranger.results()) {
    ++job.batch.copies[static_cast<std::size_t>(row.outcome)];
    MUSUBI_CHECK_OK(exchange::WriteCopyResultRow(
        result->content(), {row.line, row.outcome, arranger.fields()[row.field]}
    ));
  }
  return result->Finish(job.batch);
}

}  // namespace musubi::hub
