#include "insurer/list_checks.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace musubi::insurer {

namespace {

bool IsLive(const Known& person) {
  return person.state != LinkState::kReleased;
}

// Refused by ourselves as a duplicate: looked at anew each time, since the other one may be gone.
bool IsOwnDuplicate(const Known& person) {
  return person.state == LinkState::kRefused && person.reason == Reason::kDuplicateInList &&
         person.listed_in == 0;
}

bool IsCandidate(const Known& person) {
  if (!person.has_number || person.reason == Reason::kInReview) {
    return false;
  }
  return person.state == LinkState::kUnverified || person.state == LinkState::kListed ||
         (person.state == LinkState::kRefused && IsTechnical(person.reason)) ||
         IsOwnDuplicate(person);
}

// Calls `on_run` for every group of two or more of `order` which are equal under `key`.
template <typename Key, typename OnRun>
void EachRun(std::vector<std::uint32_t>& order, const Key& key, const OnRun& on_run) {
  std::sort(order.begin(), order.end(), [&key](std::uint32_t a, std::uint32_t b) {
    return std::tuple(key(a), a) < std::tuple(key(b), b);
  });
  for (auto from = order.begin(); from != order.end();) {
    const auto to = std::find_if(from, order.end(), [&key, from](std::uint32_t other) {
      return key(other) != key(*from);
    });
    if (to - from > 1) {
      on_run(std::span(from, to));
    }
    from = to;
  }
}

std::vector<std::uint32_t> LiveWithNumber(std::span<const Known> people) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t index = 0; index < people.size(); ++index) {
    if (IsLive(people[index]) && people[index].has_number) {
      order.push_back(index);
    }
  }
  return order;
}

// Same number, same birth date: the resident network cannot tell them apart, so nobody is sent.
void HoldDuplicates(std::span<const Known> people, ListDecision& decision) {
  std::vector<std::uint32_t> order = LiveWithNumber(people);
  const auto number = [people](std::uint32_t index) { return people[index].number_index; };
  EachRun(order, number, [&](std::span<const std::uint32_t> run) {
    std::multiset<std::uint64_t> birth_dates;
    for (const std::uint32_t index : run) {
      birth_dates.insert(people[index].signature.birth_date);
    }
    for (const std::uint32_t index : run) {
      const bool is_twice = birth_dates.count(people[index].signature.birth_date) > 1;
      if (is_twice && decision.is_listed[index] != 0) {
        decision.is_listed[index] = 0;
        decision.link[index] = {LinkState::kRefused, Reason::kDuplicateInList};
      }
    }
    const bool has_two = *birth_dates.begin() != *birth_dates.rbegin();
    decision.shared_numbers += has_two ? 1U : 0U;
  });
}

void CountSamePeople(std::span<const Known> people, ListDecision& decision) {
  std::vector<std::uint32_t> order = LiveWithNumber(people);
  std::erase_if(order, [people](std::uint32_t index) {
    const Signature& s = people[index].signature;
    return s.name == 0 || s.kana == 0 || s.birth_date == 0;
  });
  const auto person = [people](std::uint32_t index) {
    const Signature& s = people[index].signature;
    return std::tuple(s.name, s.kana, s.birth_date, s.sex);
  };
  EachRun(order, person, [&](std::span<const std::uint32_t> run) {
    const Known& first = people[run.front()];
    const bool is_twice = std::any_of(run.begin(), run.end(), [&](std::uint32_t index) {
      return people[index].number_index != first.number_index &&
             people[index].signature.household != first.signature.household;
    });
    decision.possible_same_person += is_twice ? 1U : 0U;
  });
}

}  // namespace

ListDecision CheckBeforeListing(std::span<const Known> people) {
  ListDecision decision;
  decision.is_listed.resize(people.size());
  decision.link.resize(people.size());
  for (std::size_t index = 0; index < people.size(); ++index) {
    const Known& person = people[index];
    decision.link[index] = {person.state, person.reason};
    if (!IsCandidate(person)) {
      continue;
    }
    if (person.signature.birth_date == 0) {
      decision.link[index] = {LinkState::kRefused, Reason::kBadFormat};
    } else {
      decision.is_listed[index] = 1;
    }
  }
  HoldDuplicates(people, decision);
  CountSamePeople(people, decision);
  return decision;
}

}  // namespace musubi::insurer
