#include "ledger/witness.h"

#include <gtest/gtest.h>

#include "base/io.h"
#include "ledger/log.h"
#include "ledger/tree_for_test.h"

namespace musubi::ledger {
namespace {

const Instant kNow{std::chrono::seconds(1790000000)};

class WitnessTest : public testing::Test {
 protected:
  std::unique_ptr<Log> OpenLog(const std::string& name) {
    return Log::Open(folder.path() / name, LogOptions{log_key, Sync::kNo}).value();
  }

  void OpenWitness() {
    witness.reset();
    witness = Witness::Open(folder.path() / "witness", key, {log_key.verifier()}).value();
  }

  // Shows the log's newest checkpoint with the proof from what the witness knows.
  WitnessAnswer Show(const Log& log) {
    const std::uint64_t known = witness->KnownSize(log_key.verifier().name());
    const Proof proof = known == 0 || known > log.size()
                            ? Proof{}
                            : log.ConsistencyProof(known, log.size()).value();
    return witness->Cosign(log.Checkpoint(), known, proof, kNow).value();
  }

  FolderForTest folder;
  SigningKey log_key = KeyForTest();
  SigningKey key = KeyForTest("witness.example/w", KeyKind::kWitness);
  std::unique_ptr<Witness> witness;
};

TEST_F(WitnessTest, CosignsALogThatOnlyGrows) {
  OpenWitness();
  const auto log = OpenLog("log");
  for (std::uint64_t size = 0; size < 1000; size += 77) {
    const WitnessAnswer answer = Show(*log);
    ASSERT_EQ(answer.verdict, Verdict::kCosigned) << answer.reason;
    const std::string text = Note::Parse(log->Checkpoint())->text;
    EXPECT_TRUE(key.verifier().VerifySignature(text, answer.cosignature).ok());
    EXPECT_EQ(witness->KnownSize("musubi.example/hub"), log->size());
    ASSERT_TRUE(AppendForTest(*log, size, 77).ok());
    OpenWitness();  // and remembers
  }
}

TEST_F(WitnessTest, CosignsTheSameCheckpointAgain) {
  OpenWitness();
  const auto log = OpenLog("log");
  ASSERT_TRUE(AppendForTest(*log, 0, 5).ok());
  EXPECT_EQ(Show(*log).verdict, Verdict::kCosigned);
  EXPECT_EQ(Show(*log).verdict, Verdict::kCosigned);
}

TEST_F(WitnessTest, RefusesAForkOfEqualAndOfLargerSize) {
  OpenWitness();
  const auto log = OpenLog("log");
  const auto fork = OpenLog("fork");
  ASSERT_TRUE(AppendForTest(*log, 0, 5).ok());
  ASSERT_TRUE(AppendForTest(*fork, 100, 5).ok());
  ASSERT_EQ(Show(*log).verdict, Verdict::kCosigned);
  EXPECT_EQ(Show(*fork).verdict, Verdict::kForked);
  ASSERT_TRUE(AppendForTest(*fork, 105, 5).ok());
  const WitnessAnswer answer = Show(*fork);
  EXPECT_EQ(answer.verdict, Verdict::kForked);
  EXPECT_TRUE(answer.cosignature.signature.empty());
  EXPECT_EQ(witness->KnownSize("musubi.example/hub"), 5U);
  OpenWitness();
  EXPECT_EQ(Show(*fork).verdict, Verdict::kForked);
}

TEST_F(WitnessTest, RefusesALogThatShrank) {
  OpenWitness();
  const auto log = OpenLog("log");
  ASSERT_TRUE(AppendForTest(*log, 0, 5).ok());
  const std::string five = log->Checkpoint();
  ASSERT_TRUE(AppendForTest(*log, 5, 5).ok());
  ASSERT_EQ(Show(*log).verdict, Verdict::kCosigned);
  for (const std::uint64_t old_size : {0U, 5U, 10U}) {
    EXPECT_EQ(witness->Cosign(five, old_size, {}, kNow)->verdict, Verdict::kShrunk);
  }
}

TEST_F(WitnessTest, SaysWhereTheProofMustBegin) {
  OpenWitness();
  const auto log = OpenLog("log");
  ASSERT_TRUE(AppendForTest(*log, 0, 5).ok());
  ASSERT_EQ(Show(*log).verdict, Verdict::kCosigned);
  ASSERT_TRUE(AppendForTest(*log, 5, 5).ok());
  const auto answer = witness->Cosign(log->Checkpoint(), 0, {}, kNow).value();
  EXPECT_EQ(answer.verdict, Verdict::kBehind);
  EXPECT_EQ(answer.known_size, 5U);
  EXPECT_EQ(
      witness->Cosign(log->Checkpoint(), 5, log->ConsistencyProof(5, 10).value(), kNow)->verdict,
      Verdict::kCosigned
  );
}

TEST_F(WitnessTest, RefusesWhatTheLogDidNotSign) {
  OpenWitness();
  const Checkpoint checkpoint{"musubi.example/hub", 1, LeafHash(AsBytes("x"))};
  const auto verdict = [&](const std::string& note) {
    return witness->Cosign(note, 0, {}, kNow)->verdict;
  };
  EXPECT_EQ(verdict(SignCheckpoint(checkpoint, KeyForTest())), Verdict::kBadNote);
  const SigningKey other = KeyForTest("musubi.example/other");
  EXPECT_EQ(
      verdict(SignCheckpoint({"musubi.example/other", 1, LeafHash(AsBytes("x"))}, other)),
      Verdict::kUnknownLog
  );
  EXPECT_EQ(verdict("rubbish"), Verdict::kBadNote);
  EXPECT_EQ(verdict(SignCheckpoint(checkpoint, log_key)), Verdict::kCosigned);
}

TEST_F(WitnessTest, DoesNotGoOnWithADamagedMemory) {
  OpenWitness();
  const auto log = OpenLog("log");
  ASSERT_TRUE(AppendForTest(*log, 0, 5).ok());
  ASSERT_EQ(Show(*log).verdict, Verdict::kCosigned);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "witness")) {
    ASSERT_TRUE(WriteFile(entry.path(), "").ok());
  }
  const auto opened = Witness::Open(folder.path() / "witness", key, {log_key.verifier()});
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace musubi::ledger
