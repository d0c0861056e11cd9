#include "national/network/inquiry/label_segments.h"

#include <algorithm>

#include "ledger/checkpoint.h"
#include "ledger/tile.h"

namespace musubi::national::network {

namespace {

constexpr std::size_t kTreesMax = 16;  // of up to about 5 MB each

// Labels of the entries [first, end) as they stand in the log, bundle by bundle.
Result<std::vector<Code16>> ReadLabels(
    const ledger::Log& log, std::uint64_t first, std::uint64_t end
) {
  std::vector<Code16> labels;
  for (std::uint64_t index = first; index < end;) {
    ledger::Tile tile;
    tile.is_entries = true;
    tile.index = index / ledger::kTileWidth;
    const std::uint64_t start = tile.index * ledger::kTileWidth;
    const std::uint64_t stop = std::min(end, start + ledger::kTileWidth);
    tile.width = static_cast<unsigned>(stop - start);
    MUSUBI_TRY(const Bytes bundle, log.ReadResource(tile.Path()));
    MUSUBI_TRY(const auto entries, ledger::ParseBundle(bundle, tile.width));
    for (; index < stop; ++index) {
      if (const auto label = audit::LabelOfEntry(entries[index - start])) {
        labels.push_back(*label);
      }
    }
  }
  return labels;
}

Result<std::uint64_t> SizeOf(std::string_view checkpoint) {
  MUSUBI_TRY(const auto note, ledger::Note::Parse(checkpoint));
  MUSUBI_TRY(const auto parsed, ledger::Checkpoint::Parse(note.text));
  return parsed.size;
}

}  // namespace

Result<std::shared_ptr<const SegmentChain>> LabelSegments::Current() {
  const std::scoped_lock lock(mutex_);
  MUSUBI_CHECK_OK(Load());
  const auto now = std::chrono::steady_clock::now();
  const bool is_fresh = current_ && (current_->size == book_->log().size() ||
                                     now - current_->made_at < refresh_every_);
  if (!is_fresh) {
    MUSUBI_CHECK_OK(Extend());
  }
  return current_;
}

Result<void> LabelSegments::KeepUp() {
  const std::scoped_lock lock(mutex_);
  MUSUBI_CHECK_OK(Load());
  const std::uint64_t first = whole_.empty() ? 0 : whole_.back().end;
  return book_->log().size() - first >= whole_segment_ ? Extend() : Ok();
}

Result<void> LabelSegments::Load() {
  if (is_loaded_) {
    return Ok();
  }
  whole_.clear();
  MUSUBI_TRY(auto reading, book_->Begin());
  MUSUBI_CHECK_OK(reading.connection().Query(
      "SELECT first_index, end_index, entry_index FROM network_segment ORDER BY first_index",
      std::initializer_list<store::Parameter>{},
      [this](const store::Row& row) -> Result<void> {
        whole_.push_back(
            {static_cast<std::uint64_t>(row.Int(0)),
             static_cast<std::uint64_t>(row.Int(1)),
             static_cast<std::uint64_t>(row.Int(2))}
        );
        return Ok();
      }
  ));
  is_loaded_ = true;
  return Ok();
}

Result<LabelSegments::Labels> LabelSegments::LabelsOf(std::uint64_t first, std::uint64_t end)
    const {
  MUSUBI_TRY(std::vector<Code16> labels, ReadLabels(book_->log(), first, end));
  Labels made;
  made.tree = std::make_shared<const audit::LabelTree>(std::move(labels));
  made.entry = {first, end, made.tree->Root()};
  return made;
}

Result<void> LabelSegments::Extend() {
  const std::uint64_t first = whole_.empty() ? 0 : whole_.back().end;
  const std::uint64_t middle = book_->log().size();
  auto chain = std::make_shared<SegmentChain>();
  chain->segments = whole_;
  // The long part while others write; then, holding the book, what they wrote meanwhile.
  MUSUBI_TRY(const Labels body, LabelsOf(first, middle));
  MUSUBI_TRY(auto writing, book_->Begin());
  const bool is_whole = middle - first >= whole_segment_;
  if (middle > first) {
    const Segment segment{first, middle, writing.next_index()};
    MUSUBI_CHECK_OK(writing.Add(body.entry));
    chain->segments.push_back(segment);
    if (is_whole) {
      MUSUBI_CHECK_OK(writing.connection().Execute(
          "INSERT INTO network_segment (first_index, end_index, entry_index) VALUES ($1, $2, $3)",
          {static_cast<std::int64_t>(segment.first),
           static_cast<std::int64_t>(segment.end),
           static_cast<std::int64_t>(segment.entry_index)}
      ));
    }
  }
  const std::uint64_t log_size = book_->log().size();
  const std::uint64_t end = writing.next_index();
  MUSUBI_TRY(const Labels rest, LabelsOf(middle, log_size));
  const audit::LabelsEntry last{middle, end, rest.entry.root};
  if (end > middle) {
    MUSUBI_CHECK_OK(writing.Add(last));
    chain->segments.push_back({middle, end, end});
  }
  const Result<void> committed = writing.Commit();
  if (!committed.ok()) {
    is_loaded_ = false;  // what reached the store is not known
    return committed.error();
  }
  // The book is still ours: nothing has been appended after these entries.
  chain->checkpoint = book_->log().Checkpoint();
  MUSUBI_TRY(chain->size, SizeOf(chain->checkpoint));
  chain->made_at = std::chrono::steady_clock::now();
  if (is_whole) {
    whole_.push_back(chain->segments[whole_.size()]);
  }
  Remember(first, middle, body.tree);
  Remember(middle, end, rest.tree);
  current_ = std::move(chain);
  return Ok();
}

void LabelSegments::Remember(std::uint64_t first, std::uint64_t end, const Tree& tree) {
  const std::scoped_lock lock(trees_mutex_);
  trees_.push_front({first, end, tree});
  if (trees_.size() > kTreesMax) {
    trees_.pop_back();
  }
}

Result<LabelSegments::Tree> LabelSegments::TreeOf(const Segment& segment) {
  {
    const std::scoped_lock lock(trees_mutex_);
    for (auto kept = trees_.begin(); kept != trees_.end(); ++kept) {
      if (kept->first == segment.first && kept->end == segment.end) {
        trees_.splice(trees_.begin(), trees_, kept);
        return kept->tree;
      }
    }
  }
  MUSUBI_TRY(const Labels made, LabelsOf(segment.first, segment.end));
  Remember(segment.first, segment.end, made.tree);
  return made.tree;
}

}  // namespace musubi::national::network
