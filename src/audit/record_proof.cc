#include "audit/record_proof.h"

namespace musubi::audit {

namespace {

Error Refused(std::string reason, std::string place) {
  return Error{ErrorCode::kRefused, std::move(reason), std::move(place)};
}

std::string At(std::string_view list, std::size_t i) {
  return std::string(list) + "[" + std::to_string(i) + "]";
}

Result<void> CheckInLog(
    const LogEntry& entry,
    std::uint64_t index,
    std::span<const ledger::Digest> inclusion,
    const ledger::Checkpoint& checkpoint
) {
  return ledger::VerifyInclusion(
      {index, checkpoint.size, ledger::LeafHash(EncodeEntry(entry)), checkpoint.root}, inclusion
  );
}

// What the facts say, when the record is shown.
Result<std::optional<exchange::InquiryFacts>> Open(const ProvenRecord& record) {
  if (!record.opening) {
    return std::optional<exchange::InquiryFacts>();
  }
  if (FactsCommitment(record.opening->salt, record.opening->facts) != record.entry.facts) {
    return Error{ErrorCode::kRefused, "the facts are not those of the log"};
  }
  MUSUBI_TRY(exchange::InquiryFacts facts, exchange::ReadFactsText(record.opening->facts));
  if (facts.id != record.entry.inquiry) {
    return Error{ErrorCode::kRefused, "the facts are of another inquiry"};
  }
  return std::optional(std::move(facts));
}

Result<void> CheckRecord(
    const RecordProof& proof, std::size_t i, const ledger::Checkpoint& checkpoint
) {
  const ProvenRecord& record = proof.records[i];
  if (i > 0 && record.index <= proof.records[i - 1].index) {
    return Error{ErrorCode::kRefused, "the records are not in the order of the log"};
  }
  if (record.entry.role != Role::kNetwork) {
    return Error{ErrorCode::kRefused, "not a record of the network"};
  }
  if (record.entry.label != LabelOf(proof.person_key, proof.first_number + i)) {
    return Error{ErrorCode::kRefused, "not the next record of this person: one is missing"};
  }
  return CheckInLog(record.entry, record.index, record.inclusion, checkpoint);
}

Result<void> CheckLeaf(const SegmentProof& segment, const LabelLeaf& leaf) {
  return ledger::VerifyInclusion(
      {leaf.place, segment.count, ledger::LeafHash(leaf.label), segment.labels.root}, leaf.inclusion
  );
}

// The count of leaves is the prover's word, but a lie about it gains nothing: which leaves are
// neighbours, first or last follows from the turns of their paths to the root alone.
Result<void> CheckAbsence(const SegmentProof& segment, const Code16& label) {
  const auto& before = segment.before;
  const auto& after = segment.after;
  if (segment.count == 0) {
    const bool is_empty = !before && !after && segment.labels.root == ledger::EmptyRoot();
    return is_empty ? Ok() : Result<void>(Error{ErrorCode::kRefused, "the segment is not empty"});
  }
  if (before) {
    MUSUBI_CHECK_OK(CheckLeaf(segment, *before));
  }
  if (after) {
    MUSUBI_CHECK_OK(CheckLeaf(segment, *after));
  }
  const std::uint64_t gap = before ? before->place + 1 : 0;  // between this leaf and the one before
  if (gap != (after ? after->place : segment.count)) {
    return Error{ErrorCode::kRefused, "the labels shown are not neighbours"};
  }
  if ((before && !(before->label < label)) || (after && !(label < after->label))) {
    return Error{ErrorCode::kRefused, "there is another record of this person, or may be"};
  }
  return Ok();
}

Result<void> CheckSegment(
    const SegmentProof& segment,
    std::uint64_t first,
    const Code16& label,
    const ledger::Checkpoint& checkpoint
) {
  if (segment.labels.first != first || segment.labels.end <= first ||
      segment.labels.end > segment.index) {
    return Error{ErrorCode::kRefused, "the segments do not follow one another: one is missing"};
  }
  MUSUBI_CHECK_OK(CheckInLog(segment.labels, segment.index, segment.inclusion, checkpoint));
  return CheckAbsence(segment, label);
}

// No entry of the tree but the last, which is the last segment's own, is outside all segments.
Result<void> CheckEnd(const RecordProof& proof, const ledger::Checkpoint& checkpoint) {
  if (checkpoint.size == 0) {
    return Ok();  // nothing can be left out
  }
  if (proof.segments.empty()) {
    return Refused("no segment: nothing is shown to be complete", "segments");
  }
  const SegmentProof& last = proof.segments.back();
  if (last.labels.end != last.index || last.index + 1 != checkpoint.size) {
    return Refused("the last entries of the log are in no segment", "segments");
  }
  return Ok();
}

Error Placed(Error error, std::string place) {
  error.place = std::move(place);
  return error;
}

}  // namespace

Result<ProvenList> VerifyRecordProof(const RecordProof& proof, const ledger::VerifierKey& log_key) {
  MUSUBI_TRY(const auto opened, ledger::OpenCheckpoint(proof.checkpoint, log_key));
  ProvenList list;
  list.checkpoint = opened.checkpoint;
  list.erased = proof.first_number;
  for (std::size_t i = 0; i < proof.records.size(); ++i) {
    const Result<void> checked = CheckRecord(proof, i, list.checkpoint);
    if (!checked.ok()) {
      return Placed(checked.error(), At("records", i));
    }
    Result<std::optional<exchange::InquiryFacts>> facts = Open(proof.records[i]);
    if (!facts.ok()) {
      return Placed(facts.error(), At("records", i));
    }
    if (*facts) {
      list.records.push_back(**std::move(facts));
    } else {
      ++list.not_shown;
    }
  }
  const Code16 next = LabelOf(proof.person_key, proof.first_number + proof.records.size());
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < proof.segments.size(); ++i) {
    const Result<void> checked = CheckSegment(proof.segments[i], first, next, list.checkpoint);
    if (!checked.ok()) {
      return Placed(checked.error(), At("segments", i));
    }
    first = proof.segments[i].labels.end;
  }
  MUSUBI_CHECK_OK(CheckEnd(proof, list.checkpoint));
  return list;
}

}  // namespace musubi::audit
