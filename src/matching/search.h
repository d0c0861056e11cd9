// 照会 (search): a person's candidates, nearest keys first, and the decision about them.
//
// Steps, each only when the one before has found nobody who fits but for one attribute at most:
//   kBirth     residents born that day with the name or the kana
//   kNameKana  mis-dated: the same name and kana
//   kEither    the same name or the same kana alone
#pragma once

#include "matching/deciding.h"
#include "matching/resident_table.h"

namespace musubi::matching {

enum class SearchStep : std::uint8_t { kBirth, kNameKana, kEither };

[[nodiscard]] std::span<const KeyKind> KindsOf(SearchStep step);
// Every step's.
[[nodiscard]] std::span<const KeyKind> AllKinds();

// An address to compare by its key, which is made once and only when somebody asks for it.
class LazyAddressKey {
 public:
  LazyAddressKey(std::string_view address, const text::Normaliser& normaliser)
      : address_(address), normaliser_(normaliser) {}

  [[nodiscard]] std::uint64_t Get() {
    if (!is_made_) {
      key_ = address_.empty() ? 0 : normaliser_.AddressKey(address_);
      is_made_ = true;
    }
    return key_;
  }

 private:
  std::string_view address_;
  const text::Normaliser& normaliser_;
  std::uint64_t key_ = 0;
  bool is_made_ = false;
};

// What a person asks by a key without the birth date. Namesakes are many, and comparing them all in
// full would take longer than everything else: only somebody born near that day or living there can
// be a lead (IsLead), and both are cheap to see.
class WeakAsk {
 public:
  WeakAsk(SearchStep step, const PersonKeys& keys, const Attributes& person);

  // May say yes wrongly, never no.
  [[nodiscard]] bool MayFind(
      const Attributes& found, std::uint64_t asked_address, LazyAddressKey& found_address
  ) const;

 private:
  Date birth_date_;
  text::Sex sex_;
  bool is_sex_asked_;
};

// Buffers of one thread.
class Search {
 public:
  explicit Search(const text::Normaliser& normaliser, text::Rules allowed = kLenientRules)
      : normaliser_(normaliser), comparer_(normaliser, allowed) {}

  // Steps up to `last`. `is_final`: a later step would not change the decision.
  [[nodiscard]] Decision Run(
      const ResidentTable& table,
      const Attributes& person,
      const PersonKeys& keys,
      SearchStep last,
      Explain explain,
      bool& is_final
  );

 private:
  void TakeStep(const ResidentTable& table, const PersonKeys& keys, SearchStep step);
  void Take(const ResidentView& resident, std::uint32_t entry);

  const text::Normaliser& normaliser_;
  Comparer comparer_;
  Deciding deciding_;
  std::vector<std::uint32_t> seen_;
  ResidentView nearest_;
  Fit nearest_fit_;
};

}  // namespace musubi::matching
