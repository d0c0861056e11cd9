// A witness over the very routes it uses, without sockets: what only grew is cosigned and handed
// in, another history never.
#include "audit/log_witness.h"

#include <gtest/gtest.h>

#include "audit/log_routes.h"
#include "base/io.h"
#include "ledger/audit.h"
#include "ledger/tree_for_test.h"
#include "tests/support/store_fixture.h"

namespace musubi::audit {
namespace {

using ledger::AppendForTest;
using ledger::KeyForTest;
using ledger::KeyKind;
using test::Must;

// Answers like the routes of the node that has `log`; a fork is another Log in its place.
class LogWitnessTest : public testing::Test {
 protected:
  std::unique_ptr<ledger::Log> OpenLog(const std::string& name) {
    return Must(ledger::Log::Open(folder_.path() / name, {log_key_, ledger::Sync::kNo}));
  }

  void OpenWitness() {
    witness_.reset();
    witness_ = Must(LogWitness::Open(
        folder_.path() / "witness",
        key_,
        {{"hub", log_key_.verifier()}},
        [this](const std::string& node, const http::Request& request) {
          return Answer(node, request);
        },
        SystemClock()
    ));
  }

  Result<http::Response> Answer(const std::string& node, const http::Request& request) {
    EXPECT_EQ(node, "hub");
    if (is_away_) {
      return Error{ErrorCode::kUnavailable, "away"};
    }
    if (request.method == "POST") {
      EXPECT_FALSE(request.header("idempotency-key").empty());  // else no client sends it again
      handed_in_.emplace_back(request.body_text());
      return http::JsonResponse("{}");
    }
    const std::string resource = request.path.substr(std::string_view("/log/").size());
    if (resource == "checkpoint" && !shown_.empty()) {
      return http::TextResponse(shown_, "text/plain");
    }
    if (has_no_tiles_ && resource.starts_with("tile/")) {
      return http::ProblemResponse({ErrorCode::kNotFound, "there is no such tile"});
    }
    const auto bytes = log_->ReadResource(resource);
    return bytes.ok() ? http::TextResponse(AsText(*bytes), http::kOctets)
                      : http::ProblemResponse(bytes.error());
  }

  LogSighting Look() { return Must(witness_->Look(witness_->logs().front())); }

  // Refused, and both halves of the evidence are kept: what is shown now and what was cosigned.
  void ExpectRefused(std::string_view verdict, std::string_view known) {
    const std::size_t before = handed_in_.size();
    const LogSighting sighting = Look();
    EXPECT_EQ(sighting.verdict, verdict);
    EXPECT_FALSE(sighting.is_cosigned());
    EXPECT_FALSE(sighting.reason.empty());
    EXPECT_EQ(handed_in_.size(), before);
    const std::string shown = shown_.empty() ? log_->Checkpoint() : shown_;
    EXPECT_EQ(Must(ReadFile(sighting.evidence)), shown);
    const std::string stem = (sighting.evidence.parent_path() / sighting.evidence.stem()).string();
    EXPECT_EQ(Must(ReadFile(stem + "-known.note")), known);
  }

  ledger::FolderForTest folder_;
  ledger::SigningKey log_key_ = KeyForTest();
  ledger::SigningKey key_ = KeyForTest("musubi/witness-1", KeyKind::kWitness);
  std::unique_ptr<ledger::Log> log_;
  std::unique_ptr<LogWitness> witness_;
  std::vector<std::string> handed_in_;
  std::string shown_;  // instead of the log's checkpoint
  bool is_away_ = false;
  bool has_no_tiles_ = false;
};

TEST_F(LogWitnessTest, ALogThatOnlyGrowsIsCosignedAndARestartRemembers) {
  log_ = OpenLog("log");
  for (std::uint64_t size = 0; size < 1500; size += 250) {
    OpenWitness();
    const LogSighting sighting = Look();
    EXPECT_TRUE(sighting.is_cosigned()) << sighting.reason;
    EXPECT_EQ(sighting.size, size);
    EXPECT_EQ(sighting.known_size, size < 250 ? 0 : size - 250);
    Must(AppendForTest(*log_, size, 250));
  }
  EXPECT_EQ(handed_in_.size(), 6U);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "witness/refused"));
}

TEST_F(LogWitnessTest, AForkUnderTheSameKeyIsRefusedAlsoAfterARestart) {
  log_ = OpenLog("log");
  Must(AppendForTest(*log_, 0, 300));
  OpenWitness();
  ASSERT_TRUE(Look().is_cosigned());
  const std::string cosigned = log_->Checkpoint();
  auto original = std::exchange(log_, OpenLog("fork"));
  Must(AppendForTest(*log_, 1000, 300));
  ExpectRefused("forked", cosigned);
  Must(AppendForTest(*log_, 1300, 400));
  ExpectRefused("forked", cosigned);
  OpenWitness();
  ExpectRefused("forked", cosigned);
  // The honest history goes on.
  log_ = std::move(original);
  Must(AppendForTest(*log_, 300, 5));
  EXPECT_TRUE(Look().is_cosigned());
}

TEST_F(LogWitnessTest, AShrunkLogIsRefused) {
  log_ = OpenLog("log");
  Must(AppendForTest(*log_, 0, 5));
  const std::string five = log_->Checkpoint();
  Must(AppendForTest(*log_, 5, 5));
  OpenWitness();
  ASSERT_TRUE(Look().is_cosigned());
  shown_ = five;
  ExpectRefused("shrunk", log_->Checkpoint());
}

TEST_F(LogWitnessTest, ANoteThatTheLogDidNotSignIsRefused) {
  log_ = OpenLog("log");
  OpenWitness();
  ASSERT_TRUE(Look().is_cosigned());
  const ledger::Checkpoint checkpoint{log_key_.verifier().name(), 1, {}};
  for (const std::string& note :
       {std::string("rubbish"), ledger::SignCheckpoint(checkpoint, KeyForTest())}) {
    shown_ = note;
    ExpectRefused("bad-note", log_->Checkpoint());
  }
}

TEST_F(LogWitnessTest, ALogThatDoesNotShowItsTilesIsNotCosigned) {
  log_ = OpenLog("log");
  Must(AppendForTest(*log_, 0, 5));
  OpenWitness();
  ASSERT_TRUE(Look().is_cosigned());
  const std::string cosigned = log_->Checkpoint();
  Must(AppendForTest(*log_, 5, 5));
  has_no_tiles_ = true;
  ExpectRefused(kUnproven, cosigned);
  has_no_tiles_ = false;
  EXPECT_TRUE(Look().is_cosigned());
}

TEST_F(LogWitnessTest, ANodeThatIsAwayIsAnErrorAndNoVerdict) {
  log_ = OpenLog("log");
  OpenWitness();
  is_away_ = true;
  EXPECT_EQ(witness_->Look(witness_->logs().front()).error().code, ErrorCode::kUnavailable);
  is_away_ = false;
  EXPECT_TRUE(Look().is_cosigned());
}

TEST_F(LogWitnessTest, TwoWitnessesDoNotShareAFolder) {
  OpenWitness();
  const auto second = LogWitness::Open(folder_.path() / "witness", key_, {}, {}, SystemClock());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
}

// The real routes over a real book.
class LogRoutesTest : public test::StoreTest {
 protected:
  void Serve(std::vector<ledger::VerifierKey> witnesses) {
    router_ = http::Router();
    AddLogRoutes(router_, *book_, std::move(witnesses));
  }

  void Grow(int count) {
    auto writing = Must(book_->Begin());
    for (int i = 0; i < count; ++i) {
      Must(writing.Add(AccessRecord{Instant(), "terminal-133033", "answer-read", "x"}));
    }
    Must(writing.Commit());
  }

  std::unique_ptr<LogWitness> OpenWitness(const ledger::SigningKey& key) {
    const std::filesystem::path place = folder() / key.verifier().name();
    return Must(LogWitness::Open(
        place,
        key,
        {{"hub", log_key()}},
        [this](const std::string&, const http::Request& request) -> Result<http::Response> {
          http::Request arrived;
          arrived.method = request.method;
          arrived.path = request.path;
          arrived.body = http::MakeBody(request.body_text());
          arrived.peer.id = "witness-1";
          return router_.Route(arrived);
        },
        SystemClock()
    ));
  }

  [[nodiscard]] ledger::VerifierKey log_key() const {
    return Must(ReadVerifierKey(folder() / "log.vkey", KeyKind::kLog));
  }

  // What `musubi ledger audit --witness KEY` does.
  [[nodiscard]] ledger::AuditReport Audit(const ledger::SigningKey& witness) const {
    const auto read = [this](const std::string& path) { return book_->log().ReadResource(path); };
    return Must(ledger::Audit(read, {log_key(), {witness.verifier()}}));
  }

  std::unique_ptr<store::Database> database_ = OpenDatabase();
  std::unique_ptr<RecordBook> book_ = Must(RecordBook::Open(*database_, folder(), "musubi/hub"));
  http::Router router_;
  ledger::SigningKey one_ = KeyForTest("witness-one", KeyKind::kWitness);
  ledger::SigningKey two_ = KeyForTest("witness-two", KeyKind::kWitness);
};

MUSUBI_TEST_BOTH_ENGINES(LogRoutesTest);

TEST_P(LogRoutesTest, AnAuditorFindsTheCosignatureOfATrustedWitness) {
  Serve({one_.verifier(), two_.verifier()});
  auto one = OpenWitness(one_);
  auto two = OpenWitness(two_);
  for (const int count : {3, 400}) {
    Grow(count);
    EXPECT_FALSE(Audit(one_).is_intact() && Audit(one_).witnessed_size == book_->log().size());
    ASSERT_TRUE(Must(one->Look(one->logs().front())).is_cosigned());
    ASSERT_TRUE(Must(two->Look(two->logs().front())).is_cosigned());
    for (const auto& key : {one_, two_}) {
      const ledger::AuditReport report = Audit(key);
      EXPECT_TRUE(report.is_intact()) << report.finding->reason;
      EXPECT_EQ(report.witnessed_size, book_->log().size());
    }
  }
}

TEST_P(LogRoutesTest, ACosignatureOfAnUnknownKeyIsRefused) {
  Grow(3);
  for (const auto& trusted :
       {std::vector<ledger::VerifierKey>(), std::vector<ledger::VerifierKey>{two_.verifier()}}) {
    Serve(trusted);
    const auto sighting = [&] {
      auto witness = OpenWitness(one_);
      return witness->Look(witness->logs().front());
    }();
    ASSERT_FALSE(sighting.ok());
    EXPECT_EQ(sighting.error().code, ErrorCode::kRefused);
    EXPECT_FALSE(Audit(one_).is_intact());
  }
}

TEST_P(LogRoutesTest, ASignatureUnderATrustedNameByAnotherKeyIsRefused) {
  Grow(3);
  Serve({one_.verifier()});
  const std::string note = book_->log().Checkpoint();
  ledger::NoteSignature forged = two_.Sign(ledger::Note::Parse(note)->text, SystemClock().Now());
  forged.key_name = one_.verifier().name();
  forged.key_id = one_.verifier().id();
  http::Request request;
  request.method = "POST";
  request.path = "/log/cosignatures";
  request.peer.id = "witness-1";
  std::string text = note;
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) {
    text.replace(at, 1, "\\n");
  }
  request.body = http::MakeBody(
      R"({"checkpoint":")" + text + R"(","cosignature":")" + forged.Line() + R"("})"
  );
  EXPECT_EQ(router_.Route(request).status, 403);
  EXPECT_FALSE(Audit(one_).is_intact());
}

TEST_P(LogRoutesTest, OnlyKeysOfWitnessesMayStandInTheConfiguration) {
  const auto read = [&](const std::string& toml) {
    return ReadWitnesses(Must(ops::Config::Parse(toml, folder() / "hub.toml")));
  };
  Must(WriteFile(folder() / "one.vkey", one_.verifier().Text() + "\n"));
  EXPECT_TRUE(Must(read("")).empty());
  const auto keys = Must(read("[ledger]\nwitnesses = [\"one.vkey\"]\n"));
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys.front().Text(), one_.verifier().Text());
  EXPECT_EQ(read("[ledger]\nwitnesses = [\"log.vkey\"]\n").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(read("[ledger]\nwitnesses = [\"nowhere.vkey\"]\n").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace musubi::audit
