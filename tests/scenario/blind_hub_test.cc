// Promise 1: after the batch no number of the list is anywhere on the hub, and what was uploaded
// cannot be opened again. Each claim has its counter-proof: the same look during the batch finds
// what it must not find afterwards.
#include "base/secret.h"
#include "crypto/sealed_package.h"
#include "scheme/number_scan.h"
#include "tests/scenario/harness.h"

namespace musubi::scenario {
namespace {

constexpr const char* kInsurer = "133033";

// Numbers that went out in the list: those of the people who are tied or came back.
std::vector<std::uint64_t> NumbersOf(Scheme& scheme) {
  std::vector<std::uint64_t> numbers;
  const std::string file = std::string("insurer-") + kInsurer + "/truth.csv";
  for (const auto& row : Scheme::ParseCsv(Slurp(scheme.InDir(file)))) {
    const bool is_listed = row.at("tags").find("num-") == std::string::npos;
    if (is_listed && !row.at("individual_number").empty()) {
      numbers.push_back(std::stoull(row.at("individual_number")));
    }
  }
  return numbers;
}

scheme::ScanReport ScanFile(const scheme::NumberScanner& scanner, const fs::path& file) {
  scheme::ScanReport report;
  const auto scanned = scanner.ScanFile(file, report);
  EXPECT_TRUE(scanned.ok()) << scanned.error().Text();
  return report;
}

void WaitForState(Scheme& scheme, const std::string& batch, const std::string& words) {
  for (int i = 0; i < 400; ++i) {
    const Outcome outcome = scheme.Run(
        {"terminal",
         "--config",
         scheme.Config(std::string("terminal-") + kInsurer),
         "batch",
         batch,
         "--json"}
    );
    if (outcome.output.find(words) != std::string::npos) {
      return;
    }
    std::this_thread::sleep_for(25ms);
  }
  FAIL() << "the batch never says " << words;
}

// A handful of people passes through other buffers than a list of thousands.
class BlindHub : public testing::TestWithParam<unsigned> {};

INSTANTIATE_TEST_SUITE_P(Sizes, BlindHub, testing::Values(12U, 3000U));

TEST_P(BlindHub, NothingOfTheListIsLeftInFilesMemoryOrOldCopies) {
  const std::string people = std::to_string(GetParam());
  Scheme scheme("blind-" + people);
  scheme.Init({"--people", people, "--insurer", kInsurer, "--seed", "3"});
  scheme.StartAll();
  const std::string config = scheme.Config(std::string("insurer-") + kInsurer);
  const std::string terminal = scheme.Config(std::string("terminal-") + kInsurer);
  scheme.Do(
      {"insurer",
       "--config",
       config,
       "import-roster",
       scheme.InDir(std::string("insurer-") + kInsurer + "/roster.csv").string()}
  );
  const std::vector<std::uint64_t> numbers = NumbersOf(scheme);
  ASSERT_GT(numbers.size(), GetParam() * 3U / 4U);
  const scheme::NumberScanner scanner(numbers);
  const std::string list = scheme.File("list.p7m").string();
  scheme.Do({"insurer", "--config", config, "number-list", "--out", list});

  // Hold the batch in the middle: the support environment is slow.
  scheme.Do({"scheme", "fault", scheme.Dir(), "support", "--slow-ms", "6000"});
  const Outcome uploaded = scheme.Do({"terminal", "--config", terminal, "upload", list});
  const std::string batch = uploaded.output.substr(0, uploaded.output.find('\n'));
  WaitForState(scheme, batch, "\"stage\":\"acquiring\"");
  const fs::path core_during = scheme.TakeCore("hub", "during");
  fs::copy(scheme.InDir("hub"), scheme.File("hub-during"), fs::copy_options::recursive);
  scheme.Do({"scheme", "fault", scheme.Dir(), "support", "--off"});

  const scheme::ScanReport during = ScanFile(scanner, core_during);
  EXPECT_GT(during.matches, 0U) << "counter-proof: numbers are in memory while the batch runs";
  scheme::ScanReport files_during;
  ASSERT_TRUE(scanner.ScanFolder(scheme.File("hub-during"), files_during).ok());
  EXPECT_TRUE(files_during.IsClean()) << "not even during the batch does a file hold a number";

  scheme.Do({"terminal", "--config", terminal, "batch", batch, "--wait"});
  WaitForState(scheme, batch, "\"state\":\"ready\"");

  // Files: store, write-ahead log, spool, pairs, logs.
  scheme::ScanReport files;
  ASSERT_TRUE(scanner.ScanFolder(scheme.InDir("hub"), files).ok());
  EXPECT_GT(files.bytes, GetParam() * 10U);
  EXPECT_TRUE(files.IsClean()) << files.matches << " matches";
  for (const auto& match : files.places) {
    ADD_FAILURE() << match.place << " at " << match.offset << " as " << match.form;
  }
  EXPECT_TRUE(fs::is_empty(scheme.InDir("hub/spool")));

  // Memory of the live process.
  const fs::path core_after = scheme.TakeCore("hub", "after");
  ASSERT_TRUE(fs::exists(core_after)) << "gcore did not work: is gdb installed, are we root?";
  const scheme::ScanReport memory = ScanFile(scanner, core_after);
  EXPECT_GT(memory.bytes, 1000000U);
  EXPECT_EQ(memory.matches, 0U);
  for (const auto& match : memory.places) {
    ADD_FAILURE() << "core at " << match.offset << " as " << match.form;
  }

  // The copy of the folder taken during the batch: the upload in it is real, and opens to nobody.
  const auto identity = crypto::Identity::Load(
      scheme.File("hub-during") / "node.pem", scheme.File("hub-during") / "node.key"
  );
  ASSERT_TRUE(identity.ok()) << identity.error().Text();
  const auto trust = crypto::Trust::Load(
      scheme.InDir("authority/authority.pem"), scheme.InDir("authority/crl.pem")
  );
  ASSERT_TRUE(trust.ok());
  int spooled = 0;
  for (const auto& entry : fs::directory_iterator(scheme.File("hub-during") / "spool")) {
    ++spooled;
    EXPECT_GT(entry.file_size(), GetParam() * 40U);
    auto source = FileSource::Open(entry.path());
    ASSERT_TRUE(source.ok());
    std::uint64_t seen = 0;
    const auto opened = crypto::OpenPackage(
        **source,
        *identity,
        **trust,
        SystemClock().Now(),
        [&seen](BytesView bytes) -> Result<void> {
          seen += bytes.size();
          return Ok();
        }
    );
    EXPECT_FALSE(opened.ok()) << "yesterday's copy opened";
    EXPECT_EQ(seen, 0U);
  }
  EXPECT_EQ(spooled, 1);
}

}  // namespace
}  // namespace musubi::scenario
