#include "ledger/log.h"

#include <atomic>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "base/io.h"
#include "ledger/audit.h"
#include "ledger/edge_file.h"
#include "ledger/tree_for_test.h"

namespace musubi::ledger {
namespace {

class LogTest : public testing::Test {
 protected:
  void Open(Sync sync = Sync::kNo) {
    log.reset();
    auto opened = Log::Open(path, LogOptions{key, sync});
    ASSERT_TRUE(opened.ok()) << opened.error().Text();
    log = std::move(*opened);
  }

  // Appends until the log has `size` entries, in groups of `group`.
  void Grow(std::uint64_t size, std::uint64_t group) {
    while (log->size() < size) {
      const std::uint64_t first = log->size();
      const auto position = AppendForTest(*log, first, std::min(group, size - first));
      ASSERT_TRUE(position.ok()) << position.error().Text();
      ASSERT_EQ(position->first, first);
    }
  }

  [[nodiscard]] Checkpoint Promise() const {
    return OpenCheckpoint(log->Checkpoint(), key.verifier()).value().checkpoint;
  }

  // Is the folder intact, with the entries EntryForTest makes?
  void ExpectIntact() const {
    const auto read = OpenFolder(path);
    ASSERT_TRUE(read.ok()) << read.error().Text();
    AuditOptions options{key.verifier()};
    options.on_entry = [](std::uint64_t index, BytesView entry) {
      return AsText(entry) == EntryForTest(index)
                 ? Ok()
                 : Result<void>(Error{ErrorCode::kInvalid, "another entry"});
    };
    const auto report = Audit(*read, options);
    ASSERT_TRUE(report.ok()) << report.error().Text();
    EXPECT_TRUE(report->is_intact()) << report->finding->resource << report->finding->reason;
    EXPECT_EQ(report->entry_count, log->size());
  }

  FolderForTest folder;
  std::filesystem::path path = folder.path() / "log";
  SigningKey key = KeyForTest();
  std::unique_ptr<Log> log;
};

TEST_F(LogTest, NewLogPromisesTheEmptyTree) {
  Open(Sync::kYes);
  EXPECT_EQ(log->size(), 0U);
  EXPECT_EQ(Promise(), (Checkpoint{"musubi.example/hub", 0, EmptyRoot()}));
  EXPECT_EQ(log->ReadResource("tile/0/000.p/1").error().code, ErrorCode::kNotFound);
  Open();
  EXPECT_EQ(log->size(), 0U);
}

TEST_F(LogTest, WhatIsAppendedIsPromisedAndServed) {
  Open(Sync::kYes);
  Grow(3, 2);
  NaiveTree tree;
  for (std::uint64_t i = 0; i < 3; ++i) {
    tree.Add(AsBytes(EntryForTest(i)));
  }
  EXPECT_EQ(Promise(), (Checkpoint{"musubi.example/hub", 3, tree.Root(3)}));
  const Bytes tile = log->ReadResource("tile/0/000.p/3").value();
  EXPECT_EQ(ParseTile(tile, 3).value()[2], tree.leaf(2));
  const Bytes bundle = log->ReadResource("tile/entries/000.p/2").value();
  EXPECT_EQ(AsText(ParseBundle(bundle, 2).value()[1]), "entry 1");
  EXPECT_EQ(AsText(log->ReadEntry(2).value()), "entry 2");
  EXPECT_FALSE(log->ReadEntry(3).ok());
  EXPECT_FALSE(log->ReadResource("tile/0/000.p/4").ok());
  EXPECT_FALSE(log->ReadResource("tile/0/000").ok());
  EXPECT_FALSE(log->ReadResource("../log.key").ok());
  EXPECT_EQ(AsText(log->ReadResource("checkpoint").value()), ReadFile(path / "checkpoint").value());
}

// The worked example of docs/formats/log.md.
TEST_F(LogTest, ServesTheBytesOfTheDocumentedExample) {
  Open();
  const std::vector<BytesView> entries{AsBytes("a"), AsBytes("b"), AsBytes("c")};
  ASSERT_TRUE(log->Append(entries).ok());
  EXPECT_EQ(ToHex(log->ReadResource("tile/entries/000.p/3").value()), "000161000162000163");
  EXPECT_EQ(
      Note::Parse(log->Checkpoint())->text,
      "musubi.example/hub\n3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n"
  );
  EXPECT_EQ(AsText(log->ReadResource("vkey").value()), key.verifier().Text() + "\n");
}

TEST_F(LogTest, RefusesGroupsItCannotHold) {
  Open();
  EXPECT_FALSE(log->Append({}).ok());
  const std::string large(kEntrySizeMax + 1, 'x');
  const std::vector<BytesView> group{AsBytes("good"), AsBytes(large)};
  EXPECT_EQ(log->Append(group).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(log->size(), 0U);
  const std::string largest(kEntrySizeMax, 'x');
  const std::vector<BytesView> held{AsBytes(largest), BytesView{}};
  EXPECT_TRUE(log->Append(held).ok());  // a refused group is not a failed disk
  EXPECT_EQ(log->ReadEntry(0).value().size(), kEntrySizeMax);
}

TEST_F(LogTest, LargeLogIsServedAcrossTilesFilesAndRestarts) {
  Open();
  Grow(70000, 777);
  const Digest root = log->root();
  ExpectIntact();
  EXPECT_EQ(log->ReadResource("tile/2/000.p/1").value().size(), 32U);
  EXPECT_EQ(log->ReadResource("tile/1/001.p/17").value().size(), 17 * 32U);
  EXPECT_EQ(log->ReadResource("tile/0/000").value().size(), 8192U);
  EXPECT_EQ(log->ReadResource("tile/0/000.p/5").value().size(), 5 * 32U);
  Open();
  EXPECT_EQ(log->root(), root);
  ExpectIntact();
  Grow(140000, 5000);
  Open();
  EXPECT_EQ(log->size(), 140000U);
  EXPECT_EQ(log->RootAt(70000).value(), root);
  ExpectIntact();
  EXPECT_LE(ListEdgeFiles(path)->size(), 2U);
}

TEST_F(LogTest, ProofsOfALargeLogVerify) {
  Open();
  Grow(70000, 4096);
  for (const std::uint64_t size : {1U, 255U, 256U, 257U, 65535U, 65536U, 65537U, 69999U, 70000U}) {
    const Digest root = log->RootAt(size).value();
    for (const std::uint64_t index : {0U, 1U, 255U, 256U, 300U, 65535U, 65536U, 69999U}) {
      if (index < size) {
        const Digest leaf = LeafHash(AsBytes(EntryForTest(index)));
        const Proof proof = log->InclusionProof(index, size).value();
        EXPECT_TRUE(VerifyInclusion({index, size, leaf, root}, proof).ok());
      }
    }
    const Proof proof = log->ConsistencyProof(size, 70000).value();
    EXPECT_TRUE(VerifyConsistency({size, 70000, root, log->root()}, proof).ok());
  }
  EXPECT_FALSE(log->InclusionProof(0, 70001).ok());
  EXPECT_FALSE(log->InclusionProof(5, 5).ok());
  EXPECT_FALSE(log->ConsistencyProof(0, 5).ok());
}

TEST_F(LogTest, IsWrittenByOneAtATime) {
  Open();
  EXPECT_EQ(Log::Open(path, LogOptions{key}).error().code, ErrorCode::kConflict);
}

TEST_F(LogTest, IsNotOpenedWithAnotherKey) {
  Open();
  Grow(5, 5);
  log.reset();
  EXPECT_EQ(Log::Open(path, LogOptions{KeyForTest()}).error().code, ErrorCode::kCorrupt);
  EXPECT_FALSE(Log::Open(path, LogOptions{KeyForTest("musubi.example/hub", KeyKind::kWitness)}).ok()
  );
}

std::filesystem::path LastEdge(const std::filesystem::path& path) {
  return ListEdgeFiles(path)->back().path;
}

TEST_F(LogTest, GroupThatWasNotFinishedIsCutOff) {
  Open();
  Grow(600, 100);
  const Digest root = log->root();
  const std::string checkpoint = log->Checkpoint();
  const auto good_size = std::filesystem::file_size(LastEdge(path));
  Grow(700, 100);
  log.reset();
  const std::filesystem::path edge = LastEdge(path);
  const std::string whole = ReadFile(edge).value();
  for (std::size_t size = good_size; size < whole.size(); size += 37) {
    std::filesystem::resize_file(edge, size);
    ASSERT_TRUE(WriteFile(path / "checkpoint", checkpoint).ok());  // the crash came before it
    Open();
    EXPECT_EQ(log->size(), 600U);
    EXPECT_EQ(log->root(), root);
    log.reset();
    ASSERT_TRUE(WriteFile(edge, whole).ok());
  }
  // Pages that were never written read as zero.
  std::string zeros = whole.substr(0, good_size);
  zeros.resize(whole.size(), '\0');
  ASSERT_TRUE(WriteFile(edge, zeros).ok());
  ASSERT_TRUE(WriteFile(path / "checkpoint", checkpoint).ok());
  Open();
  EXPECT_EQ(log->size(), 600U);
  Grow(1000, 100);
  ExpectIntact();
}

TEST_F(LogTest, GroupThatWasDurableButNotYetPromisedIsKept) {
  Open();
  Grow(600, 100);
  const std::string checkpoint = log->Checkpoint();
  Grow(700, 100);
  log.reset();
  ASSERT_TRUE(WriteFile(path / "checkpoint", checkpoint).ok());
  Open();
  EXPECT_EQ(log->size(), 700U);
  ExpectIntact();
}

TEST_F(LogTest, LossOfPublishedEntriesIsNotRepairedAway) {
  Open();
  Grow(600, 100);
  log.reset();
  const std::filesystem::path edge = LastEdge(path);
  const std::string whole = ReadFile(edge).value();
  std::filesystem::resize_file(edge, whole.size() - 1);
  EXPECT_EQ(Log::Open(path, LogOptions{key}).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(std::filesystem::file_size(edge), whole.size() - 1);  // nothing was touched
  std::filesystem::remove(edge);
  EXPECT_EQ(Log::Open(path, LogOptions{key}).error().code, ErrorCode::kCorrupt);
  ASSERT_TRUE(WriteFile(edge, whole).ok());
  Open();
  EXPECT_EQ(log->size(), 600U);
}

TEST_F(LogTest, AnOlderFolderUnderANewerCheckpointIsRefused) {
  Open();
  Grow(600, 100);
  log.reset();
  const auto copy = folder.path() / "copy";
  std::filesystem::copy(path, copy, std::filesystem::copy_options::recursive);
  Open();
  Grow(900, 100);
  const std::string newer = log->Checkpoint();
  log.reset();
  ASSERT_TRUE(WriteFile(copy / "checkpoint", newer).ok());
  EXPECT_EQ(Log::Open(copy, LogOptions{key}).error().code, ErrorCode::kCorrupt);
}

TEST_F(LogTest, EdgeFileWithoutItsHeadIsForgotten) {
  Open();
  Grow(600, 100);
  log.reset();
  ASSERT_TRUE(WriteFile(EdgePath(path, 600), "musubi ed").ok());  // a crash while it was begun
  Open();
  EXPECT_EQ(log->size(), 600U);
  EXPECT_FALSE(std::filesystem::exists(EdgePath(path, 600)));
  Grow(700, 100);
  ExpectIntact();
}

TEST_F(LogTest, SealingThatACrashCutShortIsDoneAgain) {
  Open();
  Grow(32768, 1024);
  const std::string first = ReadFile(EdgePath(path, 0)).value();
  Grow(34000, 1000);  // begins a second file and seals the first
  log.reset();
  ASSERT_EQ(ListEdgeFiles(path)->size(), 1U);
  ASSERT_TRUE(WriteFile(EdgePath(path, 0), first).ok());
  std::filesystem::remove_all(path / "tile");
  Open();
  EXPECT_EQ(log->size(), 34000U);
  EXPECT_EQ(ListEdgeFiles(path)->size(), 1U);
  ExpectIntact();
}

TEST_F(LogTest, ReadersSeeAWholeLogWhileItGrows) {
  Open();
  Grow(500, 500);
  std::atomic<bool> is_done = false;
  std::atomic<int> rounds = 0;
  std::thread reader([&] {
    while (!is_done) {
      const Checkpoint seen = Promise();
      const Proof proof = log->InclusionProof(seen.size - 1, seen.size).value();
      const Digest leaf = LeafHash(AsBytes(EntryForTest(seen.size - 1)));
      EXPECT_TRUE(VerifyInclusion({seen.size - 1, seen.size, leaf, seen.root}, proof).ok());
      const auto view = OpenFolder(path);
      ASSERT_TRUE(view.ok()) << view.error().Text();
      const Checkpoint there =
          OpenCheckpoint(AsText((*view)("checkpoint").value()), key.verifier())->checkpoint;
      EXPECT_EQ(RootAt(there.size, NodesFromTiles(there.size, *view)).value(), there.root);
      ++rounds;
    }
  });
  Grow(100000, 512);
  is_done = true;
  reader.join();
  EXPECT_GT(rounds, 0);
  ExpectIntact();
}

TEST_F(LogTest, KeepsTheLargestCheckpointAWitnessHasCosigned) {
  const SigningKey witness = KeyForTest("witness.example/w", KeyKind::kWitness);
  const SigningKey second = KeyForTest("witness.example/w2", KeyKind::kWitness);
  Open();
  Grow(10, 10);
  const std::string ten = log->Checkpoint();
  Grow(20, 10);
  const std::string twenty = log->Checkpoint();
  EXPECT_EQ(log->ReadResource("witnessed").error().code, ErrorCode::kNotFound);
  const auto add = [&](const std::string& note, const SigningKey& by) {
    const std::string text = Note::Parse(note)->text;
    return log->AddCosignature(note, by.Sign(text, Instant{}), by.verifier());
  };
  EXPECT_TRUE(add(twenty, witness).ok());
  EXPECT_TRUE(add(twenty, second).ok());
  EXPECT_TRUE(add(ten, witness).ok());  // late: a larger one is kept
  const Note kept = Note::Parse(AsText(log->ReadResource("witnessed").value())).value();
  EXPECT_EQ(kept.text, Note::Parse(twenty)->text);
  EXPECT_EQ(kept.signatures.size(), 3U);
  EXPECT_TRUE(second.verifier().Verify(kept).ok());
  const std::string foreign =
      SignCheckpoint(Checkpoint{"musubi.example/hub", 20, EmptyRoot()}, key);
  EXPECT_FALSE(add(foreign, witness).ok());
}

}  // namespace
}  // namespace musubi::ledger
