#include "matching/resident_table.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <numeric>

#include "matching/comparison.h"
#include "matching/parallel.h"

namespace musubi::matching {

namespace {

constexpr std::size_t kBlockSize = std::size_t{1} << 18U;

std::uint32_t Cut(std::uint64_t key) {
  if (key == 0) {
    return 0;
  }
  const auto cut = static_cast<std::uint32_t>(MixKey(key) >> 32U);
  return cut == 0 ? 1 : cut;
}

std::uint64_t DigitsOf(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

}  // namespace

PersonKeys KeysOf(
    std::string_view name,
    std::string_view kana,
    Date birth_date,
    const text::Normaliser& normaliser
) {
  return {
      name.empty() ? 0 : Cut(normaliser.NameKey(name)),
      kana.empty() ? 0 : Cut(normaliser.KanaKey(kana)),
      birth_date.packed()
  };
}

PersonKeys FormerKeysOf(const text::ResidentRow& row, const text::Normaliser& normaliser) {
  if (row.former_surname.empty() && row.former_surname_kana.empty()) {
    return {};
  }
  std::string name;
  std::string kana;
  MakeFormerName(row.former_surname, row.name, name);
  MakeFormerName(row.former_surname_kana, row.kana, kana);
  return KeysOf(name, kana, row.birth_date, normaliser);
}

char* ResidentPiece::Allocate(std::size_t size) {
  if (size > block_left_) {
    block_left_ = std::max(kBlockSize, size);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_left_));
    block_at_ = blocks_.back().get();
  }
  char* const at = block_at_;
  block_at_ += size;
  block_left_ -= size;
  return at;
}

Result<void> ResidentPiece::Add(
    const text::ResidentRow& row, const PersonKeys& keys, const PersonKeys& former
) {
  const std::array texts{
      row.name, row.kana, row.address, row.former_surname, row.former_surname_kana
  };
  Entry entry;
  std::size_t size = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].size() > UINT16_MAX) {
      return Error{ErrorCode::kInvalid, "a field is too long", "line " + std::to_string(row.line)};
    }
    entry.sizes[i] = static_cast<std::uint16_t>(texts[i].size());
    size += texts[i].size();
  }
  char* at = Allocate(size);
  entry.text = at;
  for (const std::string_view text : texts) {
    at = std::copy(text.begin(), text.end(), at);
  }
  entry.code = DigitsOf(row.resident_record_code);
  entry.number = DigitsOf(row.individual_number);
  entry.keys = keys;
  entry.sex_and_status = static_cast<std::uint8_t>(
      static_cast<unsigned>(row.sex) | static_cast<unsigned>(row.status) << 4U
  );
  const auto at_entry = static_cast<std::uint32_t>(entries_.size());
  if (former.IsAny()) {
    formers_.push_back({at_entry, former});
  }
  if (!row.superseded_number.empty()) {
    superseded_.push_back({at_entry, DigitsOf(row.superseded_number)});
  }
  entries_.push_back(entry);
  return Ok();
}

void ResidentTable::Append(ResidentPiece piece) {
  const auto base = static_cast<std::uint32_t>(size_);
  std::span<const Entry> left(piece.entries_);
  while (!left.empty()) {
    const std::size_t at = size_ & (kSegmentSize - 1);
    if (at == 0) {
      segments_.push_back(std::make_unique_for_overwrite<Entry[]>(kSegmentSize));
    }
    const auto now = left.first(std::min(left.size(), kSegmentSize - at));
    std::ranges::copy(now, segments_.back().get() + at);
    size_ += now.size();
    left = left.subspan(now.size());
  }
  for (ResidentPiece::Former former : piece.formers_) {
    former.entry += base;
    formers_.push_back(former);
  }
  for (ResidentPiece::Superseded superseded : piece.superseded_) {
    superseded.entry += base;
    superseded_.push_back(superseded);
  }
  std::ranges::move(piece.blocks_, std::back_inserter(blocks_));
}

std::uint64_t ResidentTable::HashAt(KeyKind kind, std::uint32_t place) const {
  // A former name without a key is no reason to be among those without one.
  const bool is_for_keyless = kind == KeyKind::kBirthOnly || kind == KeyKind::kBirthNoKana;
  return is_for_keyless && (place & kFormerBit) != 0 ? 0 : HashKept(kind, KeysAt(place));
}

// Calls on(place, end of its bucket) for every place of the kind. Hashes run ahead of their use, so
// that the bucket's memory is there when it is needed.
template <typename OnPlace>
void ResidentTable::ForEachPlace(KeyKind kind, Buckets& buckets, const OnPlace& on) const {
  constexpr std::size_t kAhead = 16;
  std::array<std::uint64_t, kAhead> hashes{};
  const std::size_t count = size_ + formers_.size();
  for (std::size_t i = 0; i < count + kAhead; ++i) {
    std::uint64_t& hash = hashes[i % kAhead];
    if (i >= kAhead && hash != 0) {
      on(PlaceOf(i - kAhead), buckets.ends[hash & buckets.mask]);
    }
    hash = i < count ? HashAt(kind, PlaceOf(i)) : 0;
    __builtin_prefetch(&buckets.ends[hash & buckets.mask], 1);
  }
}

// Counts what falls into each bucket, then lays the places out from the buckets' ends backwards.
void ResidentTable::LinkOne(KeyKind kind) {
  std::size_t member_count = size_ + formers_.size();
  if (kind == KeyKind::kBirthOnly || kind == KeyKind::kBirthNoKana) {  // nearly nobody
    member_count = 0;
    for (std::uint32_t entry = 0; entry < size_; ++entry) {
      member_count += HashAt(kind, entry) != 0 ? 1 : 0;
    }
  }
  Buckets& buckets = buckets_[static_cast<std::size_t>(kind)];
  const std::size_t bucket_count = std::bit_ceil(member_count / 2 + 1);
  buckets.mask = bucket_count - 1;
  buckets.ends.assign(bucket_count + 1, 0);
  ForEachPlace(kind, buckets, [](std::uint32_t, std::uint32_t& end) { ++end; });
  std::inclusive_scan(buckets.ends.begin(), buckets.ends.end(), buckets.ends.begin());
  buckets.places.resize(buckets.ends.back());
  ForEachPlace(kind, buckets, [&buckets](std::uint32_t place, std::uint32_t& end) {
    buckets.places[--end] = place;
  });
}

void ResidentTable::LinkNumbers() {
  numbers_.assign(std::bit_ceil(size_ + size_ / 2 + 1), 0);
  const std::size_t mask = numbers_.size() - 1;
  for (std::uint32_t entry = 0; entry < size_; ++entry) {
    std::size_t at = MixKey(At(entry).number) & mask;
    while (numbers_[at] != 0) {
      at = (at + 1) & mask;
    }
    numbers_[at] = entry + 1;
  }
  std::ranges::sort(superseded_, {}, [](const ResidentPiece::Superseded& one) {
    return std::pair(one.number, one.entry);
  });
}

void ResidentTable::PrefetchBucket(KeyKind kind, const PersonKeys& keys) const {
  const Buckets& buckets = buckets_[static_cast<std::size_t>(kind)];
  if (!buckets.places.empty()) {
    __builtin_prefetch(&buckets.ends[HashAsked(kind, keys) & buckets.mask]);
  }
}

void ResidentTable::PrefetchEntry(KeyKind kind, const PersonKeys& keys) const {
  const Buckets& buckets = buckets_[static_cast<std::size_t>(kind)];
  if (buckets.places.empty()) {
    return;
  }
  const std::uint32_t first = buckets.ends[HashAsked(kind, keys) & buckets.mask];
  if (first < buckets.places.size() && (buckets.places[first] & kFormerBit) == 0) {
    __builtin_prefetch(&At(buckets.places[first]));
  }
}

void ResidentTable::Link(std::span<const KeyKind> kinds, bool with_numbers, unsigned threads) {
  std::atomic<std::size_t> next_kind{0};
  RunOnThreads(threads, [&] {
    for (std::size_t i = next_kind++; i < kinds.size() + 1; i = next_kind++) {
      if (i < kinds.size()) {
        LinkOne(kinds[i]);
      } else if (with_numbers) {
        LinkNumbers();
      }
    }
  });
}

ResidentView ResidentTable::ViewOf(std::uint32_t at_entry) const {
  const Entry& entry = At(at_entry);
  const char* at = entry.text;
  const auto take = [&](std::size_t i) {
    const std::string_view text(at, entry.sizes[i]);
    at += entry.sizes[i];
    return text;
  };
  ResidentView view;
  view.resident_record_code = entry.code;
  view.individual_number = entry.number;
  view.attributes.name = take(0);
  view.attributes.kana = take(1);
  view.attributes.address = take(2);
  view.former_surname = take(3);
  view.former_surname_kana = take(4);
  view.attributes.birth_date = Date::FromPacked(entry.keys.birth);
  view.attributes.sex = static_cast<text::Sex>(entry.sex_and_status & 0xfU);
  view.status = static_cast<text::ResidentStatus>(entry.sex_and_status >> 4U);
  return view;
}

bool ResidentTable::FindByNumber(std::uint64_t number, ResidentView& out, bool& is_superseded)
    const {
  if (numbers_.empty() || number == 0) {
    return false;
  }
  const std::size_t mask = numbers_.size() - 1;
  for (std::size_t at = MixKey(number) & mask; numbers_[at] != 0; at = (at + 1) & mask) {
    if (At(numbers_[at] - 1).number == number) {
      out = ViewOf(numbers_[at] - 1);
      is_superseded = false;
      return true;
    }
  }
  const auto old =
      std::ranges::lower_bound(superseded_, number, {}, &ResidentPiece::Superseded::number);
  if (old == superseded_.end() || old->number != number) {
    return false;
  }
  out = ViewOf(old->entry);
  is_superseded = true;
  return true;
}

}  // namespace musubi::matching
