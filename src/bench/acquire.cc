#include "bench/acquire.h"

#include <fstream>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/io.h"
#include "bench/local_postgres.h"
#include "bench/roles.h"
#include "exchange/number_list.h"
#include "hub/schema.h"
#include "ops/config.h"
#include "ops/node.h"
#include "ops/progress.h"
#include "sample/population.h"
#include "scheme/child_process.h"

namespace musubi::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInsurer = "133033";
constexpr std::uint64_t kSeed = 20261122;
constexpr std::string_view kQualified = "2020-04-01";

// reference,number,birth date,date qualified of resident `index`.
std::string ListLine(std::uint64_t index) {
  const sample::Resident resident = sample::ResidentAt(kSeed, index);
  return fmt::format(
      "R{:08},{},{},{}",
      index + 1,
      std::string_view(resident.number.data(), resident.number.size()),
      resident.birth_date.Text(),
      kQualified
  );
}

// The list an insurer would make, without an insurer: signed by it, sealed to its terminal.
Result<void> WriteNumberList(const fs::path& scheme, std::uint64_t people, const fs::path& out) {
  const std::string node = fmt::format("insurer-{}", kInsurer);
  const std::string terminal = fmt::format("terminal-{}", kInsurer);
  MUSUBI_TRY(
      const auto identity,
      crypto::Identity::Load(scheme / node / "node.pem", scheme / node / "node.key")
  );
  MUSUBI_TRY(const std::string pem, ReadFile(scheme / terminal / "node.pem"));
  MUSUBI_TRY(const auto recipient, crypto::Certificate::FromPem(pem));
  MUSUBI_TRY(auto file, FileSink::Create(out));
  const Instant now = SystemClock().Now();
  MUSUBI_TRY(auto sealing, crypto::SealingWriter::Create(*file, identity, recipient, now));
  exchange::PackageHeader header;
  header.kind = "NL";
  header.sender = node;
  header.recipient = "hub";
  header.created = now;
  header.sequence = 1;
  MUSUBI_TRY(auto writer, exchange::ContentWriter::Create(*sealing, header));
  ops::Progress progress("number list", people);
  for (std::uint64_t i = 0; i < people; ++i) {
    MUSUBI_CHECK_OK(writer.WriteRawRecord(ListLine(i)));
    progress.Set(i + 1);
  }
  MUSUBI_CHECK_OK(writer.Finish());
  MUSUBI_CHECK_OK(sealing->Finish());
  return file->Commit();
}

Result<void> FillBefore(const fs::path& scheme, std::uint64_t count) {
  MUSUBI_TRY(const auto config, ops::Config::Load(scheme / "hub.toml"));
  MUSUBI_TRY(const auto node, ops::NodeConfig::Read(config));
  MUSUBI_TRY(const auto database, store::Database::Open(node.store, node.config_folder.string()));
  MUSUBI_CHECK_OK(database->Migrate("hub", hub::HubMigrations()));
  MUSUBI_TRY(const auto connection, database->Connect());
  MUSUBI_TRY(const double seconds, FillRegistry(*connection, count, kSeed, 273011));
  static_cast<void>(seconds);
  return Ok();
}

// A registry of the same shape in a file (or database) of its own, filled with sorted rows.
Result<double> BareInsert(const std::string& url, std::uint64_t people) {
  MUSUBI_TRY(const auto database, store::Database::Open(url));
  MUSUBI_CHECK_OK(database->Migrate("hub", hub::HubMigrations()));
  MUSUBI_TRY(const auto connection, database->Connect());
  return FillRegistry(*connection, people, kSeed + 1, 133033);
}

Result<void> ReadTimes(const std::string& output, AcquireReport& report) {
  boost::system::error_code code;
  const std::size_t start = output.find('{');
  if (start == std::string::npos) {
    return Error{ErrorCode::kInternal, "the terminal printed no batch"};
  }
  std::string_view text = std::string_view(output).substr(start);
  text = text.substr(0, text.find('\n'));
  const auto json = boost::json::parse(text, code);
  if (code || !json.is_object() || !json.as_object().contains("stage_ms")) {
    return Error{ErrorCode::kInternal, "the batch did not become ready"};
  }
  const auto seconds = [&json](const char* stage) {
    return json.at("stage_ms").at(stage).to_number<double>() / 1000;
  };
  report.checking_s = seconds("checking");
  report.acquiring_s = seconds("acquiring");
  report.reading_s = seconds("reading");
  report.registering_s = seconds("registering");
  report.writing_s = seconds("writing");
  report.done = json.at("done").to_number<std::uint64_t>();
  return Ok();
}

Result<void> RunYardsticks(
    const AcquireOptions& options, const fs::path& folder, AcquireReport& report
) {
  LocalPostgres& server = LocalPostgres::Shared();
  const std::string bare =
      report.engine == "sqlite" ? "sqlite:" + (folder / "bare.db").string() : server.NewDatabase();
  MUSUBI_TRY(report.bare_insert_s, BareInsert(bare, options.people));
  MUSUBI_TRY(
      report.all_sql, RunAllSql(server.NewDatabase(), options.people, options.registry, ListLine)
  );
  return Ok();
}

}  // namespace

Result<AcquireReport> BenchAcquire(const AcquireOptions& options) {
  AcquireReport report;
  report.people = options.people;
  report.registry = options.registry;
  std::string store = options.store;
  if (store == "postgresql") {
    store = LocalPostgres::Shared().NewDatabase();
  }
  report.engine = store.starts_with("postgresql") ? "postgresql" : "sqlite";
  const BenchFolder folder(options.keep);
  const fs::path residents = folder.path() / "residents.csv";
  const fs::path scheme = folder.path() / "scheme";
  MUSUBI_CHECK_OK(sample::WriteResidentsForBench(options.people, kSeed, residents));
  std::vector<std::string> init = {
      "scheme",
      "init",
      scheme.string(),
      "--residents",
      residents.string(),
      "--insurer",
      std::string(kInsurer),
      "--base-port",
      "24440"
  };
  if (!store.empty() && store != "sqlite") {
    init.insert(init.end(), {"--store", store});
  }
  MUSUBI_TRY(const auto made, MustRun(init));
  static_cast<void>(made);
  if (options.registry > 0) {
    MUSUBI_CHECK_OK(FillBefore(scheme, options.registry));
  }
  const fs::path list = folder.path() / "list.p7m";
  MUSUBI_CHECK_OK(WriteNumberList(scheme, options.people, list));
  {
    Roles roles;
    MUSUBI_CHECK_OK(roles.Start(scheme));
    const fs::path terminal = scheme / fmt::format("terminal-{}.toml", kInsurer);
    MUSUBI_TRY(
        const auto upload,
        MustRun(
            {"terminal", "--config", terminal.string(), "upload", list.string(), "--wait", "--json"}
        )
    );
    MUSUBI_CHECK_OK(ReadTimes(upload.output, report));
    report.hub_memory_peak_kb = roles.MemoryPeakOf("hub");
    report.jlis_memory_peak_kb = roles.MemoryPeakOf("jlis");
  }
  if (options.yardsticks) {
    MUSUBI_CHECK_OK(RunYardsticks(options, folder.path(), report));
  }
  return report;
}

}  // namespace musubi::bench
