#include "sample/person.h"

#include <array>

#include <fmt/format.h>

#include "sample/dice.h"

namespace musubi::sample {

namespace {

// Shares of people; those of a roster's noise are in roster_row.cc.
constexpr double kDeceasedRate = 0.003;
constexpr double kMovedAbroadRate = 0.002;
constexpr double kRestrictedRate = 0.001;
constexpr double kChangedNumberRate = 0.0016;
constexpr double kFormerSurnameRate = 0.02;
constexpr double kBuildingRate = 0.25;
constexpr double kHouseRate = 0.7;

constexpr std::uint64_t kDiceOffset = 2U << 20U;

enum Question : std::uint64_t {
  kSurname = 1,
  kGiven,
  kTown,
  kBlock,
  kLot,
  kHasHouse,
  kHouse,
  kHasBuilding,
  kBuilding,
  kRoom,
  kStatus,
  kChangedNumber,
  kHasFormer,
  kFormer,
};

Name Pick(std::span<const Name> names, const Dice& dice, Question question) {
  return names[dice.Below(question, names.size())];
}

std::string BuildingOf(const Dice& dice) {
  constexpr std::array<std::string_view, 8> kBuildings = {
      "コーポさくら",
      "メゾン中央",
      "グリーンハイツ",
      "サンコート本町",
      "第一みどり荘",
      "パークビュー",
      "ハイム若葉",
      "レジデンス東",
  };
  if (dice.Share(kHasBuilding) >= kBuildingRate) {
    return {};
  }
  return fmt::format(
      "{}{}号室", kBuildings[dice.Below(kBuilding, kBuildings.size())], 101 + dice.Below(kRoom, 900)
  );
}

Address AddressOf(const Dice& dice) {
  const std::span<const Town> towns = Towns();
  Address address;
  address.town = &towns[dice.Below(kTown, towns.size())];
  if (address.town->block_max != 0) {
    address.block = 1 + static_cast<unsigned>(dice.Below(kBlock, address.town->block_max));
  }
  address.lot = 1 + static_cast<unsigned>(dice.Below(kLot, 90));
  if (dice.Share(kHasHouse) < kHouseRate) {
    address.house = 1 + static_cast<unsigned>(dice.Below(kHouse, 30));
  }
  address.building = BuildingOf(dice);
  return address;
}

text::ResidentStatus StatusOf(const Dice& dice) {
  const double share = dice.Share(kStatus);
  if (share < kDeceasedRate) {
    return text::ResidentStatus::kDeceased;
  }
  if (share < kDeceasedRate + kMovedAbroadRate) {
    return text::ResidentStatus::kMovedAbroad;
  }
  if (share < kDeceasedRate + kMovedAbroadRate + kRestrictedRate) {
    return text::ResidentStatus::kRestricted;
  }
  return text::ResidentStatus::kPresent;
}

}  // namespace

Person PersonAt(std::uint64_t seed, std::uint64_t index) {
  const Dice head(seed + kDiceOffset, HouseholdOf(seed, index).first);
  const Dice own(seed + 2 * kDiceOffset, index);
  Person person;
  person.resident = ResidentAt(seed, index);
  person.surname = Pick(Surnames(), head, kSurname);
  person.given = Pick(GivenNames(person.resident.sex), own, kGiven);
  person.address = AddressOf(head);
  person.status = StatusOf(own);
  person.has_changed_number = own.Share(kChangedNumber) < kChangedNumberRate;
  if (own.Share(kHasFormer) < kFormerSurnameRate) {
    person.former_surname = Pick(Surnames(), own, kFormer);
  }
  return person;
}

std::string_view StatusName(text::ResidentStatus status) {
  switch (status) {
    case text::ResidentStatus::kPresent:
      return "";
    case text::ResidentStatus::kDeceased:
      return "deceased";
    case text::ResidentStatus::kMovedAbroad:
      return "moved_abroad";
    case text::ResidentStatus::kRestricted:
      return "restricted";
  }
  return "";
}

}  // namespace musubi::sample
