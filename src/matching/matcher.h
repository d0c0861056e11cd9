// Matches people against the residents' register: one engine for a person, a file and a nation.
//
// What always holds (tests/properties)
//   1. A decision depends on the person and the residents only: not on the order of rows, on other
//      rows or on the number of threads.
//   2. More residents never turn kMultiple into kAgree.
//   3. Namesakes born the same day, twins at one address and swapped family members are never
//      picked by score: two residents that fit equally are kMultiple.
//   4. A moved, mis-dated or mis-sexed person is kPartial, never silently kNone.
//
// ResidentIndex holds the register in memory (bounded: some 200 bytes a resident) and answers while
// it is being updated: Publish swaps a new version in, readers finish on the old one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "matching/decision.h"
#include "text/residents.h"

namespace musubi::matching {

enum class Explain : std::uint8_t { kNo, kYes };

// One resident of the index; views live as long as the version they came from.
struct ResidentView {
  std::uint64_t resident_record_code = 0;
  std::uint64_t individual_number = 0;  // packed; the caller's duty to keep it out of sight
  Attributes attributes;
  text::ResidentStatus status = text::ResidentStatus::kPresent;
  std::string_view former_surname;
  std::string_view former_surname_kana;
};

class ResidentIndex {
 public:
  // From the CSV of text/residents.h; `threads` build it.
  [[nodiscard]] static Result<std::shared_ptr<const ResidentIndex>> Load(
      const std::filesystem::path& residents,
      std::shared_ptr<const text::Normaliser> normaliser,
      unsigned threads
  );
  ~ResidentIndex();
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] Decision Match(const Attributes& person, Explain explain) const;
  // A known number: whose is it? False: nobody's. `is_superseded` when it is somebody's old number.
  [[nodiscard]] bool FindByNumber(std::uint64_t number, ResidentView& out, bool& is_superseded)
      const;
  [[nodiscard]] const text::Normaliser& normaliser() const;

 private:
  struct State;

  explicit ResidentIndex(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

// Compares one person with one resident, attribute by attribute: outcome kAgree, kNotation or
// kPartial (with `differs`), as Match would if this were the only candidate.
[[nodiscard]] Decision Compare(
    const Attributes& person,
    const ResidentView& resident,
    const text::Normaliser& normaliser,
    Explain explain
);

}  // namespace musubi::matching
