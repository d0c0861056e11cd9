// A compact table of residents with the chains by which candidates are found.
//
// Keys are the Normaliser's fast keys cut to 32 bits, with the birth date; equal keys are only a
// reason to compare. Key 0 means "no key" (blank, or a lost gaiji). A former surname gives a
// resident a second pair of keys. Built by one thread at a time (Append by batch, then Link), read
// by many.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "matching/matcher.h"
#include "text/residents.h"

namespace musubi::matching {

[[nodiscard]] constexpr std::uint64_t MixKey(std::uint64_t value) {
  value ^= value >> 32U;
  value *= 0xd6e8feb86659fd93U;
  value ^= value >> 29U;
  value *= 0x9e3779b97f4a7c15U;
  return value ^ (value >> 32U);
}

struct PersonKeys {
  std::uint32_t name = 0;
  std::uint32_t kana = 0;
  std::uint32_t birth = 0;

  [[nodiscard]] bool IsAny() const { return name != 0 || kana != 0; }

  friend bool operator==(const PersonKeys&, const PersonKeys&) = default;
};

[[nodiscard]] PersonKeys KeysOf(
    std::string_view name,
    std::string_view kana,
    Date birth_date,
    const text::Normaliser& normaliser
);
// Of the former surname with the given name; both 0 where there is none.
[[nodiscard]] PersonKeys FormerKeysOf(
    const text::ResidentRow& row, const text::Normaliser& normaliser
);

// What a candidate must share with the person. kBirthOnly: those without a name key, who would
// otherwise be found by nobody; kBirthNoKana: those without a kana key.
enum class KeyKind : std::uint8_t {
  kBirthName,
  kBirthKana,
  kBirthOnly,
  kBirthNoKana,
  kNameKana,
  kName,
  kKana,
  kCount
};

inline constexpr std::size_t kKeyKindCount = static_cast<std::size_t>(KeyKind::kCount);

[[nodiscard]] inline std::uint64_t HashIf(
    bool is_there, KeyKind kind, std::uint32_t a, std::uint32_t b
) {
  const std::uint64_t both = std::uint64_t{a} << 32U | b;
  const std::uint64_t hash = MixKey(both + (static_cast<std::uint64_t>(kind) << 61U));
  return !is_there ? 0 : hash == 0 ? 1 : hash;
}

// Under which hash a resident is kept; 0: under none.
[[nodiscard]] inline std::uint64_t HashKept(KeyKind kind, const PersonKeys& keys) {
  switch (kind) {
    case KeyKind::kBirthName:
      return HashIf(keys.name != 0, kind, keys.birth, keys.name);
    case KeyKind::kBirthKana:
      return HashIf(keys.kana != 0, kind, keys.birth, keys.kana);
    case KeyKind::kBirthOnly:
      return HashIf(keys.name == 0, kind, keys.birth, 0);
    case KeyKind::kBirthNoKana:
      return HashIf(keys.kana == 0, kind, keys.birth, 0);
    case KeyKind::kNameKana:
      return HashIf(keys.name != 0 && keys.kana != 0, kind, keys.name, keys.kana);
    case KeyKind::kName:
      return HashIf(keys.name != 0, kind, keys.name, 0);
    case KeyKind::kKana:
      return HashIf(keys.kana != 0, kind, keys.kana, 0);
    case KeyKind::kCount:
      break;
  }
  return 0;
}

// Under which hash a person asks; 0: does not.
[[nodiscard]] inline std::uint64_t HashAsked(KeyKind kind, const PersonKeys& keys) {
  if (kind == KeyKind::kBirthOnly) {
    return HashIf(true, kind, keys.birth, 0);
  }
  // Whoever has a name key finds those without kana by it.
  if (kind == KeyKind::kBirthNoKana) {
    return HashIf(keys.name == 0, kind, keys.birth, 0);
  }
  return HashKept(kind, keys);
}

// Texts and facts of some residents, made by one thread.
class ResidentPiece {
 public:
  // Texts of more than 64 kB are refused.
  [[nodiscard]] Result<void> Add(
      const text::ResidentRow& row, const PersonKeys& keys, const PersonKeys& former
  );

 private:
  friend class ResidentTable;

  struct Entry {
    std::uint64_t code = 0;
    std::uint64_t number = 0;
    const char* text = nullptr;  // name, kana, address, former surname, its kana, end to end
    PersonKeys keys;
    std::array<std::uint16_t, 5> sizes{};
    std::uint8_t sex_and_status = 0;
  };

  // What few residents have, by entry.
  struct Former {
    std::uint32_t entry = 0;
    PersonKeys keys;
  };

  struct Superseded {
    std::uint32_t entry = 0;
    std::uint64_t number = 0;
  };

  char* Allocate(std::size_t size);

  std::vector<Entry> entries_;
  std::vector<Former> formers_;
  std::vector<Superseded> superseded_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_left_ = 0;
  char* block_at_ = nullptr;
};

// Some 200 bytes a resident with all keys linked, texts included.
class ResidentTable {
 public:
  void Append(ResidentPiece piece);
  // Buckets of the kinds asked for; `with_numbers` also finds by number.
  void Link(std::span<const KeyKind> kinds, bool with_numbers, unsigned threads);

  [[nodiscard]] std::uint64_t size() const { return size_; }

  [[nodiscard]] ResidentView ViewOf(std::uint32_t entry) const;
  // A number that is one resident's and another's old one is the present holder's.
  [[nodiscard]] bool FindByNumber(std::uint64_t number, ResidentView& out, bool& is_superseded)
      const;

  // Calls on(entry) for every resident that shares the key; one may come twice.
  template <typename OnEntry>
  void ForEach(KeyKind kind, const PersonKeys& keys, const OnEntry& on) const {
    const Buckets& buckets = buckets_[static_cast<std::size_t>(kind)];
    const std::uint64_t hash = HashAsked(kind, keys);
    if (hash == 0 || buckets.places.empty()) {
      return;
    }
    const std::size_t bucket = hash & buckets.mask;
    const std::uint32_t end = buckets.ends[bucket + 1];
    for (std::uint32_t i = buckets.ends[bucket]; i < end; ++i) {
      PrefetchNamesakes(buckets, i, end);
      const std::uint32_t place = buckets.places[i];
      if (HashKept(kind, KeysAt(place)) == hash) {
        on(EntryAt(place));
      }
    }
  }

  // Looking up is waiting for memory: asked for ahead of time, first the bucket, later (when it
  // has come) the first resident in it.
  void PrefetchBucket(KeyKind kind, const PersonKeys& keys) const;
  void PrefetchEntry(KeyKind kind, const PersonKeys& keys) const;

 private:
  using Entry = ResidentPiece::Entry;

  // Residents in segments: they never move, and no memory is held twice while they come in.
  static constexpr unsigned kSegmentBits = 14;
  static constexpr std::size_t kSegmentSize = std::size_t{1} << kSegmentBits;

  // A place is an entry, or with this bit a former key. It stays good when the table grows.
  static constexpr std::uint32_t kFormerBit = 1U << 31U;

  // Places by bucket, end to end; bucket b is what lies between ends[b] and ends[b + 1].
  struct Buckets {
    std::uint64_t mask = 0;
    std::vector<std::uint32_t> ends;
    std::vector<std::uint32_t> places;
  };

  [[nodiscard]] const Entry& At(std::uint32_t entry) const {
    return segments_[entry >> kSegmentBits][entry & (kSegmentSize - 1)];
  }

  [[nodiscard]] std::uint32_t EntryAt(std::uint32_t place) const {
    return (place & kFormerBit) == 0 ? place : formers_[place & ~kFormerBit].entry;
  }

  [[nodiscard]] const PersonKeys& KeysAt(std::uint32_t place) const {
    return (place & kFormerBit) == 0 ? At(place).keys : formers_[place & ~kFormerBit].keys;
  }

  // By the order of linking: entries, then former keys.
  [[nodiscard]] std::uint32_t PlaceOf(std::size_t i) const {
    return static_cast<std::uint32_t>(i < size_ ? i : (i - size_) | kFormerBit);
  }

  // Of a common name there are thousands: the entries and texts of those to come, ahead of time.
  void PrefetchNamesakes(const Buckets& buckets, std::uint32_t i, std::uint32_t end) const {
    constexpr std::uint32_t kEntryAhead = 16;
    constexpr std::uint32_t kTextAhead = 8;
    if (i + kEntryAhead < end) {
      const std::uint32_t far = EntryAt(buckets.places[i + kEntryAhead]);
      __builtin_prefetch(&At(far));
      const Entry& near = At(EntryAt(buckets.places[i + kTextAhead]));
      __builtin_prefetch(near.text + near.sizes[0] + near.sizes[1]);
    }
  }

  // 0: not linked under this kind.
  [[nodiscard]] std::uint64_t HashAt(KeyKind kind, std::uint32_t place) const;
  template <typename OnPlace>
  void ForEachPlace(KeyKind kind, Buckets& buckets, const OnPlace& on) const;
  void LinkOne(KeyKind kind);
  void LinkNumbers();

  std::vector<std::unique_ptr<Entry[]>> segments_;
  std::uint64_t size_ = 0;
  std::vector<ResidentPiece::Former> formers_;
  std::vector<ResidentPiece::Superseded> superseded_;  // by number, once linked
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::array<Buckets, kKeyKindCount> buckets_;
  std::vector<std::uint32_t> numbers_;  // open addressing: 0, or entry + 1
};

}  // namespace musubi::matching
