#include "matching/search.h"

#include <algorithm>

namespace musubi::matching {

namespace {

constexpr std::array kAllKinds{
    KeyKind::kBirthName,
    KeyKind::kBirthKana,
    KeyKind::kBirthOnly,
    KeyKind::kBirthNoKana,
    KeyKind::kNameKana,
    KeyKind::kName,
    KeyKind::kKana
};

}  // namespace

std::span<const KeyKind> AllKinds() {
  return kAllKinds;
}

std::span<const KeyKind> KindsOf(SearchStep step) {
  const std::span<const KeyKind> all(kAllKinds);
  switch (step) {
    case SearchStep::kBirth:
      return all.subspan(0, 4);
    case SearchStep::kNameKana:
      return all.subspan(4, 1);
    case SearchStep::kEither:
      break;
  }
  return all.subspan(5, 2);
}

// Without the birth date nobody is a lead whose sex differs, and name or kana as well.
WeakAsk::WeakAsk(SearchStep step, const PersonKeys& keys, const Attributes& person)
    : birth_date_(person.birth_date),
      sex_(person.sex),
      is_sex_asked_(step == SearchStep::kEither && keys.name != 0 && keys.kana != 0) {}

bool WeakAsk::MayFind(
    const Attributes& found, std::uint64_t asked_address, LazyAddressKey& found_address
) const {
  if (is_sex_asked_ && sex_ != found.sex) {
    return false;
  }
  return birth_date_ == found.birth_date || AreNearDates(birth_date_, found.birth_date) ||
         (asked_address != 0 && asked_address == found_address.Get());
}

void Search::Take(const ResidentView& resident, std::uint32_t entry) {
  const Fit fit = comparer_.Against(resident);
  if (!deciding_.Add(resident, fit, comparer_.person().birth_date)) {
    return;
  }
  seen_.push_back(entry);
  if (deciding_.nearest() == resident.resident_record_code) {
    nearest_ = resident;
    nearest_fit_ = fit;
  }
}

void Search::TakeStep(const ResidentTable& table, const PersonKeys& keys, SearchStep step) {
  const Attributes& person = comparer_.person();
  const WeakAsk ask(step, keys, person);
  LazyAddressKey asked_address(person.address, normaliser_);
  for (const KeyKind kind : KindsOf(step)) {
    table.ForEach(kind, keys, [&](std::uint32_t entry) {
      const ResidentView resident = table.ViewOf(entry);
      LazyAddressKey found_address(resident.attributes.address, normaliser_);
      const bool may_fit = step == SearchStep::kBirth ||
                           ask.MayFind(resident.attributes, asked_address.Get(), found_address);
      if (may_fit && std::ranges::find(seen_, entry) == seen_.end()) {
        Take(resident, entry);
      }
    });
  }
}

Decision Search::Run(
    const ResidentTable& table,
    const Attributes& person,
    const PersonKeys& keys,
    SearchStep last,
    Explain explain,
    bool& is_final
) {
  comparer_.Ask(person);
  deciding_.Clear();
  seen_.clear();
  is_final = true;
  if (!comparer_.IsAskable()) {
    Decision decision;
    decision.outcome = MatchOutcome::kInvalid;
    return decision;
  }
  for (const SearchStep step : {SearchStep::kBirth, SearchStep::kNameKana, SearchStep::kEither}) {
    if (step > last) {
      is_final = false;
      break;
    }
    TakeStep(table, keys, step);
    if (deciding_.HasFull() || deciding_.HasLeadDifferingInOne()) {
      break;
    }
  }
  Decision decision = deciding_.Decide();
  const bool is_telling = decision.outcome == MatchOutcome::kAgree ||
                          decision.outcome == MatchOutcome::kNotation ||
                          decision.outcome == MatchOutcome::kPartial;
  if (explain == Explain::kYes && is_telling &&
      nearest_.status != text::ResidentStatus::kRestricted) {
    decision.evidence = comparer_.Explain(nearest_, nearest_fit_);
  }
  return decision;
}

}  // namespace musubi::matching
