#include "audit/record_proof.h"

#include <algorithm>
#include <map>
#include <memory>

#include <gtest/gtest.h>

#include "base/check.h"
#include "crypto/cipher.h"

namespace musubi::audit {

namespace {

using exchange::InquiryFacts;

// A log in memory, written as the network writes its own.
class BookForTest {
 public:
  BookForTest()
      : key_(ledger::SigningKey::Make(
                 "musubi/network", ledger::KeyKind::kLog, crypto::Ed25519Key::Generate()
        )
                 .value()) {}

  static crypto::Digest KeyOf(std::uint8_t person) {
    crypto::Digest key{};
    key.fill(person);
    return key;
  }

  void Add(std::uint8_t person, bool is_hidden = false) {
    std::vector<ProvenRecord>& own = records_[person];
    ProvenRecord record;
    InquiryFacts facts;
    crypto::FillRandom(facts.id);
    facts.subject = {"association-133033", "institution-131016", "a", "b", {}, {}, is_hidden};
    facts.outcome = exchange::InquiryOutcome::kAnswered;
    RecordOpening opening;
    crypto::FillRandom(opening.salt);
    opening.facts = FactsText(facts);
    record.index = hashes_.size();
    record.entry.role = Role::kNetwork;
    record.entry.inquiry = facts.id;
    record.entry.facts = FactsCommitment(opening.salt, opening.facts);
    record.entry.label = LabelOf(KeyOf(person), own.size());
    if (!is_hidden) {
      record.opening = opening;
    }
    labels_.push_back(record.entry.label);
    Append(record.entry);
    own.push_back(std::move(record));
  }

  void AddOther() { Append(AccessEntry{}); }

  // A segment from the end of the last one to here.
  void CloseSegment() {
    SegmentProof segment;
    segment.index = hashes_.size();
    trees_.push_back(std::make_unique<LabelTree>(std::move(labels_)));
    labels_.clear();
    segment.labels = {
        segments_.empty() ? 0 : segments_.back().labels.end, segment.index, trees_.back()->Root()
    };
    Append(segment.labels);
    segments_.push_back(segment);
  }

  RecordProof Prove(std::uint8_t person) {
    const std::uint64_t size = hashes_.size();
    RecordProof proof;
    proof.person_key = KeyOf(person);
    proof.checkpoint =
        SignCheckpoint({"musubi/network", size, ledger::RootAt(size, Nodes()).value()}, key_);
    proof.records = records_[person];
    for (ProvenRecord& record : proof.records) {
      record.inclusion = ledger::MakeInclusionProof(record.index, size, Nodes()).value();
    }
    const Code16 next = LabelOf(proof.person_key, proof.records.size());
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      SegmentProof segment = segments_[i];
      segment.inclusion = ledger::MakeInclusionProof(segment.index, size, Nodes()).value();
      MUSUBI_CHECK(ProveAbsence(*trees_[i], next, segment).ok());
      proof.segments.push_back(segment);
    }
    return proof;
  }

  [[nodiscard]] const LabelTree& tree(std::size_t i) const { return *trees_[i]; }

  [[nodiscard]] const ledger::VerifierKey& key() const { return key_.verifier(); }

 private:
  void Append(const LogEntry& entry) { hashes_.push_back(ledger::LeafHash(EncodeEntry(entry))); }

  [[nodiscard]] ledger::ReadNode Nodes() const {
    return [this](const ledger::Node& node) -> Result<ledger::Digest> { return HashOf(node); };
  }

  [[nodiscard]] ledger::Digest HashOf(const ledger::Node& node) const {
    return node.height == 0 ? hashes_.at(node.index)
                            : ledger::NodeHash(
                                  HashOf({node.height - 1, 2 * node.index}),
                                  HashOf({node.height - 1, 2 * node.index + 1})
                              );
  }

  ledger::SigningKey key_;
  std::vector<ledger::Digest> hashes_;
  std::map<std::uint8_t, std::vector<ProvenRecord>> records_;
  std::vector<Code16> labels_;
  std::vector<std::unique_ptr<LabelTree>> trees_;
  std::vector<SegmentProof> segments_;
};

class RecordProofTest : public testing::Test {
 protected:
  RecordProofTest() {
    for (std::uint8_t i = 0; i < 40; ++i) {
      book_.Add(static_cast<std::uint8_t>(i % 5), i == 15);
      if (i % 7 == 0) {
        book_.AddOther();
      }
      if (i == 20 || i == 30) {
        book_.CloseSegment();
      }
    }
    book_.CloseSegment();
    proof_ = book_.Prove(0);
  }

  // Where it is refused.
  std::string PlaceOfFault(const RecordProof& proof) {
    const auto list = VerifyRecordProof(proof, book_.key());
    return list.ok() ? "none" : list.error().place;
  }

  BookForTest book_;
  RecordProof proof_;
};

TEST_F(RecordProofTest, AWholeListVerifies) {
  const auto list = VerifyRecordProof(proof_, book_.key());
  ASSERT_TRUE(list.ok()) << list.error().Text();
  EXPECT_EQ(list->records.size(), 7U);
  EXPECT_EQ(list->not_shown, 1U);
  for (std::uint8_t person = 1; person < 7; ++person) {
    EXPECT_EQ(PlaceOfFault(book_.Prove(person)), "none");
  }
}

TEST_F(RecordProofTest, ADroppedRecordIsFoundWhereverItStood) {
  for (std::size_t i = 0; i < proof_.records.size(); ++i) {
    RecordProof proof = proof_;
    proof.records.erase(proof.records.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_NE(PlaceOfFault(proof), "none") << i;
  }
  RecordProof proof = proof_;
  proof.records.clear();
  EXPECT_NE(PlaceOfFault(proof), "none");
}

TEST_F(RecordProofTest, ADroppedFirstRecordCannotPassAsErasedUnnoticed) {
  RecordProof proof = proof_;
  proof.records.erase(proof.records.begin());
  proof.first_number = 1;
  EXPECT_EQ(VerifyRecordProof(proof, book_.key())->erased, 1U);
}

TEST_F(RecordProofTest, AChangedFactIsFound) {
  RecordProof proof = proof_;
  std::string& facts = proof.records[2].opening->facts;
  facts[facts.find("answered")] = 'b';
  EXPECT_EQ(PlaceOfFault(proof), "records[2]");
  proof = proof_;
  proof.records[2].opening->salt[0] ^= 1;
  EXPECT_EQ(PlaceOfFault(proof), "records[2]");
  proof = proof_;
  proof.records[2].opening = proof.records[1].opening;
  EXPECT_EQ(PlaceOfFault(proof), "records[2]");
}

TEST_F(RecordProofTest, AChangedEntryIsFound) {
  RecordProof proof = proof_;
  proof.records[1].entry.person[0] ^= 1;
  EXPECT_EQ(PlaceOfFault(proof), "records[1]");
  proof = proof_;
  proof.records[1].index += 1;
  EXPECT_EQ(PlaceOfFault(proof), "records[1]");
  proof = proof_;
  proof.records[1].entry.role = Role::kInquirer;
  EXPECT_EQ(PlaceOfFault(proof), "records[1]");
  proof = proof_;
  proof.records[1].inclusion.pop_back();
  EXPECT_EQ(PlaceOfFault(proof), "records[1]");
}

TEST_F(RecordProofTest, TheRecordsOfAnotherPersonDoNotPass) {
  RecordProof proof = proof_;
  proof.records = book_.Prove(1).records;
  EXPECT_EQ(PlaceOfFault(proof), "records[0]");
}

TEST_F(RecordProofTest, AMissingSegmentIsFound) {
  for (std::size_t i = 0; i < proof_.segments.size(); ++i) {
    RecordProof proof = proof_;
    proof.segments.erase(proof.segments.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_NE(PlaceOfFault(proof), "none") << i;
  }
  RecordProof proof = proof_;
  proof.segments.clear();
  EXPECT_EQ(PlaceOfFault(proof), "segments");
}

TEST_F(RecordProofTest, ANewCheckpointOverOldSegmentsIsFound) {
  book_.Add(0);
  RecordProof later = book_.Prove(0);
  EXPECT_EQ(PlaceOfFault(later), "segments");
  // Nor does the newer record go unnoticed when the old checkpoint is kept.
  later.checkpoint = proof_.checkpoint;
  EXPECT_NE(PlaceOfFault(later), "none");
  book_.CloseSegment();
  EXPECT_EQ(PlaceOfFault(book_.Prove(0)), "none");
}

TEST_F(RecordProofTest, AWrongSegmentIsFound) {
  RecordProof proof = proof_;
  std::swap(proof.segments[0], proof.segments[1]);
  EXPECT_EQ(PlaceOfFault(proof), "segments[0]");
  proof = proof_;
  proof.segments[1].labels.root[0] ^= 1;
  EXPECT_EQ(PlaceOfFault(proof), "segments[1]");
  proof = proof_;
  proof.segments[1].labels.end -= 1;
  EXPECT_EQ(PlaceOfFault(proof), "segments[1]");
}

TEST_F(RecordProofTest, LeavesThatAreNotNeighboursDoNotShowAbsence) {
  const LabelTree& tree = book_.tree(0);
  const auto leaf = [&tree](std::uint64_t place) {
    return LabelLeaf{place, tree.label(place), tree.InclusionProof(place).value()};
  };
  // The person's own record in the segment, hidden by neighbours further out.
  RecordProof proof = proof_;
  const Code16 own = proof.records[0].entry.label;
  const std::uint64_t place = tree.PlaceOf(own);
  ASSERT_EQ(tree.label(place), own);
  proof.records.clear();
  for (std::size_t i = 0; i < proof.segments.size(); ++i) {
    static_cast<void>(ProveAbsence(book_.tree(i), own, proof.segments[i]));
  }
  SegmentProof& segment = proof.segments[0];
  for (std::uint64_t before = 0; before <= tree.size(); ++before) {
    for (std::uint64_t after = before; after <= tree.size(); ++after) {
      for (std::uint64_t count = 0; count <= tree.size() + 1; ++count) {
        segment.count = count;
        segment.before = before == 0 ? std::nullopt : std::optional(leaf(before - 1));
        segment.after = after == tree.size() ? std::nullopt : std::optional(leaf(after));
        EXPECT_EQ(PlaceOfFault(proof), "segments[0]");
        if (segment.after) {
          segment.after->place = before;  // claimed to be a neighbour
          EXPECT_EQ(PlaceOfFault(proof), "segments[0]");
        }
      }
    }
  }
}

TEST_F(RecordProofTest, AnotherLogsSignatureIsRefused) {
  const BookForTest other;
  EXPECT_EQ(VerifyRecordProof(proof_, other.key()).error().code, ErrorCode::kRefused);
}

TEST_F(RecordProofTest, JsonIsReadBackAsItWasWritten) {
  const std::string json = RecordProofJson(proof_);
  const auto read = ParseRecordProof(json);
  ASSERT_TRUE(read.ok()) << read.error().Text();
  EXPECT_EQ(RecordProofJson(*read), json);
  EXPECT_EQ(PlaceOfFault(*read), "none");
}

TEST_F(RecordProofTest, MalformedJsonIsRefused) {
  const std::string json = RecordProofJson(proof_);
  for (const char* text : {"", "[]", "{}", R"({"version":2})", "null"}) {
    EXPECT_EQ(ParseRecordProof(text).error().code, ErrorCode::kInvalid) << text;
  }
  for (const std::string field :
       {"checkpoint",
        "person_key",
        "records",
        "segments",
        "entry",
        "inclusion",
        "count",
        "place",
        "first_number"}) {
    std::string other = json;
    other.replace(other.find("\"" + field + "\""), 2, "\"x");
    EXPECT_EQ(ParseRecordProof(other).error().code, ErrorCode::kInvalid) << field;
  }
}

TEST(LabelTree, OneAndNoneAndManyLabelsProveAbsence) {
  for (std::size_t count = 0; count < 9; ++count) {
    std::vector<Code16> labels;
    for (std::size_t i = 0; i < count; ++i) {
      labels.push_back(LabelOf(BookForTest::KeyOf(1), i));
    }
    const LabelTree tree(labels);
    SegmentProof segment;
    EXPECT_TRUE(ProveAbsence(tree, LabelOf(BookForTest::KeyOf(1), count), segment).ok());
    EXPECT_EQ(segment.count, count);
    for (const Code16& label : labels) {
      EXPECT_EQ(ProveAbsence(tree, label, segment).error().code, ErrorCode::kConflict);
    }
  }
}

}  // namespace

}  // namespace musubi::audit
