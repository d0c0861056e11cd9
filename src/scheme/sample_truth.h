// What is true of an association's sample people, as `scheme init` has written it beside the
// roster: the right number of each row, and whether the roster's is another.
//
// Holds Individual Numbers of synthetic people, in wiped memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace musubi::scheme {

class SampleTruth {
 public:
  // `folder`: of the association, with roster.csv and truth.csv. kPrecondition: no sample there.
  [[nodiscard]] static Result<SampleTruth> Load(const std::filesystem::path& folder);

  // Rows count from 1. True: the roster has a number, and it is not the person's.
  [[nodiscard]] bool IsWrongInRoster(std::uint64_t row) const;

  // How many people can be tied once every wrong number is corrected: they have a number, their
  // birth date is right and the resident network may answer for them.
  [[nodiscard]] std::uint64_t tieable_count() const { return tieable_count_; }

  // False: no corrected number helps this person.
  [[nodiscard]] bool IsTieable(std::uint64_t row) const;

  [[nodiscard]] std::uint64_t row_count() const { return numbers_.size(); }

  // The twelve digits of one row in a file (0600) of their own, as a clerk would type them.
  [[nodiscard]] Result<void> WriteNumber(std::uint64_t row, const std::filesystem::path& path)
      const;
  // The roster's own lines of these rows, heading included, with the right numbers (0600).
  [[nodiscard]] Result<void> WriteCorrectedRoster(
      const std::vector<std::uint64_t>& rows, const std::filesystem::path& path
  ) const;
  // Every number that is true or stands in the roster: what must not be found at the hub.
  [[nodiscard]] Result<void> AppendNumbers(SecretVector<std::uint64_t>& numbers) const;

 private:
  std::filesystem::path folder_;
  SecretVector<std::uint64_t> numbers_;  // by row - 1
  std::vector<bool> is_wrong_;
  std::vector<bool> is_tieable_;
  std::uint64_t tieable_count_ = 0;
};

}  // namespace musubi::scheme
