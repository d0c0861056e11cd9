// What a verification leaves beside its result while it runs (OUT.part), so that one that was
// stopped, by Ctrl-C or kill -9, goes on where it was.
//
//   musubi-verify-part,1,<inputs>
//   H,<row>,<superseded: 0 or 1>,<resident record code>,<outcome>,<rules>    found in this batch
//   B,<batch>,<residents in it>,<how many H before it>                       the batch is done
//
// A file of other inputs, another layout or with rubbish in it is begun anew; after the last whole
// batch the rest is cut off. Readable by its owner only; removed when the result is there. Nothing
// is forced to the disk: a machine that loses power may begin anew.
//
// Add is called by one thread at a time, IsDone by any.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "matching/roster_verify.h"

namespace musubi::matching {

// Reads the lines of a part; keeps what belongs to whole batches.
class VerifyPartReader {
 public:
  // `row_count` of the roster.
  VerifyPartReader(std::string_view inputs, std::size_t row_count)
      : inputs_(inputs), row_count_(row_count) {}

  // Without the line feed. False: not of this layout or for other inputs.
  [[nodiscard]] bool TakeLine(std::string_view line);

  // After TakeLine: does everything taken so far belong to whole batches?
  [[nodiscard]] bool is_whole() const { return has_heading_ && open_hits_ == 0; }

  [[nodiscard]] bool IsDone(std::size_t batch) const {
    return batch < done_.size() && done_[batch];
  }

  [[nodiscard]] std::uint64_t resident_count() const { return resident_count_; }

  // Of whole batches, when the reader is whole.
  [[nodiscard]] const std::vector<VerifyHit>& hits() const { return hits_; }

  // Those of a batch that never ended.
  void DropOpenHits();

 private:
  [[nodiscard]] bool TakeHit(std::span<const std::uint64_t> values);
  [[nodiscard]] bool TakeBatch(std::span<const std::uint64_t> values);

  std::string inputs_;
  std::size_t row_count_;
  bool has_heading_ = false;
  std::size_t open_hits_ = 0;  // behind the last whole batch
  std::vector<VerifyHit> hits_;
  std::vector<bool> done_;
  std::uint64_t resident_count_ = 0;
};

class VerifyPart {
 public:
  [[nodiscard]] static Result<std::unique_ptr<VerifyPart>> Open(
      std::filesystem::path path, std::string_view inputs, std::size_t row_count
  );
  ~VerifyPart();
  VerifyPart(const VerifyPart&) = delete;
  VerifyPart& operator=(const VerifyPart&) = delete;

  // What an earlier run had done.
  [[nodiscard]] const VerifyPartReader& earlier() const { return earlier_; }

  [[nodiscard]] Result<void> Add(
      std::size_t batch, std::size_t residents, std::span<const VerifyHit> hits
  );
  void Remove() const;

 private:
  VerifyPart(std::filesystem::path path, VerifyPartReader earlier)
      : path_(std::move(path)), earlier_(std::move(earlier)) {}

  [[nodiscard]] Result<void> Write(std::string_view text) const;

  std::filesystem::path path_;
  VerifyPartReader earlier_;
  int descriptor_ = -1;
};

}  // namespace musubi::matching
