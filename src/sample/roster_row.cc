#include "sample/roster_row.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "number/individual_number.h"
#include "sample/dice.h"

namespace musubi::sample {

namespace {

constexpr double kBadCheckDigitRate = 0.013;
constexpr double kFamilyRate = 0.0012;
constexpr double kUnknownRate = 0.001;
constexpr double kBirthDateErrorRate = 0.0018;
constexpr double kFormerNameRate = 0.3;  // of those who have one
constexpr double kSmallKanaRate = 0.3;   // of those whose kana has any
constexpr double kVariantRate = 0.2;     // of those whose name has one
constexpr double kNoPrefectureRate = 0.25;
constexpr double kWideDigitsRate = 0.15;
constexpr double kNoBuildingRate = 0.2;  // of those who live in one

constexpr std::uint64_t kDiceOffset = 5U << 20U;

enum Question : std::uint64_t {
  kNumber = 1,
  kSlipPlace,
  kSlipDigit,
  kBirthDateError,
  kBirthDateSlip,
  kBirthDateSpelling,
  kQualifiedSpelling,
  kLostSpelling,
  kFormerName,
  kSmallKana,
  kHalfKana,
  kNameSpace,
  kVariant,
  kNoPrefecture,
  kWideDigits,
  kAddressStyle,
  kNoBuilding,
  kSexSpelling,
};

enum class NumberSlip { kNone, kMissing, kBadCheckDigit, kOfFamily, kSuperseded, kUnknown };

NumberSlip SlipOf(
    const Person& person, std::uint64_t index, const Dice& dice, const RosterNoise& noise
) {
  double share = dice.Share(kNumber);
  if (share < noise.number_missing_rate) {
    return NumberSlip::kMissing;
  }
  if (person.has_changed_number) {
    return NumberSlip::kSuperseded;
  }
  share -= noise.number_missing_rate;
  if (share < kBadCheckDigitRate) {
    return NumberSlip::kBadCheckDigit;
  }
  share -= kBadCheckDigitRate;
  // Some live alone: those who do not carry their share.
  constexpr double kAloneCorrection = 1.2;
  if (share < kFamilyRate * kAloneCorrection) {
    return HouseholdOf(noise.seed, index).size > 1 ? NumberSlip::kOfFamily : NumberSlip::kNone;
  }
  share -= kFamilyRate * kAloneCorrection;
  return share < kUnknownRate ? NumberSlip::kUnknown : NumberSlip::kNone;
}

bool HasBirthDateError(const Dice& dice) {
  return dice.Share(kBirthDateError) < kBirthDateErrorRate;
}

bool IsCheckDigitRight(const std::array<char, 12>& digits) {
  return number::IndividualNumber::Check({digits.data(), digits.size()}) ==
         number::NumberFault::kNone;
}

std::array<char, 12> Mistype(std::array<char, 12> number, const Dice& dice) {
  char& slip = number[dice.Below(kSlipPlace, number.size())];
  slip =
      static_cast<char>('0' + (slip - '0' + 1 + static_cast<int>(dice.Below(kSlipDigit, 9))) % 10);
  if (IsCheckDigitRight(number)) {  // the formula misses some slips
    number[11] = static_cast<char>('0' + (number[11] - '0' + 1) % 10);
  }
  return number;
}

std::array<char, 12> FamilyNumber(std::uint64_t seed, std::uint64_t index) {
  const Household household = HouseholdOf(seed, index);
  const std::uint64_t next = household.first + (index - household.first + 1) % household.size;
  return ResidentAt(seed, next).number;
}

// Appends one field after another; every field is free of commas and quotes by construction.
class LineMaker {
 public:
  LineMaker(const Person& person, std::uint64_t index, const RosterNoise& noise)
      : person_(person), index_(index), noise_(noise), dice_(noise.seed + kDiceOffset, index) {}

  RosterLine Make(const RosterPlace& place) {
    Add(place.symbol);
    Add(fmt::format("{:07}", place.number));
    Add(place.is_head ? "本人" : "家族");
    AddName();
    AddBirthDate();
    AddSex();
    AddAddress();
    Add(SpellDate(place.qualified_on, dice_.Roll(kQualifiedSpelling)));
    Add(place.lost_on.is_set() ? SpellDate(place.lost_on, dice_.Roll(kLostSpelling)) : "");
    AddNumber();
    TagStatus();
    line_.text += "\r\n";
    return std::move(line_);
  }

 private:
  void Add(std::string_view field) {
    if (!line_.text.empty()) {
      line_.text += ',';
    }
    line_.text += field;
  }

  void Tag(std::string_view tag) { line_.tags.push_back(tag); }

  bool Happens(Question question, double rate) const { return dice_.Share(question) < rate; }

  void AddName() {
    Name surname = person_.surname;
    if (!person_.former_surname.text.empty() && Happens(kFormerName, kFormerNameRate)) {
      surname = person_.former_surname;
      Tag("name-former");
    }
    constexpr std::array<std::string_view, 4> kSpaces = {"　", " ", "", "　"};
    const std::string_view space = kSpaces[dice_.Below(kNameSpace, kSpaces.size())];
    Add(fmt::format("{}{}{}", Variant(surname.text), space, person_.given.text));
    std::string kana = fmt::format("{}{}{}", surname.kana, space, person_.given.kana);
    if (Happens(kSmallKana, kSmallKanaRate) && WithoutSmallKana(kana) != kana) {
      kana = WithoutSmallKana(kana);
      Tag("kana-small");
    }
    Add(dice_.Below(kHalfKana, 2) == 0 ? NarrowKana(kana) : kana);
  }

  // The other shape of a character, as families write it.
  std::string Variant(std::string_view surname) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kVariants = {{
        {"高", "髙"},
        {"崎", "﨑"},
        {"斎", "齋"},
        {"辺", "邊"},
    }};
    std::string text(surname);
    for (const auto& [common, variant] : kVariants) {
      const std::size_t at = text.find(common);
      if (at != std::string::npos && Happens(kVariant, kVariantRate)) {
        text.replace(at, common.size(), variant);
        Tag("name-variant");
        break;
      }
    }
    return text;
  }

  void AddBirthDate() {
    Date date = person_.resident.birth_date;
    if (HasBirthDateError(dice_)) {
      const auto days = std::chrono::days(1 + dice_.Below(kBirthDateSlip, 60));
      const std::chrono::year_month_day written{
          std::chrono::year(date.year()),
          std::chrono::month(date.month()),
          std::chrono::day(date.day())
      };
      date = Date::Of(std::chrono::year_month_day(std::chrono::sys_days(written) - days));
      Tag("dob-error");
    }
    Add(SpellDate(date, dice_.Roll(kBirthDateSpelling)));
  }

  void AddSex() {
    const bool is_male = person_.resident.sex == text::Sex::kMale;
    if (dice_.Below(kSexSpelling, 2) == 0) {
      Add(is_male ? "1" : "2");
    } else {
      Add(is_male ? "男" : "女");
    }
  }

  void AddAddress() {
    Address address = person_.address;
    if (!address.building.empty() && Happens(kNoBuilding, kNoBuildingRate)) {
      address.building.clear();
      Tag("addr-no-building");
    }
    const auto style = static_cast<AddressStyle>(dice_.Below(kAddressStyle, 3));
    if (style != AddressStyle::kFull) {
      Tag(style == AddressStyle::kHyphens ? "addr-hyphen" : "addr-notation");
    }
    std::string text = SpellAddress(address, style);
    if (Happens(kNoPrefecture, kNoPrefectureRate)) {
      text.erase(0, address.town->prefecture.size());
      Tag("addr-no-pref");
    }
    if (Happens(kWideDigits, kWideDigitsRate)) {
      text = WidenDigits(text);
      Tag("addr-width");
    }
    Add(text);
  }

  void AddNumber() {
    std::array<char, 12> number = person_.resident.number;
    switch (SlipOf(person_, index_, dice_, noise_)) {
      case NumberSlip::kNone:
        break;
      case NumberSlip::kMissing:
        Add("");
        return Tag("num-missing");
      case NumberSlip::kBadCheckDigit:
        number = Mistype(number, dice_);
        Tag("num-bad-check-digit");
        break;
      case NumberSlip::kOfFamily:
        number = FamilyNumber(noise_.seed, index_);
        Tag("num-of-family");
        break;
      case NumberSlip::kSuperseded:
        number = OldNumberAt(noise_.seed, index_);
        Tag("num-superseded");
        break;
      case NumberSlip::kUnknown:
        number = UnknownNumberAt(noise_.seed, index_);
        Tag("num-unknown");
        break;
    }
    Add({number.data(), number.size()});
  }

  void TagStatus() {
    switch (person_.status) {
      case text::ResidentStatus::kPresent:
        break;
      case text::ResidentStatus::kDeceased:
        return Tag("resident-deceased");
      case text::ResidentStatus::kMovedAbroad:
        return Tag("resident-moved_abroad");
      case text::ResidentStatus::kRestricted:
        return Tag("resident-restricted");
    }
  }

  const Person& person_;
  std::uint64_t index_;
  const RosterNoise& noise_;
  Dice dice_;
  RosterLine line_;
};

}  // namespace

RosterLine MakeRosterLine(
    const Person& person, std::uint64_t index, const RosterPlace& place, const RosterNoise& noise
) {
  return LineMaker(person, index, noise).Make(place);
}

bool IsClean(const Person& person, std::uint64_t index, const RosterNoise& noise) {
  const Dice dice(noise.seed + kDiceOffset, index);
  return person.status == text::ResidentStatus::kPresent && !HasBirthDateError(dice) &&
         SlipOf(person, index, dice, noise) == NumberSlip::kNone;
}

}  // namespace musubi::sample
