// Segments of the log and the trees of their labels (docs/formats/provision-record.md, "Labels"):
// what a proof of completeness is cut from.
//
// Before a proof the segments are brought up to the end of the log: one from the end of the last
// whole segment to the log's size, worked out while others write, and a small one over what they
// wrote meanwhile. Both get their labels entries in one commit, and the checkpoint after it is kept
// beside them, so that nothing of the log lies outside. At most once in `refresh_every`.
//
// A segment of kWholeSegment entries or more is whole: it is never made again. Trees are derived
// from the log; a few are kept in memory. May be called from several threads.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "audit/record_book.h"
#include "audit/record_proof.h"

namespace musubi::national::network {

struct Segment {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  std::uint64_t entry_index = 0;  // of its labels entry
};

// The segments up to a checkpoint of `size` entries.
struct SegmentChain {
  std::string checkpoint;
  std::uint64_t size = 0;
  std::vector<Segment> segments;
  std::chrono::steady_clock::time_point made_at = {};
};

class LabelSegments {
 public:
  using Tree = std::shared_ptr<const audit::LabelTree>;  // shared with the proofs under way

  // `book` outlives the object; its database has the tables of InquiryTable.
  LabelSegments(
      audit::RecordBook& book,
      std::uint64_t whole_segment = 65536,
      std::chrono::milliseconds refresh_every = std::chrono::seconds(1)
  )
      : book_(&book), whole_segment_(whole_segment), refresh_every_(refresh_every) {}

  [[nodiscard]] Result<std::shared_ptr<const SegmentChain>> Current();
  // Makes a segment when the log has grown by a whole one.
  [[nodiscard]] Result<void> KeepUp();
  [[nodiscard]] Result<Tree> TreeOf(const Segment& segment);

 private:
  struct Labels {
    audit::LabelsEntry entry;
    Tree tree;
  };

  [[nodiscard]] Result<void> Load();
  [[nodiscard]] Result<void> Extend();
  [[nodiscard]] Result<Labels> LabelsOf(std::uint64_t first, std::uint64_t end) const;
  void Remember(std::uint64_t first, std::uint64_t end, const Tree& tree);

  audit::RecordBook* book_;
  const std::uint64_t whole_segment_;
  const std::chrono::milliseconds refresh_every_;
  std::mutex mutex_;  // guards what follows; held while segments are made
  bool is_loaded_ = false;
  std::vector<Segment> whole_;
  std::shared_ptr<const SegmentChain> current_;  // shared with the proofs under way
  std::mutex trees_mutex_;

  struct KeptTree {
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    Tree tree;
  };

  std::list<KeptTree> trees_;  // the last used in front
};

}  // namespace musubi::national::network
