#include "matching/askers.h"

#include <algorithm>

namespace musubi::matching {

Askers::Askers(
    const RosterPeople& people,
    const std::vector<PersonKeys>& keys,
    const std::vector<std::uint32_t>& open,
    SearchStep step,
    const text::Normaliser& normaliser
)
    : step_(step) {
  for (const std::uint32_t row : open) {
    const Attributes person = people.At(row);
    const WeakAsk ask(step, keys[row], person);
    const std::uint64_t address = LazyAddressKey(person.address, normaliser).Get();
    for (const KeyKind kind : KindsOf(step)) {
      const std::uint64_t hash = HashAsked(kind, keys[row]);
      if (hash != 0) {
        askers_.push_back({hash, ask, address});
      }
    }
  }
  std::ranges::sort(askers_, {}, &Asker::hash);
}

bool Askers::MayFind(const PersonKeys& keys, const Attributes& resident, LazyAddressKey& address)
    const {
  return std::ranges::any_of(KindsOf(step_), [&](KeyKind kind) {
    const auto same = std::ranges::equal_range(askers_, HashKept(kind, keys), {}, &Asker::hash);
    return std::ranges::any_of(same, [&](const Asker& asker) {
      return asker.ask.MayFind(resident, asker.address, address);
    });
  });
}

}  // namespace musubi::matching
