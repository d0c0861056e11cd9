// A compact table of residents with the chains by which candidates are found.
//
// Keys are the Normaliser's fast keys cut to 32 bits, with the birth date; equal keys are only a
// reason to compare. Key 0 means "no key" (blank, or a lost gaiji). A former surname gives a
// resident a second pair of keys. Built once (Append by batch, then Link), read by many threads.
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
    std::uint64_t superseded = 0;
    const char* text = nullptr;  // name, kana, address, former surname, its kana, end to end
    PersonKeys keys;
    std::array<std::uint16_t, 5> sizes{};
    std::uint8_t sex_and_status = 0;
  };

  struct Former {
    std::uint32_t entry = 0;
    PersonKeys keys;
  };

  char* Allocate(std::size_t size);

  std::vector<Entry> entries_;
  std::vector<Former> formers_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_left_ = 0;
  char* block_at_ = nullptr;
};

class ResidentTable {
 public:
  void Reserve(std::size_t count) { entries_.reserve(count); }

  void Append(ResidentPiece piece);
  // Chains of the kinds asked for; `with_numbers` also finds by number.
  void Link(std::span<const KeyKind> kinds, bool with_numbers, unsigned threads);

  [[nodiscard]] std::uint64_t size() const { return entries_.size(); }

  [[nodiscard]] ResidentView ViewOf(std::uint32_t entry) const;
  [[nodiscard]] bool FindByNumber(std::uint64_t number, ResidentView& out, bool& is_superseded)
      const;

  // Calls on(entry) for every resident that shares the key; one may come twice.
  template <typename OnEntry>
  void ForEach(KeyKind kind, const PersonKeys& keys, const OnEntry& on) const {
    const Chain& chain = chains_[static_cast<std::size_t>(kind)];
    const std::uint64_t hash = HashAsked(kind, keys);
    if (hash == 0 || chain.heads.empty()) {
      return;
    }
    for (std::uint32_t at = chain.heads[hash & chain.mask]; at != 0; at = chain.next[at - 1]) {
      if (HashKept(kind, KeysAt(at - 1)) == hash) {
        on(EntryAt(at - 1));
      }
    }
  }

  void Prefetch(KeyKind kind, const PersonKeys& keys) const {
    const Chain& chain = chains_[static_cast<std::size_t>(kind)];
    if (!chain.heads.empty()) {
      __builtin_prefetch(&chain.heads[HashAsked(kind, keys) & chain.mask]);
    }
  }

 private:
  struct Chain {
    std::uint64_t mask = 0;
    std::vector<std::uint32_t> heads;  // 1 + place; 0: end
    std::vector<std::uint32_t> next;
  };

  [[nodiscard]] std::uint32_t EntryAt(std::uint32_t place) const {
    return place < entries_.size() ? place : formers_[place - entries_.size()].entry;
  }

  [[nodiscard]] const PersonKeys& KeysAt(std::uint32_t place) const {
    return place < entries_.size() ? entries_[place].keys : formers_[place - entries_.size()].keys;
  }

  void LinkOne(KeyKind kind);
  void LinkNumbers();

  std::vector<ResidentPiece::Entry> entries_;
  std::vector<ResidentPiece::Former> formers_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::array<Chain, kKeyKindCount> chains_;
  std::vector<std::uint32_t> numbers_;  // open addressing: 0, or entry * 2 + is superseded + 1
};

}  // namespace musubi::matching
