#include "matching/resident_table.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <thread>

#include "matching/comparison.h"

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
  entry.superseded = DigitsOf(row.superseded_number);
  entry.keys = keys;
  entry.sex_and_status = static_cast<std::uint8_t>(
      static_cast<unsigned>(row.sex) | static_cast<unsigned>(row.status) << 4U
  );
  if (former.name != 0 || former.kana != 0) {
    formers_.push_back({static_cast<std::uint32_t>(entries_.size()), former});
  }
  entries_.push_back(entry);
  return Ok();
}

void ResidentTable::Append(ResidentPiece piece) {
  const auto base = static_cast<std::uint32_t>(entries_.size());
  entries_.insert(entries_.end(), piece.entries_.begin(), piece.entries_.end());
  for (ResidentPiece::Former former : piece.formers_) {
    former.entry += base;
    formers_.push_back(former);
  }
  std::ranges::move(piece.blocks_, std::back_inserter(blocks_));
}

void ResidentTable::LinkOne(KeyKind kind) {
  Chain& chain = chains_[static_cast<std::size_t>(kind)];
  const std::size_t place_count = entries_.size() + formers_.size();
  chain.heads.assign(std::bit_ceil(std::max<std::size_t>(1, place_count)), 0);
  chain.next.assign(place_count, 0);
  chain.mask = chain.heads.size() - 1;
  constexpr std::size_t kAhead = 16;
  for (std::size_t place = 0; place < place_count; ++place) {
    if (place + kAhead < place_count) {
      const auto ahead = static_cast<std::uint32_t>(place + kAhead);
      __builtin_prefetch(&chain.heads[HashKept(kind, KeysAt(ahead)) & chain.mask], 1);
    }
    const std::uint64_t hash = HashKept(kind, KeysAt(static_cast<std::uint32_t>(place)));
    // A former name without a key is no reason to be among those without one.
    const bool is_former = place >= entries_.size();
    const bool is_for_keyless = kind == KeyKind::kBirthOnly || kind == KeyKind::kBirthNoKana;
    if (hash == 0 || (is_former && is_for_keyless)) {
      continue;
    }
    std::uint32_t& head = chain.heads[hash & chain.mask];
    chain.next[place] = head;
    head = static_cast<std::uint32_t>(place + 1);
  }
}

void ResidentTable::LinkNumbers() {
  std::size_t count = entries_.size();
  for (const auto& entry : entries_) {
    count += entry.superseded != 0 ? 1 : 0;
  }
  numbers_.assign(std::bit_ceil(count + count / 2 + 1), 0);
  const std::size_t mask = numbers_.size() - 1;
  const auto put = [&](std::uint64_t number, std::uint32_t value) {
    std::size_t at = MixKey(number) & mask;
    while (numbers_[at] != 0) {
      at = (at + 1) & mask;
    }
    numbers_[at] = value;
  };
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    put(entries_[i].number, i * 2 + 1);
    if (entries_[i].superseded != 0) {
      put(entries_[i].superseded, i * 2 + 2);
    }
  }
}

void ResidentTable::Link(std::span<const KeyKind> kinds, bool with_numbers, unsigned threads) {
  std::atomic<std::size_t> next_kind{0};
  const auto work = [&] {
    for (std::size_t i = next_kind++; i < kinds.size() + 1; i = next_kind++) {
      if (i < kinds.size()) {
        LinkOne(kinds[i]);
      } else if (with_numbers) {
        LinkNumbers();
      }
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < threads; ++i) {
    helpers.emplace_back(work);
  }
  work();
}

ResidentView ResidentTable::ViewOf(std::uint32_t place) const {
  const ResidentPiece::Entry& entry = entries_[place];
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
    const std::uint32_t value = numbers_[at] - 1;
    const ResidentPiece::Entry& entry = entries_[value / 2];
    is_superseded = value % 2 != 0;
    if ((is_superseded ? entry.superseded : entry.number) == number) {
      out = ViewOf(value / 2);
      return true;
    }
  }
  return false;
}

}  // namespace musubi::matching
