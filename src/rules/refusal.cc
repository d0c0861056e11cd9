#include "rules/refusal.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <string>

namespace musubi::rules {

namespace {

struct Match {
  bool inquirer;
  bool provider;
  bool information;

  [[nodiscard]] bool IsWhole() const { return inquirer && provider && information; }
};

bool Holds(const std::vector<Id>& ids, Id id) {
  return std::ranges::find(ids, id) != ids.end();
}

Match MatchOf(const PermissionTables& tables, std::uint32_t index, const FactIds& asked) {
  const FactIds& named = tables.fact_ids[index];
  const bool covers_parts = tables.facts[index].basis.item.empty();
  return {
      Holds(tables.WiderThan(Role::kInquirer, asked.inquirer), named.inquirer),
      Holds(tables.WiderThan(Role::kProvider, asked.provider), named.provider),
      covers_parts ? Holds(tables.information[asked.information], named.information)
                   : asked.information == named.information
  };
}

// How near a row is that does not allow the question, and what it lacks. A row that names provider
// and information is the one somebody meant when they asked, whoever they are.
struct Nearness {
  int rank;
  Refusal refusal;
};

Nearness NearnessOf(const Match& match) {
  if (match.provider && match.information) {
    return {5, Refusal::kInquirerNotNamed};
  }
  if (match.inquirer && match.provider) {
    return {4, Refusal::kInformationNotNamed};
  }
  if (match.inquirer) {
    return {match.information ? 3 : 2, Refusal::kProviderNotNamed};
  }
  return {match.provider || match.information ? 1 : 0, Refusal::kInquirerNotNamed};
}

long DaysAway(const Fact& fact, Date as_of) {
  const auto day = [](Date date) {
    return std::chrono::sys_days(
               std::chrono::year(date.year()) / static_cast<int>(date.month()) /
               static_cast<int>(date.day())
    )
        .time_since_epoch()
        .count();
  };
  if (!as_of.is_set()) {
    return day(fact.valid_from);
  }
  return as_of < fact.valid_from ? day(fact.valid_from) - day(as_of)
                                 : day(as_of) - day(fact.valid_to);
}

PermitAnswer AnswerOf(const Fact& fact, Refusal refusal, std::string detail) {
  return {false, refusal, fact.basis, fact.citation, std::move(detail)};
}

PermitAnswer NotInForce(const Fact& fact, Date as_of) {
  const bool is_early = as_of < fact.valid_from;
  return AnswerOf(
      fact,
      Refusal::kNotInForce,
      is_early ? fact.valid_from.Text() + "から" : fact.valid_to.Text() + "まで"
  );
}

// The fact that would allow the question on the nearest other day.
const Fact* OnAnotherDay(
    const PermissionTables& tables,
    std::span<const std::uint32_t> facts,
    const FactIds& asked,
    Date as_of
) {
  const Fact* nearest = nullptr;
  for (const std::uint32_t index : facts) {
    const Fact& fact = tables.facts[index];
    if (MatchOf(tables, index, asked).IsWhole() &&
        (nearest == nullptr || DaysAway(fact, as_of) < DaysAway(*nearest, as_of))) {
      nearest = &fact;
    }
  }
  return nearest;
}

// Facts that stand on the day, or all when none does: a row of another time says more than nothing.
std::vector<std::uint32_t> InForce(
    const PermissionTables& tables, std::span<const std::uint32_t> facts, Date as_of
) {
  std::vector<std::uint32_t> standing;
  std::ranges::copy_if(facts, std::back_inserter(standing), [&](std::uint32_t index) {
    return IsOn(tables.facts[index].valid_from, tables.facts[index].valid_to, as_of);
  });
  if (standing.empty()) {
    standing.assign(facts.begin(), facts.end());
  }
  return standing;
}

bool IsSameRow(const Fact& left, const Fact& right) {
  return left.basis.rule_set == right.basis.rule_set && left.basis.row == right.basis.row;
}

Id NamedId(const FactIds& named, Refusal refusal) {
  return refusal == Refusal::kInquirerNotNamed   ? named.inquirer
         : refusal == Refusal::kProviderNotNamed ? named.provider
                                                 : named.information;
}

// Is this line of the row about what the question lacks? The inquirers of a row are the same for
// all of it; providers are those of the asked inquirer, information that of the asked provider.
bool IsAbout(const Match& match, Refusal refusal) {
  return refusal == Refusal::kInquirerNotNamed ||
         (match.inquirer && (match.provider || refusal == Refusal::kProviderNotNamed));
}

// "照会者: 市町村長": whom or what the row of `nearest` names instead.
std::string NamedInstead(
    const PermissionTables& tables,
    std::span<const std::uint32_t> facts,
    const Fact& nearest,
    const FactIds& asked,
    Refusal refusal
) {
  const CodeKind kind =
      refusal == Refusal::kInformationNotNamed ? CodeKind::kInformation : CodeKind::kInstitution;
  std::string said = refusal == Refusal::kInquirerNotNamed   ? "照会者: "
                     : refusal == Refusal::kProviderNotNamed ? "提供者: "
                                                             : "情報: ";
  std::vector<Id> named;
  for (const std::uint32_t index : facts) {
    const Id id = NamedId(tables.fact_ids[index], refusal);
    if (IsSameRow(tables.facts[index], nearest) && !Holds(named, id) &&
        IsAbout(MatchOf(tables, index, asked), refusal)) {
      said += (named.empty() ? "" : "、") + tables.NameOf(kind, id);
      named.push_back(id);
    }
  }
  return said;
}

}  // namespace

PermitAnswer Refuse(const PermissionTables& tables, const FactIds& asked, Date as_of) {
  const auto& facts = tables.by_procedure[asked.procedure];
  if (const Fact* fact = OnAnotherDay(tables, facts, asked, as_of)) {
    return NotInForce(*fact, as_of);
  }
  const std::vector<std::uint32_t> standing = InForce(tables, facts, as_of);
  Nearness best{0, Refusal::kNoSuchRow};
  const Fact* nearest = nullptr;
  for (const std::uint32_t index : standing) {
    const Nearness nearness = NearnessOf(MatchOf(tables, index, asked));
    if (nearness.rank > best.rank) {
      best = nearness;
      nearest = &tables.facts[index];
    }
  }
  if (nearest == nullptr) {
    return {
        false, Refusal::kNoSuchRow, {}, "", "この事務でこの照会者・提供者・情報を定める項はない"
    };
  }
  return AnswerOf(
      *nearest, best.refusal, NamedInstead(tables, standing, *nearest, asked, best.refusal)
  );
}

PermitAnswer RefuseUnknown(std::string_view what) {
  return {false, Refusal::kUnknownCode, {}, "", std::string(what) + "が符号表にない"};
}

}  // namespace musubi::rules
