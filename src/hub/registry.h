// The register of people by linkage code 機関別符号: one person, one code, across associations and
// periods; an enrolment per association with its insured number and branch.
//
// Plan decides, inside a write transaction, what each code of one list means; Write puts it into
// the store. Between the two the pairing file can be written by another thread, because after Plan
// every row's outcome and insured number stand.
//
// What always holds
//   1. A code twice in one list is nobody's: both rows become duplicate-in-list and go to the
//      exception list (same-number-twice, or two-numbers-one-code); no enrolment is touched.
//   2. A person already enrolled with this association keeps the insured number.
//   3. A link the association has stopped is not answered: outcome stopped, no number.
//   4. New insured numbers follow the order of the list, without gaps between batches.
//
// Memory: 24 bytes a row for the codes, 5 for the results. Rows are sorted before they are written.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "exchange/outcome.h"
#include "hub/batch_book.h"
#include "store/database.h"

namespace musubi::hub {

struct CodeRow {
  Code16 code;
  std::uint32_t row;
  std::uint32_t qualified_on;  // Date::packed
};

// Outcome and insured number per row of the list. Number 0: none.
struct RowResults {
  std::vector<exchange::Outcome> outcomes;
  std::vector<std::uint32_t> insured_numbers;
};

inline constexpr unsigned kIssuedBranch = 1;
inline constexpr std::uint32_t kInsuredNumberMax = 99'999'999;

class Registry {
 public:
  // `codes` holds the linked rows, in any order; `is_shared_number(row)` tells whether the row's
  // number stands on another row too.
  Registry(
      store::Connection& connection, std::uint32_t insurer, BatchId batch, std::int64_t now_ms
  );
  ~Registry();

  [[nodiscard]] Result<void> Plan(
      std::vector<CodeRow> codes,
      const std::function<bool(std::uint32_t)>& is_shared_number,
      RowResults& results
  );

  // Rows on the exception list; references are filled in by whoever reads the list again.
  struct ExceptionRow {
    Code16 code;
    std::uint32_t row;
    bool shares_number;
  };

  [[nodiscard]] const std::vector<ExceptionRow>& exceptions() const { return exceptions_; }

  // Inserts what Plan found new and brings the tallies up to date.
  [[nodiscard]] Result<void> Write(const RowResults& results);
  [[nodiscard]] Result<void> WriteException(const ExceptionRow& row, std::string_view reference);
  // The way back, from insured number to code, for what Write enrolled. The registry's last call,
  // in a transaction of its own after that of Write: the pairs need not wait for it, and what a
  // crash leaves out FillInsuredPeople adds at the next start.
  [[nodiscard]] Result<void> WriteInsuredPeople(const RowResults& results);

 private:
  [[nodiscard]] Result<void> FindKnown(RowResults& results);
  [[nodiscard]] Result<void> FindKnownOneByOne(RowResults& results);
  [[nodiscard]] Result<void> FindKnownAsSet(RowResults& results);
  void TakeOutDuplicates(
      const std::function<bool(std::uint32_t)>& is_shared_number, RowResults& results
  );
  [[nodiscard]] Result<void> WithholdStopped(RowResults& results);
  void MarkKnown(
      std::size_t index, std::uint32_t insurer, std::uint32_t number, RowResults& results
  );
  [[nodiscard]] Result<void> IssueNumbers(RowResults& results);
  [[nodiscard]] Result<std::int64_t> Tally(std::string_view name, std::uint32_t insurer);
  [[nodiscard]] Result<void> SetTally(
      std::string_view name, std::uint32_t insurer, std::int64_t value
  );

  store::Connection& connection_;
  std::uint32_t insurer_;
  BatchId batch_;
  std::int64_t now_ms_;
  std::vector<CodeRow> codes_;  // sorted by code, each code once
  std::vector<ExceptionRow> exceptions_;
  std::uint64_t new_people_ = 0;
  std::uint64_t new_enrolments_ = 0;
  std::uint32_t next_number_ = 1;
};

// Completes insured_person from the enrolments; nothing to do unless a hub was killed at the one
// instant. In a transaction of its own.
[[nodiscard]] Result<void> FillInsuredPeople(store::Connection& connection);

// Counts for `musubi hub people`.
struct RegistryCounts {
  std::int64_t people = 0;
  std::int64_t enrolments = 0;
  std::vector<std::pair<std::uint32_t, std::int64_t>> by_insurer;
  std::int64_t exceptions = 0;
};

[[nodiscard]] Result<RegistryCounts> CountRegistry(store::Connection& connection);

}  // namespace musubi::hub
