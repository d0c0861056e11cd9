// 照会中の行 (askers): the rows of a roster that no key with a birth date has settled, and whom of
// the register they may still find by a weaker key.
//
// Immutable after making; safe from several threads.
#pragma once

#include <vector>

#include "matching/roster_people.h"
#include "matching/search.h"

namespace musubi::matching {

class Askers {
 public:
  // `keys`: of all people; `open`: the rows that ask.
  Askers(
      const RosterPeople& people,
      const std::vector<PersonKeys>& keys,
      const std::vector<std::uint32_t>& open,
      SearchStep step,
      const text::Normaliser& normaliser
  );

  // May a row that shares one of these keys make a lead of the resident? Never says no to one that
  // does.
  [[nodiscard]] bool MayFind(
      const PersonKeys& keys, const Attributes& resident, LazyAddressKey& address
  ) const;

 private:
  struct Asker {
    std::uint64_t hash;
    WeakAsk ask;
    std::uint64_t address;
  };

  SearchStep step_;
  std::vector<Asker> askers_;  // by hash
};

}  // namespace musubi::matching
