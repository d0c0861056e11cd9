#include "text/normal_form.h"

#include <algorithm>
#include <array>

#include "text/address_form.h"
#include "text/built_in_tables.h"
#include "text/gazetteer.h"
#include "text/kana_form.h"
#include "text/kanji_variants.h"
#include "text/name_form.h"
#include "text/normal_form_characters.h"
#include "text/utf8.h"

namespace musubi::text {

namespace {

constexpr auto kRuleCount = static_cast<std::size_t>(Rule::kCount);

constexpr std::array<std::string_view, kRuleCount> kRuleNames = {
    "width",
    "space",
    "compatibility",
    "hyphen",
    "block-number",
    "kanji-numeral",
    "small-ke",
    "particle-no",
    "prefecture",
    "variation-selector",
    "kanji-variant",
    "lost-gaiji",
    "small-kana",
    "long-vowel",
    "voicing",
    "building",
    "oaza",
    "former-surname",
    "middle-dot",
    "latin-case",
    "former-municipality"
};

// Steps can open the way for each other (a building cut off leaves a bare block number), so they
// are repeated until nothing changes. Every fuzz target checks that this bound is enough.
constexpr int kRoundsMax = 16;

// Of such characters alone a lenient form is its own lenient form: they are nothing that notation
// changes, they are folded, and no rule looks at two of them. Saves most names the second round.
bool IsUnifiedKanji(char32_t c) {
  return c >= 0x4e00 && c <= 0x9fff;
}

// The same of kana: what one pass leaves is large, without voice and without long vowels.
bool IsBareKatakana(char32_t c) {
  return c >= 0x30a1 && c <= 0x30fa;
}

}  // namespace

struct Normaliser::Tables {
  KanjiVariants variants;
  Gazetteer gazetteer;

  void Name(std::string_view text, Layer layer, FormScratch& scratch, Rules& rules) const;
  void Kana(std::string_view text, Layer layer, FormScratch& scratch, Rules& rules) const;
  void Address(std::string_view text, Layer layer, FormScratch& scratch, Rules& rules) const;

 private:
  void SettleAddress(FormScratch& scratch, AddressParts& parts, Rules& rules) const;
};

std::string_view RuleName(Rule rule) {
  const auto at = static_cast<std::size_t>(rule);
  return at < kRuleCount ? kRuleNames[at] : std::string_view();
}

std::string RuleNames(Rules rules) {
  std::string names;
  for (std::size_t i = 0; i < kRuleCount; ++i) {
    if ((rules & RuleBit(static_cast<Rule>(i))) != 0) {
      names += names.empty() ? "" : " ";
      names += kRuleNames[i];
    }
  }
  return names;
}

void Normaliser::Tables::Name(
    std::string_view text, Layer layer, FormScratch& scratch, Rules& rules
) const {
  ReadNotation(text, Field::kName, scratch.form, rules);
  for (int round = 0; layer == Layer::kLenient && round < kRoundsMax; ++round) {
    LoosenName(scratch.form, variants, scratch.next, rules);
    if (scratch.next == scratch.form) {
      return;
    }
    if (std::ranges::all_of(scratch.next, IsUnifiedKanji)) {
      scratch.form.swap(scratch.next);
      return;
    }
    ReadNotation(std::u32string_view(scratch.next), Field::kName, scratch.form, rules);
  }
}

void Normaliser::Tables::Kana(
    std::string_view text, Layer layer, FormScratch& scratch, Rules& rules
) const {
  ReadNotation(text, Field::kKana, scratch.form, rules);
  for (int round = 0; layer == Layer::kLenient && round < kRoundsMax; ++round) {
    LoosenKana(scratch.form, scratch.next, rules);
    if (scratch.next == scratch.form) {
      return;
    }
    if (std::ranges::all_of(scratch.next, IsBareKatakana)) {
      scratch.form.swap(scratch.next);
      return;
    }
    ReadNotation(std::u32string_view(scratch.next), Field::kKana, scratch.form, rules);
  }
}

// scratch.form to the lossless form of itself.
void Normaliser::Tables::SettleAddress(FormScratch& scratch, AddressParts& parts, Rules& rules)
    const {
  for (int round = 0; round < kRoundsMax; ++round) {
    CanonicalAddress(scratch.form, gazetteer, variants, scratch.next, parts, rules);
    if (scratch.next == scratch.form) {
      return;
    }
    ReadNotation(std::u32string_view(scratch.next), Field::kAddress, scratch.form, rules);
  }
}

void Normaliser::Tables::Address(
    std::string_view text, Layer layer, FormScratch& scratch, Rules& rules
) const {
  AddressParts parts;
  ReadNotation(text, Field::kAddress, scratch.form, rules);
  SettleAddress(scratch, parts, rules);
  for (int round = 0; layer == Layer::kLenient && round < kRoundsMax; ++round) {
    LoosenAddress(scratch.form, parts, gazetteer, variants, scratch.next, rules);
    if (scratch.next == scratch.form) {
      return;
    }
    ReadNotation(std::u32string_view(scratch.next), Field::kAddress, scratch.form, rules);
    SettleAddress(scratch, parts, rules);
  }
}

Normaliser::Normaliser(std::unique_ptr<Tables> tables) : tables_(std::move(tables)) {}

Normaliser::~Normaliser() = default;

Result<std::unique_ptr<Normaliser>> Normaliser::Make() {
  return Make(BuiltInKanjiVariants(), BuiltInMunicipalities());
}

Result<std::unique_ptr<Normaliser>> Normaliser::Make(
    std::string_view kanji_variants_tsv, std::string_view municipalities_tsv
) {
  MUSUBI_TRY(KanjiVariants variants, KanjiVariants::Make(kanji_variants_tsv));
  MUSUBI_TRY(Gazetteer gazetteer, Gazetteer::Make(municipalities_tsv, variants));
  auto tables = std::make_unique<Tables>(std::move(variants), std::move(gazetteer));
  return std::unique_ptr<Normaliser>(new Normaliser(std::move(tables)));
}

void Normaliser::Name(std::string_view text, Layer layer, NormalForm& out) const {
  FormScratch& scratch = FormScratch::OfThread();
  out.rules = 0;
  tables_->Name(text, layer, scratch, out.rules);
  WriteForm(scratch.form, out.text);
}

void Normaliser::Kana(std::string_view text, Layer layer, NormalForm& out) const {
  FormScratch& scratch = FormScratch::OfThread();
  out.rules = 0;
  tables_->Kana(text, layer, scratch, out.rules);
  WriteForm(scratch.form, out.text);
}

void Normaliser::Address(std::string_view text, Layer layer, NormalForm& out) const {
  FormScratch& scratch = FormScratch::OfThread();
  out.rules = 0;
  tables_->Address(text, layer, scratch, out.rules);
  WriteForm(scratch.form, out.text);
}

bool Normaliser::NamesFit(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const char32_t in_a = TakeCodePoint(a);
    const char32_t in_b = TakeCodePoint(b);
    if (in_a != in_b && in_a != kUnknownCharacter && in_b != kUnknownCharacter) {
      return false;
    }
  }
  return a.empty() && b.empty();
}

std::uint64_t Normaliser::NameKey(std::string_view text) const {
  FormScratch& scratch = FormScratch::OfThread();
  Rules rules = 0;
  tables_->Name(text, Layer::kLenient, scratch, rules);
  const bool has_lost = scratch.form.find(kUnknownCharacter) != std::u32string::npos;
  return has_lost ? 0 : HashForm(scratch.form);
}

std::uint64_t Normaliser::KanaKey(std::string_view text) const {
  FormScratch& scratch = FormScratch::OfThread();
  Rules rules = 0;
  tables_->Kana(text, Layer::kLenient, scratch, rules);
  MergeForKey(scratch.form);
  return HashForm(scratch.form);
}

std::uint64_t Normaliser::AddressKey(std::string_view text) const {
  FormScratch& scratch = FormScratch::OfThread();
  Rules rules = 0;
  tables_->Address(text, Layer::kLenient, scratch, rules);
  return scratch.form.empty() ? 0 : HashForm(scratch.form);
}

}  // namespace musubi::text
