#include "bench/copies.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "base/io.h"
#include "bench/local_postgres.h"
#include "crypto/digest.h"
#include "crypto/sealed_package.h"
#include "exchange/record_copy.h"
#include "hub/copy_table.h"
#include "hub/copy_work.h"
#include "hub/schema.h"
#include "sample/dice.h"

namespace musubi::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInsurer = "133033";
constexpr std::uint32_t kInsurerNumber = 133033;
constexpr std::string_view kKind = "high-cost-care";
constexpr std::uint32_t kFrom = 20260401;
constexpr std::size_t kRemarksSize = 290;  // brings a record to 400 bytes
constexpr std::uint64_t kChangedOneIn = 100;

class Watch {
 public:
  // Seconds since the last call.
  double Lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "musubi-bench-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data()) != nullptr ? pattern : "";
  }

  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string ItemsOf(std::uint64_t person, std::uint64_t round) {
  const sample::Dice dice(1, person);
  const bool is_changed = round > 1 && person % kChangedOneIn == 0;
  std::string items = fmt::format(
      "2026-04,u,{:06},{:06},2026-07-25,2026-08-10,0,",
      100'000 + dice.Below(1, 800'000),
      100'000 + dice.Below(2, 800'000) + (is_changed ? round : 0)
  );
  for (std::size_t i = 0; i < kRemarksSize; ++i) {
    items += static_cast<char>('a' + (person + i * 7) % 26);
  }
  return items;
}

std::string KeyOf(std::uint64_t person) {
  return fmt::format("HC{:010}", person);
}

// What the association would have made, sealed to the batch's own certificate already.
Result<double> WritePackage(
    const fs::path& path,
    const crypto::Identity& signer,
    const crypto::Certificate& recipient,
    std::uint64_t people,
    std::uint64_t round
) {
  MUSUBI_TRY(auto file, FileSink::Create(path));
  const Instant now = SystemClock().Now();
  MUSUBI_TRY(auto sealing, crypto::SealingWriter::Create(*file, signer, recipient, now));
  exchange::PackageHeader header;
  header.kind = exchange::kCopiesKind;
  header.sender = fmt::format("insurer-{}", kInsurer);
  header.recipient = "hub";
  header.created = now;
  header.sequence = round;
  MUSUBI_TRY(auto writer, exchange::ContentWriter::Create(*sealing, header));
  std::uint64_t bytes = 0;
  for (std::uint64_t person = 1; person <= people; ++person) {
    const std::string record = fmt::format(
        "{:08},01,{},{},1,2026-04-01,,put,{}", person, kKind, KeyOf(person), ItemsOf(person, round)
    );
    bytes += record.size() + 4;
    MUSUBI_CHECK_OK(writer.WriteRawRecord(record));
  }
  MUSUBI_CHECK_OK(writer.Finish());
  MUSUBI_CHECK_OK(sealing->Finish());
  MUSUBI_CHECK_OK(file->Commit());
  return static_cast<double>(bytes) / static_cast<double>(std::max<std::uint64_t>(people, 1));
}

// An association, a hub and its store, without network.
class Stage {
 public:
  static Result<std::unique_ptr<Stage>> Create(const std::string& url, std::uint64_t people) {
    auto stage = std::make_unique<Stage>();
    const Instant now = SystemClock().Now();
    const fs::path authority_folder = stage->folder_.path() / "authority";
    MUSUBI_TRY(auto authority, crypto::Authority::Create(authority_folder, "bench", now));
    MUSUBI_TRY(
        stage->trust_,
        crypto::Trust::Load(authority_folder / "authority.pem", authority_folder / "crl.pem")
    );
    MUSUBI_TRY(auto insurer, authority.Issue(fmt::format("insurer-{}", kInsurer), now));
    stage->insurer_.emplace(std::move(insurer));
    MUSUBI_TRY(auto hub, authority.Issue("hub", now));
    stage->hub_.emplace(std::move(hub));
    MUSUBI_CHECK_OK(MakeFolder(stage->folder_.path() / "hub"));
    const std::string store =
        url.empty() ? "sqlite:" + (stage->folder_.path() / "hub" / "hub.db").string() : url;
    MUSUBI_TRY(stage->database_, store::Database::Open(store));
    MUSUBI_CHECK_OK(stage->database_->Migrate("hub", hub::HubMigrations()));
    MUSUBI_TRY(stage->connection_, stage->database_->Connect());
    MUSUBI_TRY(
        stage->book_,
        hub::BatchBook::Open(*stage->database_, stage->folder_.path() / "hub", SystemClock())
    );
    MUSUBI_CHECK_OK(stage->connection_->Execute(
        "INSERT INTO tally (name, insurer, value) VALUES ('last_number', $1, $2)",
        {std::int64_t{kInsurerNumber}, static_cast<std::int64_t>(people)}
    ));
    return stage;
  }

  // One package from the spool to durable; seconds.
  Result<double> Apply(std::uint64_t people, std::uint64_t round, CopiesReport& report) {
    MUSUBI_TRY(
        const hub::Batch batch,
        book_->OpenBatch(kInsurer, hub::kCopiesBatch, fmt::format("{:064x}", round), *hub_)
    );
    MUSUBI_TRY(const auto recipient, crypto::Certificate::FromPem(batch.sealing_certificate));
    const fs::path package = folder_.path() / "package.p7m";
    MUSUBI_TRY(report.row_bytes, WritePackage(package, *insurer_, recipient, people, round));
    MUSUBI_CHECK_OK(Upload(batch.id, package));
    hub::CopyWork work(*book_, *connection_, *hub_, trust_, SystemClock(), {});
    ::sync();  // what was written to make the package is not the hub's time
    Watch watch;
    MUSUBI_CHECK_OK(work.Run(batch.id, [] { return false; }));
    const double seconds = watch.Lap();
    MUSUBI_TRY(const hub::Batch done, book_->Load(batch.id));
    report.applied = done.copies[static_cast<std::size_t>(exchange::CopyOutcome::kApplied)];
    if (report.applied != people) {
      return Error{ErrorCode::kInternal, "not every row was applied: " + done.problem};
    }
    return seconds;
  }

  Result<std::uint64_t> CountChanges() {
    MUSUBI_TRY(const auto count, connection_->QueryInt("SELECT COUNT(*) FROM copy_change"));
    return static_cast<std::uint64_t>(count.value_or(0));
  }

  // Mean of a point question by linkage code, in microseconds.
  Result<double> Ask(std::uint64_t people) {
    constexpr std::uint64_t kQuestions = 5000;
    MUSUBI_CHECK_OK(EnrolSome(people, kQuestions));
    const std::array<std::string_view, 1> kinds = {kKind};
    Watch watch;
    for (std::uint64_t i = 0; i < kQuestions; ++i) {
      MUSUBI_TRY(
          const auto copies,
          hub::CopiesOf(
              *connection_, CodeOf(i), kinds, Date::FromPacked(kFrom), Date::FromPacked(kFrom)
          )
      );
      if (copies.size() != 1) {
        return Error{ErrorCode::kInternal, "a copy that was applied is not found"};
      }
    }
    return watch.Lap() * 1e6 / static_cast<double>(kQuestions);
  }

 private:
  static Code16 CodeOf(std::uint64_t index) {
    Code16 code = {};
    for (std::size_t i = 0; i < 8; ++i) {
      code[i] = static_cast<std::uint8_t>(sample::Mix(index) >> (8 * i));
      code[8 + i] = static_cast<std::uint8_t>(index >> (8 * i));
    }
    return code;
  }

  Result<void> EnrolSome(std::uint64_t people, std::uint64_t count) {
    MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
    for (std::uint64_t i = 0; i < count; ++i) {
      const Code16 code = CodeOf(i);
      const auto number = static_cast<std::int64_t>(1 + sample::Mix(i) % people);
      MUSUBI_CHECK_OK(connection_->Execute(
          "INSERT INTO enrolment (code, insurer, number, branch, qualified_on, batch) VALUES "
          "($1, $2, $3, 1, 20200401, 0)",
          {BytesView(code), std::int64_t{kInsurerNumber}, number}
      ));
    }
    return transaction.Commit();
  }

  Result<void> Upload(hub::BatchId id, const fs::path& package) {
    MUSUBI_TRY(const auto source, FileSource::Open(package));
    crypto::Sha256 digest;
    Bytes buffer(std::size_t{4} << 20U);
    std::uint64_t offset = 0;
    std::uint64_t end = 0;
    for (;;) {
      MUSUBI_TRY(const std::size_t size, source->Read(buffer));
      if (size == 0) {
        break;
      }
      const BytesView piece = BytesView(buffer).first(size);
      digest.Update(piece);
      MUSUBI_TRY(offset, book_->Append(kInsurer, id, offset, piece, &end));
    }
    bool is_working = false;
    MUSUBI_TRY(
        [[maybe_unused]] const auto batch,
        book_->Complete(kInsurer, id, offset, ToHex(digest.Finish()), &is_working)
    );
    std::error_code ignored;
    fs::remove(package, ignored);
    return Ok();
  }

  TemporaryFolder folder_;
  std::shared_ptr<const crypto::Trust> trust_;
  std::optional<crypto::Identity> insurer_;
  std::optional<crypto::Identity> hub_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  std::unique_ptr<hub::BatchBook> book_;
};

Result<void> InsertRows(
    store::Connection& connection, std::string_view table, std::uint64_t people
) {
  const std::array<store::Column, 9> columns = {
      {{"insurer", store::ColumnType::kInt},
       {"number", store::ColumnType::kInt},
       {"kind", store::ColumnType::kText},
       {"key", store::ColumnType::kText},
       {"valid_from", store::ColumnType::kInt},
       {"revision", store::ColumnType::kInt},
       {"valid_to", store::ColumnType::kInt},
       {"layout", store::ColumnType::kInt},
       {"items", store::ColumnType::kText}}
  };
  MUSUBI_TRY(auto insert, connection.MakeBulkInsert(table, columns));
  const std::string items = ItemsOf(1, 1);  // not the yardstick's time: made once
  std::string key = KeyOf(1);
  for (std::uint64_t person = 1; person <= people; ++person) {
    insert->Int(kInsurerNumber);
    insert->Int(static_cast<std::int64_t>(person));
    insert->Text(kKind);
    insert->Text(key);
    insert->Int(kFrom);
    insert->Int(1);
    insert->Int(0);
    insert->Int(1);
    insert->Text(items);
    MUSUBI_CHECK_OK(insert->EndRow());
  }
  return insert->Finish();
}

Result<void> RunYardstick(const std::string& url, CopiesReport& report) {
  MUSUBI_TRY(const auto database, store::Database::Open(url));
  MUSUBI_CHECK_OK(database->Migrate("hub", hub::HubMigrations()));
  MUSUBI_TRY(const auto connection, database->Connect());
  const bool is_sqlite = connection->engine() == store::Engine::kSqlite;
  if (!is_sqlite) {
    MUSUBI_CHECK_OK(connection->ExecuteScript("CREATE TABLE bare (LIKE record_copy)"));
  }
  ::sync();
  Watch watch;
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection, store::Access::kWrite));
  MUSUBI_CHECK_OK(InsertRows(*connection, is_sqlite ? "record_copy" : "bare", report.people));
  if (!is_sqlite) {
    report.bare_copy_s = watch.Lap();
    MUSUBI_CHECK_OK(connection->ExecuteScript(
        "ALTER TABLE bare ADD PRIMARY KEY (insurer, number, kind, key, valid_from, revision)"
    ));
  }
  MUSUBI_CHECK_OK(transaction.Commit());
  report.bare_s = watch.Lap() + report.bare_copy_s.value_or(0);
  return Ok();
}

std::uint64_t MemoryPeakKb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) {
      return std::stoull(line.substr(6));
    }
  }
  return 0;
}

}  // namespace

Result<CopiesReport> BenchCopies(const CopiesOptions& options) {
  CopiesReport report;
  report.people = std::max<std::uint64_t>(options.people, 1);
  const bool is_sqlite = options.store.empty() || options.store == "sqlite";
  std::string url;
  if (!is_sqlite) {
    url = options.store == "postgresql" ? LocalPostgres::Shared().NewDatabase() : options.store;
  }
  report.engine = is_sqlite ? "sqlite" : "postgresql";
  {
    MUSUBI_TRY(const auto stage, Stage::Create(url, report.people));
    MUSUBI_TRY(report.first_s, stage->Apply(report.people, 1, report));
    MUSUBI_TRY(report.again_s, stage->Apply(report.people, 2, report));
    MUSUBI_TRY(report.changed, stage->CountChanges());
    MUSUBI_TRY(report.question_us, stage->Ask(report.people));
  }
  report.memory_peak_kb = MemoryPeakKb();
  if (options.yardsticks) {
    const TemporaryFolder folder;
    const std::string bare = is_sqlite ? "sqlite:" + (folder.path() / "bare.db").string()
                                       : LocalPostgres::Shared().NewDatabase();
    MUSUBI_CHECK_OK(RunYardstick(bare, report));
  }
  return report;
}

}  // namespace musubi::bench
