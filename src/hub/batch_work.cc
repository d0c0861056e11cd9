#include "hub/batch_work.h"

#include <algorithm>
#include <future>

#include <fmt/format.h>

#include "base/check.h"
#include "base/io.h"
#include "exchange/number_list.h"
#include "hub/package_frame.h"
#include "ops/log.h"

namespace musubi::hub {

namespace {

using exchange::Outcome;

constexpr std::string_view kKind = "NL";
constexpr std::string_view kPairsKind = "NP";

class Stopwatch {
 public:
  [[nodiscard]] std::int64_t ElapsedMs() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now() - start_
    )
        .count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Keeps, of all numbers of a list, only those that stand on more than one row.
void KeepRepeated(SecretVector<std::uint64_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  std::size_t kept = 0;
  for (std::size_t i = 0; i + 1 < numbers.size(); ++i) {
    const bool is_repeated = numbers[i] == numbers[i + 1];
    if (is_repeated && (kept == 0 || numbers[kept - 1] != numbers[i])) {
      numbers[kept++] = numbers[i];
    }
  }
  SecretVector<std::uint64_t> repeated(
      numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(kept)
  );
  numbers = std::move(repeated);
}

}  // namespace

struct BatchWork::Job : TakenBatch {
  explicit Job(TakenBatch taken) : TakenBatch(std::move(taken)), insurer(InsurerNumber()) {}

  std::optional<crypto::Certificate> signer;
  exchange::PackageHeader header;
  std::uint32_t insurer;
  SecretVector<std::uint64_t> repeated_numbers;
  std::vector<std::uint32_t> repeated_rows;  // rows that hold one of them, ascending
  RowResults results;
  std::vector<CodeRow> codes;
  std::vector<std::pair<std::string, Registry::ExceptionRow>> exceptions;  // with the reference
};

BatchWork::BatchWork(
    BatchBook& book,
    store::Connection& connection,
    const crypto::Identity& node,
    std::shared_ptr<const crypto::Trust> trust,
    const Clock& clock,
    BatchWorkOptions options
)
    : book_(book),
      connection_(connection),
      node_(node),
      trust_(std::move(trust)),
      clock_(clock),
      options_(std::move(options)) {}

Result<void> BatchWork::Run(BatchId id, const std::function<bool()>& stop) {
  MUSUBI_TRY(auto taken, TakeBatch(book_, id, node_, *trust_, clock_.Now()));
  if (!taken) {
    return Ok();
  }
  Job job(*std::move(taken));
  Result<void> done = Check(job);
  const bool is_refused = !done.ok() && IsThePackage(done.error().code);
  if (done.ok()) {
    done = Acquire(job, stop);
  }
  if (done.ok() && !stop()) {
    done = Register(job);
  }
  ScrubStack();
  if (stop()) {
    return Ok();
  }
  if (!done.ok()) {
    job.sealing.reset();
    ops::LogWarning(
        "hub.batch.failed", {{"batch", BatchName(id)}, {"code", ErrorCodeName(done.error().code)}}
    );
    return is_refused ? book_.Refuse(id, done.error()) : book_.AskForFile(id, done.error().message);
  }
  ops::LogInfo(
      "hub.batch.ready",
      {{"batch", BatchName(id)},
       {"rows", job.batch.row_count},
       {"checking_ms", job.batch.times.checking_ms},
       {"acquiring_ms", job.batch.times.acquiring_ms},
       {"registering_ms", job.batch.times.registering_ms},
       {"writing_ms", job.batch.times.writing_ms}}
  );
  return Ok();
}

Result<void> BatchWork::CheckHeader(Job& job, const exchange::PackageHeader& header) {
  MUSUBI_CHECK_OK(CheckSequence(book_, job.batch, header, "make a new list"));
  job.header = header;
  return Ok();
}

Result<void> BatchWork::Check(Job& job) {
  const Stopwatch watch;
  job.live->stage = Stage::kChecking;
  std::uint64_t rows = 0;
  SecretVector<std::uint64_t> numbers;
  MUSUBI_TRY(
      exchange::PackageCheck check,
      exchange::ReadPackage(
          book_.SpoolPath(job.batch.id),
          *job.sealing,
          *trust_,
          clock_.Now(),
          job.Expect(kKind, options_.mode),
          [&](const exchange::PackageHeader& header) { return CheckHeader(job, header); },
          [&](std::uint64_t, std::uint64_t line, std::span<const std::string_view> fields
          ) -> Result<void> {
            if (++rows > options_.rows_max) {
              return TooManyRows(options_.rows_max, line);
            }
            const exchange::NumberListRow row = exchange::ReadNumberListRow(fields);
            if (row.number.is_set()) {
              numbers.push_back(row.number.RevealPacked());
            }
            return Ok();
          }
      )
  );
  KeepRepeated(numbers);
  job.repeated_numbers = std::move(numbers);
  job.signer = std::move(check.signer);
  job.batch.row_count = rows;
  job.live->row_count = rows;
  job.batch.times.checking_ms = watch.ElapsedMs();
  return Ok();
}

Result<void> BatchWork::Acquire(Job& job, const std::function<bool()>& stop) {
  const Stopwatch watch;
  job.live->stage = Stage::kAcquiring;
  job.results.outcomes.assign(job.batch.row_count, Outcome::kBusy);
  job.results.insured_numbers.assign(job.batch.row_count, 0);
  Acquisition acquisition(
      options_.acquisition,
      node_,
      trust_,
      job.results,
      [&job](std::uint64_t rows) { job.live->rows_done += rows; },
      stop
  );
  std::int64_t waiting_us = 0;
  Chunk chunk;
  const auto hand_over = [&]() -> Result<void> {
    const auto before = std::chrono::steady_clock::now();
    MUSUBI_CHECK_OK(acquisition.Add(std::move(chunk)));
    waiting_us += std::chrono::duration_cast<std::chrono::microseconds>(
                      std::chrono::steady_clock::now() - before
    )
                      .count();
    chunk = Chunk();
    chunk.reserve(options_.chunk_rows);
    return Ok();
  };
  MUSUBI_TRY(
      const exchange::PackageCheck check,
      exchange::ReadPackage(
          book_.SpoolPath(job.batch.id),
          *job.sealing,
          *trust_,
          clock_.Now(),
          job.Expect(kKind, options_.mode),
          {},
          [&](std::uint64_t index, std::uint64_t, std::span<const std::string_view> fields
          ) -> Result<void> {
            const exchange::NumberListRow row = exchange::ReadNumberListRow(fields);
            if (row.fault.has_value()) {
              job.results.outcomes[index] = *row.fault;
              job.live->rows_done += 1;
              return Ok();
            }
            const std::uint64_t number = row.number.RevealPacked();
            if (!job.repeated_numbers.empty() &&
                std::binary_search(
                    job.repeated_numbers.begin(), job.repeated_numbers.end(), number
                )) {
              job.repeated_rows.push_back(static_cast<std::uint32_t>(index));
            }
            chunk.push_back(
                {.number = number,
                 .row = static_cast<std::uint32_t>(index),
                 .birth_date = row.birth_date.packed(),
                 .qualified_on = row.qualified_on.packed()}
            );
            return chunk.size() >= options_.chunk_rows ? hand_over() : Ok();
          }
      )
  );
  MUSUBI_CHECK(check.record_count == job.batch.row_count);
  if (!chunk.empty()) {
    MUSUBI_CHECK_OK(hand_over());
  }
  const std::int64_t reading_ms = watch.ElapsedMs() - waiting_us / 1000;
  MUSUBI_TRY(job.codes, acquisition.Finish());
  job.repeated_numbers = {};
  job.batch.times.reading_ms = reading_ms;
  job.batch.times.acquiring_ms = watch.ElapsedMs();
  return Ok();
}

Result<void> BatchWork::Register(Job& job) {
  const Stopwatch watch;
  job.live->stage = Stage::kRegistering;
  MUSUBI_TRY(
      store::Transaction transaction, store::Transaction::Begin(connection_, store::Access::kWrite)
  );
  Registry registry(
      connection_, job.insurer, job.batch.id, clock_.Now().time_since_epoch().count()
  );
  MUSUBI_CHECK_OK(registry.Plan(
      std::move(job.codes),
      [&job](std::uint32_t row) {
        return std::binary_search(job.repeated_rows.begin(), job.repeated_rows.end(), row);
      },
      job.results
  ));
  // Every outcome stands now, so the pairs can be sealed while the registry is written.
  auto pairs = std::async(std::launch::async, [&] {
    const Result<void> written = WritePairs(job, registry);
    ScrubStack();
    return written;
  });
  const Result<void> registered = registry.Write(job.results);
  job.batch.times.registering_ms = watch.ElapsedMs();
  const Result<void> sealed = pairs.get();
  MUSUBI_CHECK_OK(registered);
  MUSUBI_CHECK_OK(sealed);
  job.live->stage = Stage::kWriting;
  for (const auto& [reference, row] : job.exceptions) {
    MUSUBI_CHECK_OK(registry.WriteException(row, reference));
  }
  for (const Outcome outcome : job.results.outcomes) {
    ++job.batch.outcomes[static_cast<std::size_t>(outcome)];
  }
  // Step (8) of the guide: the numbers go first, then the pairs may be seen.
  if (options_.clear_numbers) {
    job.sealing.reset();
    book_.DestroyKey(job.batch.id);
  }
  job.batch.times.writing_ms = watch.ElapsedMs() - job.batch.times.registering_ms;
  MUSUBI_CHECK_OK(
      book_.MarkReady(connection_, job.batch, ModeName(job.header.mode), job.header.sequence)
  );
  MUSUBI_CHECK_OK(transaction.Commit());
  book_.Forget(job.batch.id);
  // The batch is done; what fails now is made good at the next start.
  if (!registry.WriteInsuredPeople(job.results).ok()) {
    ops::LogWarning("hub.insured_people.behind", {{"batch", BatchName(job.batch.id)}});
  }
  return Ok();
}

Result<void> BatchWork::WritePairs(Job& job, const Registry& registry) {
  const Instant now = clock_.Now();
  exchange::PackageHeader header;
  header.kind = kPairsKind;
  header.mode = job.header.mode;
  header.created = now;
  header.sequence = static_cast<std::uint64_t>(job.batch.id);
  MUSUBI_TRY(
      const auto result, ResultPackage::Create(book_, job.batch, node_, *job.signer, header)
  );
  std::vector<Registry::ExceptionRow> by_row(registry.exceptions());
  std::sort(by_row.begin(), by_row.end(), [](const auto& a, const auto& b) {
    return a.row < b.row;
  });
  auto next_exception = by_row.begin();
  MUSUBI_TRY(
      const exchange::PackageCheck check,
      exchange::ReadPackage(
          book_.SpoolPath(job.batch.id),
          *job.sealing,
          *trust_,
          now,
          job.Expect(kKind, options_.mode),
          {},
          [&](std::uint64_t index, std::uint64_t, std::span<const std::string_view> fields
          ) -> Result<void> {
            const exchange::NumberListRow row = exchange::ReadNumberListRow(fields);
            if (next_exception != by_row.end() && next_exception->row == index) {
              job.exceptions.emplace_back(row.reference, *next_exception++);
            }
            exchange::NumberPairRow pair;
            pair.reference = row.reference;
            pair.number = row.number;
            pair.outcome = job.results.outcomes[index];
            if (IsDone(pair.outcome)) {
              pair.insured =
                  number::InsuredNumber::Issue(job.results.insured_numbers[index], kIssuedBranch);
            }
            return WriteNumberPairRow(result->content(), pair);
          }
      )
  );
  static_cast<void>(check);
  return result->Finish(job.batch);
}

}  // namespace musubi::hub
