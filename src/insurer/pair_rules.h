// What one row of the number pairs does to the person it speaks of. Pure.
#pragma once

#include <optional>
#include <string>

#include "exchange/number_list.h"
#include "insurer/link_rules.h"
#include "insurer/person.h"

namespace musubi::insurer {

// A row as it is kept until the whole package has proved sound: the number is an index already.
struct PairRow {
  std::string reference;
  bool has_number = false;
  vault::BlindIndex number_index = {};
  std::optional<number::InsuredNumber> insured;
  exchange::Outcome outcome = exchange::Outcome::kBusy;
};

enum class PairEffect : std::uint8_t {
  kApply,
  kStale,  // number, birth date or link changed since the list went out: the person stays as is
};

struct PairDecision {
  PairEffect effect = PairEffect::kStale;
  LinkValue link;
};

[[nodiscard]] PairDecision DecidePair(const Known& person, const PairRow& row);

}  // namespace musubi::insurer
