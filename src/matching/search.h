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

// Buffers of one thread.
class Search {
 public:
  explicit Search(const text::Normaliser& normaliser, text::Rules allowed = kLenientRules)
      : comparer_(normaliser, allowed) {}

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

  Comparer comparer_;
  Deciding deciding_;
  std::vector<std::uint32_t> seen_;
  ResidentView nearest_;
  Fit nearest_fit_;
};

}  // namespace musubi::matching
