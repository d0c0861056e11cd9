#include <algorithm>
#include <array>
#include <utility>

#include "audit/record_proof.h"

namespace musubi::audit {

namespace {

Result<LabelLeaf> LeafAt(const LabelTree& tree, std::uint64_t place) {
  LabelLeaf leaf;
  leaf.place = place;
  leaf.label = tree.label(place);
  MUSUBI_TRY(leaf.inclusion, tree.InclusionProof(place));
  return leaf;
}

}  // namespace

Code16 LabelOf(BytesView person_key, std::uint64_t number) {
  std::array<std::uint8_t, 8> message{};
  for (std::size_t i = 0; i < message.size(); ++i) {
    message[i] = static_cast<std::uint8_t>(number >> (56U - 8U * i));
  }
  const crypto::Digest digest = crypto::HmacSha256(person_key).Of(message);
  Code16 label{};
  std::copy_n(digest.begin(), label.size(), label.begin());
  return label;
}

LabelTree::LabelTree(std::vector<Code16> labels) : labels_(std::move(labels)) {
  std::ranges::sort(labels_);
  std::vector<ledger::Digest>& leaves = levels_.emplace_back();
  leaves.reserve(labels_.size());
  for (const Code16& label : labels_) {
    leaves.push_back(ledger::LeafHash(label));
  }
  while (levels_.back().size() > 1) {
    const std::vector<ledger::Digest>& below = levels_.back();
    std::vector<ledger::Digest> level;
    level.reserve(below.size() / 2);
    for (std::size_t i = 0; i + 1 < below.size(); i += 2) {
      level.push_back(ledger::NodeHash(below[i], below[i + 1]));
    }
    levels_.push_back(std::move(level));
  }
}

std::uint64_t LabelTree::PlaceOf(const Code16& label) const {
  return static_cast<std::uint64_t>(std::ranges::lower_bound(labels_, label) - labels_.begin());
}

ledger::ReadNode LabelTree::Nodes() const {
  return [this](const ledger::Node& node) -> Result<ledger::Digest> {
    if (node.height >= levels_.size() || node.index >= levels_[node.height].size()) {
      return Error{ErrorCode::kInternal, "no such node in the tree of labels"};
    }
    return levels_[node.height][node.index];
  };
}

ledger::Digest LabelTree::Root() const {
  return labels_.empty() ? ledger::EmptyRoot() : ledger::RootAt(labels_.size(), Nodes()).value();
}

Result<ledger::Proof> LabelTree::InclusionProof(std::uint64_t place) const {
  return ledger::MakeInclusionProof(place, labels_.size(), Nodes());
}

std::optional<Code16> LabelOfEntry(BytesView entry) {
  const Result<LogEntry> decoded = DecodeEntry(entry);
  if (!decoded.ok()) {
    return std::nullopt;
  }
  const auto* const provision = std::get_if<ProvisionEntry>(&*decoded);
  if (provision == nullptr || provision->role != Role::kNetwork) {
    return std::nullopt;
  }
  return provision->label;
}

Result<void> ProveAbsence(const LabelTree& tree, const Code16& label, SegmentProof& segment) {
  segment.count = tree.size();
  const std::uint64_t place = tree.PlaceOf(label);
  if (place < tree.size() && tree.label(place) == label) {
    return Error{ErrorCode::kConflict, "the label is in the segment"};
  }
  if (place > 0) {
    MUSUBI_TRY(segment.before, LeafAt(tree, place - 1));
  }
  if (place < tree.size()) {
    MUSUBI_TRY(segment.after, LeafAt(tree, place));
  }
  return Ok();
}

}  // namespace musubi::audit
