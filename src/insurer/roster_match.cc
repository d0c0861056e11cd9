#include "insurer/roster_match.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <tuple>

namespace musubi::insurer {

namespace {

std::uint64_t Mix(std::uint64_t seed, std::uint64_t value) {
  std::uint64_t x = seed ^ (value + 0x9E3779B97F4A7C15U + (seed << 6U) + (seed >> 2U));
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

// 0, "takes no part", when one of the parts is blank.
std::uint64_t KeyOf(const Signature& signature, std::initializer_list<std::uint64_t> parts) {
  std::uint64_t key = signature.household;
  for (const std::uint64_t part : parts) {
    if (part == 0) {
      return 0;
    }
    key = Mix(key, part);
  }
  return key == 0 ? 1 : key;
}

std::uint64_t KeyOfAll(const Signature& s) {
  std::uint64_t key = Mix(s.household, s.roster_number);
  for (const std::uint64_t field : s.fields) {
    key = Mix(key, field);
  }
  return key == 0 ? 1 : key;
}

enum class Unique : std::uint8_t { kNo, kYes };

struct Stage {
  std::uint64_t (*key)(const Signature&);
  Unique unique;
};

constexpr std::array<Stage, 8> kStages = {{
    {[](const Signature& s) { return KeyOfAll(s); }, Unique::kNo},
    {[](const Signature& s) { return KeyOf(s, {s.number, s.name}); }, Unique::kNo},
    {[](const Signature& s) { return KeyOf(s, {s.number, s.birth_date}); }, Unique::kNo},
    {[](const Signature& s) { return KeyOf(s, {s.name, s.birth_date}); }, Unique::kNo},
    {[](const Signature& s) { return KeyOf(s, {s.name}); }, Unique::kYes},
    {[](const Signature& s) { return KeyOf(s, {s.kana, s.birth_date}); }, Unique::kNo},
    {[](const Signature& s) { return KeyOf(s, {s.number}); }, Unique::kYes},
    {[](const Signature& s) { return KeyOf(s, {s.birth_date, s.sex}); }, Unique::kYes},
}};

struct Entry {
  std::uint64_t key;
  bool is_released;
  std::uint32_t index;

  [[nodiscard]] auto Order() const { return std::tuple(key, is_released, index); }
};

class Matcher {
 public:
  Matcher(std::span<const Incoming> rows, std::span<const Known> people)
      : rows_(rows), people_(people), person_of_(rows.size(), kNobody), taken_(people.size()) {}

  std::vector<std::uint32_t> Run() {
    for (const Stage& stage : kStages) {
      RunStage(stage);
    }
    return std::move(person_of_);
  }

 private:
  void RunStage(const Stage& stage) {
    const std::vector<Entry> left = LeftRows(stage);
    const std::vector<Entry> right = LeftPeople(stage);
    auto person = right.begin();
    for (auto row = left.begin(); row != left.end();) {
      const std::uint64_t key = row->key;
      const auto has_other_key = [key](const Entry& entry) { return entry.key != key; };
      const auto rows_end = std::find_if(row, left.end(), has_other_key);
      person = std::find_if(person, right.end(), [key](const Entry& e) { return e.key >= key; });
      const auto people_end = std::find_if(person, right.end(), has_other_key);
      Pair({row, rows_end}, {person, people_end}, stage.unique);
      row = rows_end;
    }
  }

  void Pair(std::span<const Entry> rows, std::span<const Entry> people, Unique unique) {
    if (unique == Unique::kYes) {
      const auto live = std::count_if(people.begin(), people.end(), [](const Entry& entry) {
        return !entry.is_released;
      });
      const bool is_unique = live == 1 || (live == 0 && people.size() == 1);
      if (rows.size() != 1 || !is_unique) {
        return;
      }
    }
    for (std::size_t at = 0; at < std::min(rows.size(), people.size()); ++at) {
      person_of_[rows[at].index] = people[at].index;
      taken_[people[at].index] = 1;
    }
  }

  [[nodiscard]] std::vector<Entry> LeftRows(const Stage& stage) const {
    std::vector<Entry> entries;
    for (std::uint32_t index = 0; index < rows_.size(); ++index) {
      if (person_of_[index] == kNobody) {
        entries.push_back({stage.key(rows_[index].signature), false, index});
      }
    }
    return Sorted(std::move(entries));
  }

  [[nodiscard]] std::vector<Entry> LeftPeople(const Stage& stage) const {
    std::vector<Entry> entries;
    for (std::uint32_t index = 0; index < people_.size(); ++index) {
      if (taken_[index] == 0) {
        const bool is_released = people_[index].state == LinkState::kReleased;
        entries.push_back({stage.key(people_[index].signature), is_released, index});
      }
    }
    return Sorted(std::move(entries));
  }

  static std::vector<Entry> Sorted(std::vector<Entry> entries) {
    std::erase_if(entries, [](const Entry& entry) { return entry.key == 0; });
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return a.Order() < b.Order();
    });
    return entries;
  }

  std::span<const Incoming> rows_;
  std::span<const Known> people_;
  std::vector<std::uint32_t> person_of_;
  std::vector<std::uint8_t> taken_;
};

}  // namespace

std::vector<std::uint32_t> MatchRoster(
    std::span<const Incoming> rows, std::span<const Known> people
) {
  return Matcher(rows, people).Run();
}

}  // namespace musubi::insurer
