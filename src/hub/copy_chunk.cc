#include "hub/copy_chunk.h"

#include <algorithm>
#include <tuple>

#include "hub/registry.h"

namespace musubi::hub {

namespace {

using exchange::CopyOutcome;

constexpr std::size_t kChunkTextSize = std::size_t{512} << 10U;
constexpr std::size_t kPersonRowsMax = 20'000;  // of one package: more is no person's history
constexpr std::size_t kFieldNamesMax = 250;

}  // namespace

bool CopyChunkQueue::Push(CopyChunk chunk) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < kChunksWaiting || is_given_up_; });
  if (is_given_up_) {
    return false;
  }
  waiting_.push_back(std::move(chunk));
  changed_.notify_all();
  return true;
}

void CopyChunkQueue::EndOfChunks() {
  const std::scoped_lock lock(mutex_);
  is_ended_ = true;
  changed_.notify_all();
}

std::optional<CopyChunk> CopyChunkQueue::Pop() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !waiting_.empty() || is_ended_; });
  if (waiting_.empty()) {
    return std::nullopt;
  }
  CopyChunk chunk = std::move(waiting_.front());
  waiting_.pop_front();
  changed_.notify_all();
  return chunk;
}

void CopyChunkQueue::GiveUp() {
  const std::scoped_lock lock(mutex_);
  is_given_up_ = true;
  changed_.notify_all();
}

CopyArranger::CopyArranger(CopyContext context, OnChunk on_chunk)
    : context_(std::move(context)), on_chunk_(std::move(on_chunk)) {}

std::uint8_t CopyArranger::FieldIndex(std::string_view name) {
  const auto found = std::ranges::find(fields_, name);
  if (found == fields_.end()) {
    if (fields_.size() >= kFieldNamesMax) {
      return 0;
    }
    fields_.emplace_back(name);
    return static_cast<std::uint8_t>(fields_.size() - 1);
  }
  return static_cast<std::uint8_t>(found - fields_.begin());
}

CopyArranger::Judged CopyArranger::JudgeItems(const exchange::RecordCopyRow& row) const {
  const auto& kinds = context_.layouts->kinds();
  const auto kind = std::ranges::find(kinds, row.kind, &rules::RecordKind::code);
  if (kind == kinds.end()) {
    return {CopyOutcome::kLayoutNotAccepted, "kind"};
  }
  const auto index = static_cast<std::uint32_t>(kind - kinds.begin());
  if (row.is_delete) {
    return {CopyOutcome::kApplied, {}, index};
  }
  const rules::RecordLayout* layout = kind->Layout(row.layout_version);
  if (layout == nullptr || !layout->IsAcceptedOn(context_.today)) {
    return {CopyOutcome::kLayoutNotAccepted, "layout_version"};
  }
  if (row.items.size() != layout->items.size()) {
    return {CopyOutcome::kBadItem, "count_of_items"};
  }
  for (std::size_t i = 0; i < row.items.size(); ++i) {
    const rules::RecordItem& item = layout->items[i];
    const bool may_hold_number =
        item.type == rules::ItemType::kText || item.type == rules::ItemType::kCode;
    if (!rules::IsGoodItem(item, row.items[i]) ||
        (may_hold_number && exchange::HoldsIndividualNumber(row.items[i]))) {
      return {CopyOutcome::kBadItem, item.name};
    }
  }
  return {CopyOutcome::kApplied, {}, index};
}

CopyArranger::Judged CopyArranger::Judge(const exchange::RecordCopyRow& row) const {
  if (!row.fault_field.empty()) {
    return {CopyOutcome::kBadFormat, row.fault_field};
  }
  if (row.number == 0 || row.number > context_.last_number || row.branch != kIssuedBranch) {
    return {CopyOutcome::kUnknownInsured, {}};
  }
  if (row.number < number_) {
    return {CopyOutcome::kOutOfOrder, {}};
  }
  // A deletion is taken for a stopped link too: it is how a wrong copy goes away.
  if (!row.is_delete && std::ranges::binary_search(context_.stopped, row.number)) {
    return {CopyOutcome::kStopped, {}};
  }
  if (row.number == number_ && chunk_.entries.size() - person_begin_ >= kPersonRowsMax) {
    return {CopyOutcome::kBadFormat, "insured_number"};
  }
  return JudgeItems(row);
}

Result<void> CopyArranger::Take(std::uint64_t line, std::span<const std::string_view> fields) {
  const exchange::RecordCopyRow row = exchange::ReadRecordCopyRow(fields);
  const Judged judged = Judge(row);
  results_.push_back({static_cast<std::uint32_t>(line), judged.outcome, FieldIndex(judged.field)});
  if (judged.outcome != CopyOutcome::kApplied) {
    return Ok();
  }
  if (row.number != number_) {
    MUSUBI_CHECK_OK(EndPerson());
    number_ = row.number;
  }
  CopyEntry entry;
  entry.row = static_cast<std::uint32_t>(results_.size() - 1);
  entry.number = row.number;
  entry.valid_from = row.valid_from.packed();
  entry.valid_to = row.valid_to.packed();
  entry.layout = row.is_delete ? 0 : static_cast<std::uint32_t>(row.layout_version);
  entry.kind = judged.kind;
  entry.at = static_cast<std::uint32_t>(chunk_.text.size());
  entry.key_size = static_cast<std::uint32_t>(row.key.size());
  chunk_.text += row.key;
  exchange::AppendItems(row.items, chunk_.text);
  entry.items_size = static_cast<std::uint32_t>(chunk_.text.size() - entry.at - entry.key_size);
  chunk_.entries.push_back(entry);
  return Ok();
}

// Sorts the rows of one person and takes out what stands there twice.
Result<void> CopyArranger::EndPerson() {
  const auto key = [this](const CopyEntry& entry) {
    return std::tuple(
        std::string_view(context_.layouts->kinds()[entry.kind].code),
        chunk_.KeyOf(entry),
        entry.valid_from
    );
  };
  const auto less = [&key](const CopyEntry& a, const CopyEntry& b) { return key(a) < key(b); };
  const auto begin = chunk_.entries.begin() + static_cast<std::ptrdiff_t>(person_begin_);
  if (!std::is_sorted(begin, chunk_.entries.end(), less)) {
    std::sort(begin, chunk_.entries.end(), less);
  }
  auto kept = begin;
  for (auto at = begin; at != chunk_.entries.end();) {
    const auto same_end = std::find_if(at, chunk_.entries.end(), [&](const CopyEntry& entry) {
      return less(*at, entry);
    });
    if (same_end - at == 1) {
      *kept++ = *at;
    } else {
      for (auto twice = at; twice != same_end; ++twice) {
        results_[twice->row].outcome = CopyOutcome::kDuplicateInPackage;
      }
    }
    at = same_end;
  }
  chunk_.entries.erase(kept, chunk_.entries.end());
  person_begin_ = chunk_.entries.size();
  return chunk_.text.size() < kChunkTextSize ? Ok() : HandOver();
}

Result<void> CopyArranger::HandOver() {
  CopyChunk full;
  std::swap(full, chunk_);
  chunk_.text.reserve(kChunkTextSize + (kChunkTextSize >> 3U));
  chunk_.entries.reserve(full.entries.size() + 16);
  person_begin_ = 0;
  return on_chunk_(std::move(full));
}

Result<void> CopyArranger::Finish() {
  MUSUBI_CHECK_OK(EndPerson());
  return chunk_.entries.empty() ? Ok() : HandOver();
}

}  // namespace musubi::hub
