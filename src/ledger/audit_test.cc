#include "ledger/audit.h"

#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "base/io.h"
#include "ledger/log.h"
#include "ledger/tree_for_test.h"

namespace musubi::ledger {
namespace {

constexpr std::uint64_t kSize = 33500;  // beyond one sealed edge file: 128 tiles of their own

class AuditTest : public testing::Test {
 protected:
  std::unique_ptr<Log> MakeLog(const std::string& name, std::uint64_t size, std::uint64_t odd) {
    auto log = Log::Open(folder.path() / name, LogOptions{key, Sync::kNo}).value();
    for (std::uint64_t first = 0; first < size; first += 500) {
      // `odd`: the index of one entry that differs.
      std::vector<std::string> texts;
      for (std::uint64_t i = first; i < std::min(size, first + 500); ++i) {
        texts.push_back(i == odd ? "another" : EntryForTest(i));
      }
      std::vector<BytesView> views;
      for (const std::string& text : texts) {
        views.push_back(AsBytes(text));
      }
      EXPECT_TRUE(log->Append(views).ok());
    }
    return log;
  }

  // What an auditor of the folder says: nothing when it is intact.
  [[nodiscard]] std::optional<Finding> Judge(const std::filesystem::path& path) const {
    const auto read = OpenFolder(path);
    if (!read) {
      return Finding{"", std::nullopt, read.error().message};
    }
    return Audit(*read, AuditOptions{key.verifier()}).value().finding;
  }

  [[nodiscard]] View ViewOf(const std::string& name) const {
    View view{{}, OpenFolder(folder.path() / name).value()};
    const Bytes note = view.read("checkpoint").value();
    view.checkpoint = OpenCheckpoint(AsText(note), key.verifier())->checkpoint;
    return view;
  }

  // A Log's resources, some replaced by others.
  static ReadResource Replacing(const Log& log, std::map<std::string, Bytes> others) {
    return [&log, others = std::move(others)](const std::string& path) -> Result<Bytes> {
      const auto found = others.find(path);
      return found == others.end() ? log.ReadResource(path) : found->second;
    };
  }

  FolderForTest folder;
  SigningKey key = KeyForTest();
};

constexpr std::uint64_t kNone = ~0ULL;

void FlipByte(const std::filesystem::path& path, std::uint64_t offset) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  const auto byte = static_cast<char>(file.get() ^ 0x10);
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(byte);
}

TEST_F(AuditTest, FindsAFlippedByteInEveryFile) {
  MakeLog("log", kSize, kNone).reset();
  const auto path = folder.path() / "log";
  ASSERT_FALSE(Judge(path).has_value());
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (!entry.is_regular_file() || entry.file_size() == 0) {
      continue;
    }
    ++files;
    const bool is_tile = entry.path().string().find("/tile/") != std::string::npos;
    if (is_tile && files % 16 != 0) {
      continue;  // each has the same shape, and an audit of all of them is not for free
    }
    const std::uint64_t size = entry.file_size();
    for (const std::uint64_t offset : {std::uint64_t{0}, size / 3, size / 2, size - 1}) {
      FlipByte(entry.path(), offset);
      const auto finding = Judge(path);
      ASSERT_TRUE(finding.has_value()) << entry.path() << " at " << offset;
      const std::string relative = std::filesystem::relative(entry.path(), path).string();
      if (is_tile) {
        EXPECT_EQ(finding->resource, relative);
      }
      FlipByte(entry.path(), offset);
    }
  }
  EXPECT_GT(files, 256);
  EXPECT_FALSE(Judge(path).has_value());
}

TEST_F(AuditTest, FindsEveryFlippedByteOfASmallLog) {
  {
    auto log = Log::Open(folder.path() / "log", LogOptions{key, Sync::kNo}).value();
    ASSERT_TRUE(AppendForTest(*log, 0, 2).ok());
    ASSERT_TRUE(AppendForTest(*log, 2, 1).ok());
  }
  const auto path = folder.path() / "log";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    const std::uint64_t size = entry.is_regular_file() ? entry.file_size() : 0;
    for (std::uint64_t offset = 0; offset < size; ++offset) {
      FlipByte(entry.path(), offset);
      EXPECT_TRUE(Judge(path).has_value()) << entry.path() << " at " << offset;
      FlipByte(entry.path(), offset);
    }
  }
  EXPECT_FALSE(Judge(path).has_value());
}

TEST_F(AuditTest, FindsAMissingOrShortenedFile) {
  MakeLog("log", kSize, kNone).reset();
  const auto path = folder.path() / "log";
  for (const std::string name : {"tile/entries/005", "tile/0/127", "checkpoint"}) {
    const std::string content = ReadFile(path / name).value();
    std::filesystem::resize_file(path / name, content.size() - 1);
    EXPECT_TRUE(Judge(path).has_value()) << name;
    std::filesystem::remove(path / name);
    EXPECT_TRUE(Judge(path).has_value()) << name;
    ASSERT_TRUE(WriteFile(path / name, content).ok());
  }
  EXPECT_FALSE(Judge(path).has_value());
}

TEST_F(AuditTest, NamesTheFirstEntryAtFault) {
  const auto log = MakeLog("log", 700, kNone);
  const auto other = MakeLog("other", 700, 300);
  // The entries of another log under the leaves of this one.
  const auto audit = [&](const std::string& path) {
    const Bytes bytes = other->ReadResource(path).value();
    return Audit(Replacing(*log, {{path, bytes}}), AuditOptions{key.verifier()}).value().finding;
  };
  auto finding = audit("tile/entries/001");
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->resource, "tile/entries/001");
  EXPECT_EQ(finding->index, 300U);
  finding = audit("tile/0/001");
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->resource, "tile/0/001");
  EXPECT_EQ(finding->index, 300U);
  finding = audit("tile/1/000.p/2");
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->resource, "tile/1/000.p/2");
  EXPECT_EQ(finding->index, 1U);
  finding = audit("checkpoint");
  ASSERT_TRUE(finding.has_value());
}

TEST_F(AuditTest, BlamesTheRightOneOfTheLastPartialTiles) {
  const auto log = MakeLog("log", 700, kNone);
  const auto other = MakeLog("other", 700, 650);
  for (const std::string path : {"tile/entries/002.p/188", "tile/0/002.p/188"}) {
    const auto finding = Audit(
                             Replacing(*log, {{path, other->ReadResource(path).value()}}),
                             AuditOptions{key.verifier()}
    )
                             .value()
                             .finding;
    ASSERT_TRUE(finding.has_value());
    EXPECT_EQ(finding->resource, path);
    EXPECT_EQ(finding->index, 650U);
  }
}

TEST_F(AuditTest, AWholeConsistentForgeryFailsAtTheCheckpoint) {
  const auto log = MakeLog("log", 700, kNone);
  const auto other = MakeLog("other", 700, 300);
  const auto finding =
      Audit(
          Replacing(*other, {{"checkpoint", log->ReadResource("checkpoint").value()}}),
          AuditOptions{key.verifier()}
      )
          .value()
          .finding;
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->resource, "checkpoint");
}

TEST_F(AuditTest, ACheckpointOfAnotherKeyIsRefused) {
  const auto log = MakeLog("log", 10, kNone);
  const auto read = [&](const std::string& path) { return log->ReadResource(path); };
  const auto report = Audit(read, AuditOptions{KeyForTest().verifier()}).value();
  ASSERT_FALSE(report.is_intact());
  EXPECT_EQ(report.finding->resource, "checkpoint");
}

TEST_F(AuditTest, HandsOutEveryEntryInOrder) {
  const auto log = MakeLog("log", 700, kNone);
  std::uint64_t next = 0;
  AuditOptions options{key.verifier()};
  options.on_entry = [&](std::uint64_t index, BytesView entry) {
    EXPECT_EQ(index, next++);
    EXPECT_EQ(AsText(entry), EntryForTest(index));
    return Ok();
  };
  const auto read = [&](const std::string& path) { return log->ReadResource(path); };
  EXPECT_TRUE(Audit(read, options)->is_intact());
  EXPECT_EQ(next, 700U);
}

TEST_F(AuditTest, AServerThatIsAwayIsAnErrorAndNotAFinding) {
  const auto log = MakeLog("log", 700, kNone);
  const auto read = [&](const std::string& path) -> Result<Bytes> {
    return path == "tile/0/001" ? Result<Bytes>(Error{ErrorCode::kUnavailable, "away"})
                                : log->ReadResource(path);
  };
  EXPECT_EQ(Audit(read, AuditOptions{key.verifier()}).error().code, ErrorCode::kUnavailable);
}

TEST_F(AuditTest, DemandsTheCosignatureItIsAskedFor) {
  const SigningKey witness = KeyForTest("witness.example/w", KeyKind::kWitness);
  auto log = MakeLog("log", 700, kNone);
  const std::string cosigned = log->Checkpoint();
  const auto read = [&](const std::string& path) { return log->ReadResource(path); };
  const AuditOptions options{key.verifier(), {witness.verifier()}};
  EXPECT_FALSE(Audit(read, options)->is_intact());
  const NoteSignature signature = witness.Sign(Note::Parse(cosigned)->text, Instant{});
  ASSERT_TRUE(log->AddCosignature(cosigned, signature, witness.verifier()).ok());
  ASSERT_TRUE(AppendForTest(*log, 700, 100).ok());
  const auto report = Audit(read, options).value();
  EXPECT_TRUE(report.is_intact());
  EXPECT_EQ(report.witnessed_size, 700U);
  const AuditOptions another{
      key.verifier(), {KeyForTest("witness.example/x", KeyKind::kWitness).verifier()}
  };
  EXPECT_FALSE(Audit(read, another)->is_intact());
}

TEST_F(AuditTest, AWitnessedHistoryThatIsNotThisOneIsFound) {
  const SigningKey witness = KeyForTest("witness.example/w", KeyKind::kWitness);
  const auto log = MakeLog("log", 700, kNone);
  const auto other = MakeLog("other", 400, 300);
  Note note = Note::Parse(other->Checkpoint()).value();
  note.signatures.push_back(witness.Sign(note.text, Instant{}));
  const std::string text = note.Text();
  const ReadResource read = Replacing(*log, {{"witnessed", Bytes(text.begin(), text.end())}});
  const auto report = Audit(read, {key.verifier(), {witness.verifier()}}).value();
  ASSERT_FALSE(report.is_intact());
  EXPECT_EQ(report.finding->resource, "witnessed");
}

TEST_F(AuditTest, ViewsOfOneHistoryAgree) {
  MakeLog("short", 700, kNone).reset();
  MakeLog("long", kSize, kNone).reset();
  EXPECT_EQ(CompareViews(ViewOf("short"), ViewOf("short")).value(), Agreement::kSame);
  EXPECT_EQ(CompareViews(ViewOf("short"), ViewOf("long")).value(), Agreement::kConsistent);
  EXPECT_EQ(CompareViews(ViewOf("long"), ViewOf("short")).value(), Agreement::kConsistent);
}

TEST_F(AuditTest, ViewsOfTwoHistoriesAreAFork) {
  MakeLog("short", 700, 300).reset();
  MakeLog("same", 700, kNone).reset();
  MakeLog("long", kSize, kNone).reset();
  EXPECT_EQ(CompareViews(ViewOf("short"), ViewOf("long")).value(), Agreement::kForked);
  EXPECT_EQ(CompareViews(ViewOf("long"), ViewOf("short")).value(), Agreement::kForked);
  EXPECT_EQ(CompareViews(ViewOf("short"), ViewOf("same")).value(), Agreement::kForked);
}

}  // namespace
}  // namespace musubi::ledger
