// 完全性の証明: that a person's list of provision records at the network leaves nothing out, up to
// a signed checkpoint (docs/formats/provision-record.md, "Labels" and "The proof").
//
// A person's n-th record carries label n of a key which only the network can compute and which is
// shown to nobody but the person. So the records prove that they are theirs by their labels, and
// that label n is missing from every segment of the log proves that there is no further one.
//
// VerifyRecordProof needs nothing but the proof and the log's public key: no store, no network, and
// it believes no word of the proof that it has not derived itself. What it cannot see: whether the
// network wrote the right label at the time (an audit of its store does).
//
// Free functions are safe from every thread; a LabelTree is immutable once made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/provision_record.h"
#include "ledger/checkpoint.h"

namespace musubi::audit {

// Label `number` (from 0) of whoever has this key.
[[nodiscard]] Code16 LabelOf(BytesView person_key, std::uint64_t number);

// The labels of one segment in rising order, as a Merkle tree of RFC 6962.
class LabelTree {
 public:
  explicit LabelTree(std::vector<Code16> labels);

  [[nodiscard]] std::uint64_t size() const { return labels_.size(); }

  [[nodiscard]] const Code16& label(std::uint64_t place) const { return labels_[place]; }

  // How many labels are smaller.
  [[nodiscard]] std::uint64_t PlaceOf(const Code16& label) const;
  [[nodiscard]] ledger::Digest Root() const;
  [[nodiscard]] Result<ledger::Proof> InclusionProof(std::uint64_t place) const;

 private:
  [[nodiscard]] ledger::ReadNode Nodes() const;

  std::vector<Code16> labels_;
  std::vector<std::vector<ledger::Digest>> levels_;  // complete subtrees of 2^height leaves
};

// The label of an entry that has one: a provision of the network.
[[nodiscard]] std::optional<Code16> LabelOfEntry(BytesView entry);

// A leaf of a segment's tree.
struct LabelLeaf {
  std::uint64_t place = 0;
  Code16 label{};
  ledger::Proof inclusion;
};

struct SegmentProof {
  std::uint64_t index = 0;  // of the labels entry in the log
  LabelsEntry labels;
  ledger::Proof inclusion;
  std::uint64_t count = 0;          // leaves of the tree
  std::optional<LabelLeaf> before;  // the neighbours of the label that is not there
  std::optional<LabelLeaf> after;
};

// Fills count and neighbours. kConflict: the label is there.
[[nodiscard]] Result<void> ProveAbsence(
    const LabelTree& tree, const Code16& label, SegmentProof& segment
);

// What makes a commitment readable.
struct RecordOpening {
  Code16 salt{};
  std::string facts;
};

struct ProvenRecord {
  std::uint64_t index = 0;
  ProvisionEntry entry;
  ledger::Proof inclusion;
  std::optional<RecordOpening> opening;  // none: the record is not shown
};

struct RecordProof {
  std::string checkpoint;  // signed note
  crypto::Digest person_key{};
  std::uint64_t first_number = 0;  // so many were erased after their period
  std::vector<ProvenRecord> records;
  std::vector<SegmentProof> segments;
};

struct ProvenList {
  ledger::Checkpoint checkpoint;
  std::uint64_t erased = 0;
  std::uint64_t not_shown = 0;
  std::vector<exchange::InquiryFacts> records;  // oldest first, those which are shown
};

// kRefused with what it does not show, and where; kInvalid: facts that are not facts.
[[nodiscard]] Result<ProvenList> VerifyRecordProof(
    const RecordProof& proof, const ledger::VerifierKey& log_key
);

[[nodiscard]] std::string RecordProofJson(const RecordProof& proof);
// kInvalid with the field.
[[nodiscard]] Result<RecordProof> ParseRecordProof(std::string_view json);

}  // namespace musubi::audit
