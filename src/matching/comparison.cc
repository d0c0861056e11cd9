#include "matching/comparison.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "text/normal_form_characters.h"
#include "text/utf8.h"

namespace musubi::matching {

namespace {

using text::Layer;
using text::Rules;

constexpr std::string_view kUnknownText = "\u25cf";  // text::kUnknownCharacter
constexpr std::string_view kWideSpace = "\u3000";
constexpr std::array kAllAttributes{
    Attribute::kName, Attribute::kKana, Attribute::kBirthDate, Attribute::kSex, Attribute::kAddress
};

constexpr std::size_t IndexOf(Attribute attribute) {
  return static_cast<std::size_t>(attribute);
}

std::chrono::sys_days DaysOf(Date date) {
  return std::chrono::year(date.year()) / std::chrono::month(date.month()) /
         std::chrono::day(date.day());
}

std::string_view TextOf(Attribute attribute, const Attributes& attributes) {
  switch (attribute) {
    case Attribute::kName:
      return attributes.name;
    case Attribute::kKana:
      return attributes.kana;
    default:
      return attributes.address;
  }
}

FitKind FitOfPlain(bool is_set, bool is_equal) {
  return is_set && is_equal ? FitKind::kLossless : FitKind::kDiffers;
}

std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
  }));
}

std::string_view TakeCharacter(std::string_view& text) {
  const std::string_view before = text;
  static_cast<void>(text::TakeCodePoint(text));
  return before.substr(0, before.size() - text.size());
}

// The next kana of a lossless form, small or large alike; 0 at the end.
char32_t TakeKana(std::string_view& form) {
  while (!form.empty()) {
    const char32_t kana = text::TakeCodePoint(form);
    if (kana != U'・' && kana != U'-') {
      return text::LargeKana(kana);
    }
  }
  return 0;
}

bool IsSameReading(std::string_view a, std::string_view b) {
  char32_t kana = 0;
  do {
    kana = TakeKana(a);
    if (kana != TakeKana(b)) {
      return false;
    }
  } while (kana != 0);
  return true;
}

std::string_view BuildingOf(const text::NormalForm& lossless, const text::NormalForm& lenient) {
  const std::string_view text = lossless.text;
  return text.starts_with(lenient.text) ? text.substr(lenient.text.size()) : text;
}

}  // namespace

AttributeSet Fit::Differs() const {
  AttributeSet set = 0;
  for (const Attribute attribute : kAllAttributes) {
    if (Of(attribute) == FitKind::kDiffers) {
      set |= BitOf(attribute);
    }
  }
  return set;
}

Rules Fit::NeededRules() const {
  Rules all = 0;
  for (const Rules one : rules) {
    all |= one;
  }
  return all;
}

bool Fit::IsLossless() const {
  return std::ranges::all_of(kinds, [](FitKind kind) {
    return kind == FitKind::kLossless || kind == FitKind::kNotAsked;
  });
}

unsigned Fit::FitCount() const {
  return static_cast<unsigned>(std::ranges::count_if(kAllAttributes, [this](Attribute attribute) {
    return Fits(attribute);
  }));
}

bool AreNearDates(Date a, Date b) {
  if (!a.is_set() || !b.is_set()) {
    return false;
  }
  constexpr int kDaysNear = 62;
  const int equal =
      int{a.year() == b.year()} + int{a.month() == b.month()} + int{a.day() == b.day()};
  const bool is_exchanged = a.year() == b.year() && a.month() == b.day() && a.day() == b.month();
  return equal >= 2 || is_exchanged || std::abs((DaysOf(a) - DaysOf(b)).count()) <= kDaysNear;
}

bool IsLead(const Fit& fit, Date asked, Date found) {
  constexpr unsigned kLeast = 3;
  const bool is_named = fit.Fits(Attribute::kName) || fit.Fits(Attribute::kKana);
  return fit.FitCount() >= kLeast && is_named &&
         (fit.Fits(Attribute::kBirthDate) || fit.Fits(Attribute::kAddress) ||
          AreNearDates(asked, found));
}

void MakeFormerName(std::string_view former_surname, std::string_view name, std::string& out) {
  out.clear();
  if (former_surname.empty()) {
    return;
  }
  std::size_t at = name.find(kWideSpace);
  std::size_t size = kWideSpace.size();
  if (at == std::string_view::npos) {
    at = name.find(' ');
    size = 1;
  }
  if (at != std::string_view::npos) {
    out.append(former_surname).append(kWideSpace).append(name.substr(at + size));
  }
}

void Comparer::Ask(const Attributes& person) {
  person_ = person;
  is_made_ = {};
}

bool Comparer::IsAskable() {
  return person_.birth_date.is_set() && !person_.name.empty() &&
         !Asked(Attribute::kName, Layer::kLossless).text.empty();
}

void Comparer::Make(Attribute attribute, std::string_view text, Layer layer, text::NormalForm& out)
    const {
  out.Clear();
  if (attribute == Attribute::kName) {
    normaliser_.Name(text, layer, out);
  } else if (attribute == Attribute::kKana) {
    normaliser_.Kana(text, layer, out);
  } else {
    normaliser_.Address(text, layer, out);
  }
}

const text::NormalForm& Comparer::Asked(Attribute attribute, Layer layer) {
  const auto which = static_cast<std::size_t>(layer);
  text::NormalForm& form = asked_[IndexOf(attribute)][which];
  bool& is_made = is_made_[IndexOf(attribute)][which];
  if (!is_made) {
    Make(attribute, TextOf(attribute, person_), layer, form);
    is_made = true;
  }
  return form;
}

// Which rules made characters of one place equal that are not the same.
Rules Comparer::RulesByCharacter(Attribute attribute) {
  std::string_view asked = Asked(attribute, Layer::kLossless).text;
  std::string_view found = found_lossless_.text;
  Rules rules = 0;
  std::string other;
  while (!asked.empty() && !found.empty()) {
    const std::string_view a = TakeCharacter(asked);
    const std::string_view b = TakeCharacter(found);
    if (a == b) {
      continue;
    }
    Make(attribute, a, Layer::kLenient, piece_);
    Rules here = piece_.rules;
    other = piece_.text;
    Make(attribute, b, Layer::kLenient, piece_);
    here |= piece_.rules;
    const bool is_one = CountCharacters(other) == 1 && CountCharacters(piece_.text) == 1;
    if (is_one && other != piece_.text && text::Normaliser::NamesFit(other, piece_.text)) {
      here = text::RuleBit(text::Rule::kLostGaiji);
    }
    rules |= here;
  }
  return rules & kLenientRules;
}

// The rules without which the two would not fit, as near as can be told: character by character
// where the forms run in step, otherwise what fired on one side only.
Rules Comparer::NeededRules(Attribute attribute, bool is_by_gaiji) {
  const text::NormalForm& lossless = Asked(attribute, Layer::kLossless);
  const text::NormalForm& lenient = Asked(attribute, Layer::kLenient);
  Rules rules = 0;
  if (attribute != Attribute::kAddress &&
      CountCharacters(lossless.text) == CountCharacters(found_lossless_.text)) {
    rules = RulesByCharacter(attribute);
  }
  if (rules == 0) {
    rules = (lenient.rules ^ found_lenient_.rules) & kLenientRules;
  }
  const Rules both = lenient.rules & found_lenient_.rules & kLenientRules;
  constexpr Rules kBuilding = text::RuleBit(text::Rule::kBuilding);
  if (rules == 0) {
    rules = both;
  } else if ((both & kBuilding) != 0 &&
             BuildingOf(lossless, lenient) != BuildingOf(found_lossless_, found_lenient_)) {
    rules |= kBuilding;
  }
  return is_by_gaiji ? rules | text::RuleBit(text::Rule::kLostGaiji) : rules;
}

bool Comparer::FitsLenient(Attribute attribute, std::string_view found, Rules& rules) {
  const text::NormalForm& asked = Asked(attribute, Layer::kLenient);
  Make(attribute, found, Layer::kLenient, found_lenient_);
  if (asked.text.empty() || found_lenient_.text.empty()) {
    return false;
  }
  const bool is_equal = asked.text == found_lenient_.text;
  const bool is_by_gaiji = !is_equal && attribute == Attribute::kName &&
                           text::Normaliser::NamesFit(asked.text, found_lenient_.text);
  if (!is_equal && !is_by_gaiji) {
    return false;
  }
  rules = NeededRules(attribute, is_by_gaiji);
  return (rules & ~allowed_) == 0;
}

bool Comparer::HasLostCharacter(std::string_view name) {
  // Few names hold a byte that such a character begins with; only these are looked at closely.
  constexpr std::string_view kLeads = "?_\xe2\xef";
  constexpr std::string_view kGeta = "\u3013";
  if (name.find_first_of(kLeads) == std::string_view::npos &&
      name.find(kGeta) == std::string_view::npos) {
    return false;
  }
  return Asked(Attribute::kName, Layer::kLenient).text.find(kUnknownText) != std::string::npos;
}

FitKind Comparer::FitOf(Attribute attribute, std::string_view found, Rules& rules) {
  const std::string_view asked = TextOf(attribute, person_);
  if (asked.empty() || found.empty()) {
    return FitKind::kDiffers;
  }
  // A lost character is no writing: ● agrees with nothing, not even with ●.
  const bool is_writing = attribute != Attribute::kName || !HasLostCharacter(asked);
  if (is_writing && asked == found) {
    return FitKind::kLossless;
  }
  Make(attribute, found, Layer::kLossless, found_lossless_);
  const text::NormalForm& form = Asked(attribute, Layer::kLossless);
  if (is_writing && !form.text.empty() && form.text == found_lossless_.text) {
    return FitKind::kLossless;
  }
  return FitsLenient(attribute, found, rules) ? FitKind::kLenient : FitKind::kDiffers;
}

FitKind Comparer::FitOrFormer(Attribute attribute, const ResidentView& resident, Rules& rules) {
  const bool is_name = attribute == Attribute::kName;
  const std::string_view present = TextOf(attribute, resident.attributes);
  const FitKind kind = FitOf(attribute, present, rules);
  constexpr Rules kFormer = text::RuleBit(text::Rule::kFormerSurname);
  if (kind != FitKind::kDiffers || (allowed_ & kFormer) == 0) {
    return kind;
  }
  MakeFormerName(
      is_name ? resident.former_surname : resident.former_surname_kana, present, former_
  );
  Rules former_rules = 0;
  if (former_.empty() || FitOf(attribute, former_, former_rules) == FitKind::kDiffers) {
    return FitKind::kDiffers;
  }
  rules = former_rules | kFormer;
  return FitKind::kLenient;
}

bool Comparer::IsReadAlike(const ResidentView& resident, Rules name_rules) {
  std::string_view found = resident.attributes.kana;
  if ((name_rules & text::RuleBit(text::Rule::kFormerSurname)) != 0) {
    MakeFormerName(resident.former_surname_kana, found, former_);
    found = former_;
  }
  Make(Attribute::kKana, found, Layer::kLossless, found_lossless_);
  return IsSameReading(Asked(Attribute::kKana, Layer::kLossless).text, found_lossless_.text);
}

Fit Comparer::Against(const ResidentView& resident) {
  Fit fit;
  const Attributes& found = resident.attributes;
  const auto set = [&fit](Attribute attribute, FitKind kind) {
    fit.kinds[IndexOf(attribute)] = kind;
  };
  set(Attribute::kBirthDate,
      FitOfPlain(person_.birth_date.is_set(), person_.birth_date == found.birth_date));
  set(Attribute::kSex, FitOfPlain(person_.sex != text::Sex::kUnknown, person_.sex == found.sex));
  for (const Attribute attribute : {Attribute::kName, Attribute::kKana}) {
    set(attribute, FitOrFormer(attribute, resident, fit.rules[IndexOf(attribute)]));
  }
  if (found.kana.empty()) {
    set(Attribute::kKana, FitKind::kNotAsked);
    fit.rules[IndexOf(Attribute::kKana)] = 0;
  }
  const Rules name_rules = fit.rules[IndexOf(Attribute::kName)];
  if (fit.Of(Attribute::kName) == FitKind::kLenient && fit.Fits(Attribute::kKana) &&
      (name_rules & text::RuleBit(text::Rule::kLostGaiji)) != 0 &&
      !IsReadAlike(resident, name_rules)) {
    set(Attribute::kKana, FitKind::kDiffers);
  }
  set(Attribute::kAddress,
      FitOf(Attribute::kAddress, found.address, fit.rules[IndexOf(Attribute::kAddress)]));
  for (const Attribute attribute : kAllAttributes) {
    if (fit.Of(attribute) != FitKind::kLenient) {
      fit.rules[IndexOf(attribute)] = 0;
    }
  }
  return fit;
}

std::vector<AttributeEvidence> Comparer::Explain(const ResidentView& resident, const Fit& fit) {
  std::vector<AttributeEvidence> evidence;
  for (const Attribute attribute : kAllAttributes) {
    AttributeEvidence& entry = evidence.emplace_back();
    entry.attribute = attribute;
    entry.is_equal_lossless = fit.Of(attribute) == FitKind::kLossless;
    entry.is_equal_lenient = fit.Fits(attribute);
    entry.rules = fit.rules[IndexOf(attribute)];
    if (entry.is_equal_lossless || fit.Of(attribute) == FitKind::kNotAsked) {
      continue;
    }
    if (attribute == Attribute::kBirthDate) {
      entry.asked = person_.birth_date.Text();
      entry.found = resident.attributes.birth_date.Text();
    } else if (attribute == Attribute::kSex) {
      entry.asked = std::to_string(static_cast<int>(person_.sex));
      entry.found = std::to_string(static_cast<int>(resident.attributes.sex));
    } else {
      entry.asked = Asked(attribute, Layer::kLossless).text;
      Make(attribute, TextOf(attribute, resident.attributes), Layer::kLossless, found_lossless_);
      entry.found = found_lossless_.text;
    }
  }
  return evidence;
}

Decision Compare(
    const Attributes& person,
    const ResidentView& resident,
    const text::Normaliser& normaliser,
    Explain explain
) {
  Comparer comparer(normaliser);
  comparer.Ask(person);
  Decision decision;
  if (!comparer.IsAskable()) {
    decision.outcome = MatchOutcome::kInvalid;
    return decision;
  }
  const Fit fit = comparer.Against(resident);
  decision.candidate_count = 1;
  decision.differs = fit.Differs();
  decision.outcome = !fit.IsFull()      ? MatchOutcome::kPartial
                     : fit.IsLossless() ? MatchOutcome::kAgree
                                        : MatchOutcome::kNotation;
  if (fit.IsFull()) {
    decision.resident = resident.resident_record_code;
    decision.rules = fit.NeededRules();
  }
  if (explain == Explain::kYes) {
    decision.evidence = comparer.Explain(resident, fit);
  }
  return decision;
}

}  // namespace musubi::matching
