// Normal forms of names, kana and addresses: what makes two spellings comparable.
//
// Two layers, strictly apart:
//   lossless  the same writing in another notation (width, spaces, 丁目 against hyphens): two texts of
//             one lossless form are the same text. Only this layer may decide that people agree.
//   lenient   on top of it, each rule with a name (kanji variants, lost gaiji, building left out ...):
//             a lead for a person, or let pass by a rule set under somebody's approval. Never silent:
//             the rules that changed a text are told.
// Idempotent: the form of a form is itself and fires no rule. Variation selectors are removed from
// forms, never from what is stored.
//
// A Normaliser is immutable after Make and shared by threads; `out` buffers are reused, so that
// millions of calls allocate nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace musubi::text {

// Each rule is a bit of Rules; names ("width", "kanji-variant") by RuleName, in docs/formats/rules.md.
enum class Rule : std::uint8_t {
  // lossless
  kWidth,            // full-width and half-width letters, digits, kana
  kSpace,            // spaces between and around
  kCompatibility,    // Unicode compatibility forms, where safe
  kHyphen,           // hyphen and dash look-alikes
  kBlockNumber,      // 丁目・番・番地・号・の against hyphens
  kKanjiNumeral,     // kanji numerals in block numbers
  kSmallKe,          // ヶ ケ が ヵ in place names
  kParticleNo,       // ノ 之 の in place names
  kPrefecture,       // prefecture left out, municipality unique
  kVariationSelector,
  // lenient
  kKanjiVariant,
  kLostGaiji,        // ● ■ ? 〓 as one unknown character
  kSmallKana,
  kLongVowel,
  kVoicing,
  kBuilding,         // building left out
  kOaza,             // 大字, 字 left out
  kFormerSurname,
  kMiddleDot,        // middle dot, hyphen or space inside Latin or katakana names
  kLatinCase,
  kFormerMunicipality,
  kCount
};

using Rules = std::uint32_t;

[[nodiscard]] constexpr Rules RuleBit(Rule rule) { return Rules{1} << static_cast<unsigned>(rule); }

inline constexpr Rules kLosslessRules = RuleBit(Rule::kKanjiVariant) - 1;

[[nodiscard]] std::string_view RuleName(Rule rule);
// "kanji-variant lost-gaiji": names of the bits, in order, separated by spaces.
[[nodiscard]] std::string RuleNames(Rules rules);

enum class Layer : std::uint8_t { kLossless, kLenient };

struct NormalForm {
  std::string text;
  Rules rules = 0;  // what changed the text on the way to this form

  void Clear() {
    text.clear();
    rules = 0;
  }
};

// U+25CF stands for any one character in a lenient name form (a lost gaiji).
inline constexpr char32_t kUnknownCharacter = U'\u25cf';

class Normaliser {
 public:
  // With the tables built into the program, or kanji variants (layout of data/kanji_variants.tsv)
  // and a gazetteer of the user's own.
  [[nodiscard]] static Result<std::unique_ptr<Normaliser>> Make();
  [[nodiscard]] static Result<std::unique_ptr<Normaliser>> Make(
      std::string_view kanji_variants_tsv, std::string_view municipalities_tsv
  );
  ~Normaliser();

  void Name(std::string_view text, Layer layer, NormalForm& out) const;
  void Kana(std::string_view text, Layer layer, NormalForm& out) const;
  void Address(std::string_view text, Layer layer, NormalForm& out) const;

  // Do two lenient name forms fit when an unknown character stands for exactly one other?
  [[nodiscard]] static bool NamesFit(std::string_view a, std::string_view b);

  // Fast keys for candidate search only: equal for any two texts whose lenient forms are equal (and
  // sometimes for others). A lenient name with a lost gaiji has no key of its own: 0.
  [[nodiscard]] std::uint64_t NameKey(std::string_view text) const;
  [[nodiscard]] std::uint64_t KanaKey(std::string_view text) const;
  // 0 where nothing is written.
  [[nodiscard]] std::uint64_t AddressKey(std::string_view text) const;

 private:
  struct Tables;

  explicit Normaliser(std::unique_ptr<Tables> tables);

  std::unique_ptr<Tables> tables_;
};

}  // namespace musubi::text
