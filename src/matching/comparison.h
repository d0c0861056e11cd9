// 比較 (comparison): one person's attributes against one resident's, form against form.
//
// A Comparer keeps the forms of the person asked for and its buffers, so that candidates cost
// little and nothing is allocated in the long run. Belongs to one thread.
//
// An attribute fits losslessly, or with lenient rules that the rule set allows, or not at all. What
// is blank never fits, except kana where the register has none: then it is not looked at. Where a
// character of the name is lost, kana is all that tells 大野 from 小野: it must then be the same
// reading (オオノ is not オノ), small kana aside, and of the same surname, present or former.
#pragma once

#include <array>

#include "matching/matcher.h"

namespace musubi::matching {

inline constexpr text::Rules kLenientRules =
    (text::RuleBit(text::Rule::kCount) - 1) & ~text::kLosslessRules;

enum class FitKind : std::uint8_t { kDiffers, kLenient, kLossless, kNotAsked };

struct Fit {
  std::array<FitKind, kAttributeCount> kinds{};
  std::array<text::Rules, kAttributeCount> rules{};  // lenient ones that were needed

  [[nodiscard]] FitKind Of(Attribute attribute) const {
    return kinds[static_cast<std::size_t>(attribute)];
  }

  [[nodiscard]] bool Fits(Attribute attribute) const {
    return Of(attribute) == FitKind::kLossless || Of(attribute) == FitKind::kLenient;
  }

  [[nodiscard]] AttributeSet Differs() const;
  [[nodiscard]] text::Rules NeededRules() const;

  [[nodiscard]] bool IsFull() const { return Differs() == 0; }

  [[nodiscard]] bool IsLossless() const;
  [[nodiscard]] unsigned FitCount() const;
};

// Birth dates that a slip of the pen turns into each other: within two months, or two of year,
// month and day equal, or month and day exchanged.
[[nodiscard]] bool AreNearDates(Date a, Date b);

// At least three attributes fit, name or kana among them, and birth date or address too; name, kana
// and sex alone only when the birth dates are near, because namesakes are many.
[[nodiscard]] bool IsLead(const Fit& fit, Date asked, Date found);

class Comparer {
 public:
  explicit Comparer(const text::Normaliser& normaliser, text::Rules allowed = kLenientRules)
      : normaliser_(normaliser), allowed_(allowed) {}

  // The texts of `person` stay with the caller until the next Ask.
  void Ask(const Attributes& person);

  [[nodiscard]] const Attributes& person() const { return person_; }

  // False: the name holds nothing but spaces, or there is no birth date.
  [[nodiscard]] bool IsAskable();

  [[nodiscard]] Fit Against(const ResidentView& resident);
  // Evidence for a fit that Against has just given for the same resident.
  [[nodiscard]] std::vector<AttributeEvidence> Explain(
      const ResidentView& resident, const Fit& fit
  );

 private:
  using Forms = std::array<text::NormalForm, 2>;  // per layer

  void Make(Attribute attribute, std::string_view text, text::Layer layer, text::NormalForm& out)
      const;
  const text::NormalForm& Asked(Attribute attribute, text::Layer layer);
  bool HasLostCharacter(std::string_view name);
  FitKind FitOf(Attribute attribute, std::string_view found, text::Rules& rules);
  FitKind FitOrFormer(Attribute attribute, const ResidentView& resident, text::Rules& rules);
  bool FitsLenient(Attribute attribute, std::string_view found, text::Rules& rules);
  bool IsReadAlike(const ResidentView& resident, text::Rules name_rules);
  text::Rules NeededRules(Attribute attribute, bool is_by_gaiji);
  text::Rules RulesByCharacter(Attribute attribute);

  const text::Normaliser& normaliser_;
  text::Rules allowed_;
  Attributes person_;
  std::array<Forms, kAttributeCount> asked_;
  std::array<std::array<bool, 2>, kAttributeCount> is_made_{};
  text::NormalForm found_lossless_;
  text::NormalForm found_lenient_;
  text::NormalForm piece_;
  std::string former_;
};

// "former surname + given name", or empty where the given name cannot be told apart.
void MakeFormerName(std::string_view former_surname, std::string_view name, std::string& out);

}  // namespace musubi::matching
