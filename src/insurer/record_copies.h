// Record copies 副本 on the association's side: records in, packages out, results in.
//
// What always holds
//   1. A package is made against what the hub has confirmed, and every record of a package not yet
//      confirmed, or refused, goes again with its state of now: a file that was lost, came late or
//      came twice leaves no difference behind.
//   2. Each call that changes something is one transaction. The package's file is put in its place
//      after it: killed in between, its rows go again with the next package.
//   3. Nothing is sent for a link under doubt (record_person.h).
//   4. Memory is bounded by some thousand people, not by the register; a file of records costs 16
//      bytes a row.
//
// One thread at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/io.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "exchange/content.h"
#include "exchange/record_copy.h"
#include "insurer/record_import.h"
#include "rules/record_layout.h"
#include "store/database.h"

namespace musubi::insurer {

// kInitial: everything that is to be there; kDifferences: what the hub has not confirmed.
enum class CopyScope : std::uint8_t { kInitial, kDifferences };

struct CopiesRequest {
  CopyScope scope = CopyScope::kDifferences;
  std::filesystem::path out;
  const crypto::Identity& signer;        // insurer-X
  const crypto::Certificate& recipient;  // the terminal's
  exchange::Mode mode = exchange::Mode::kTest;
  Date as_of;  // not set: today. Records that begin later wait; layouts are those of that day.
};

struct CopiesReport {
  std::uint64_t sequence = 0;
  std::uint64_t rows = 0;
  std::uint64_t puts = 0;
  std::uint64_t deletes = 0;
  std::uint64_t people = 0;                      // with a row
  std::uint64_t held = 0;                        // people with an insured number under doubt
  std::uint64_t outdated = 0;                    // records whose layout is not accepted that day
  std::map<std::string, std::uint64_t> by_kind;  // of the rows
};

struct CopyResultRequest {
  std::filesystem::path file;
  const crypto::Identity& recipient;  // insurer-X
  const crypto::Trust& trust;
  exchange::Mode mode = exchange::Mode::kTest;
};

struct CopyResultProblem {
  std::uint64_t line = 0;
  std::string kind;
  std::string key;
  std::string outcome;
  std::string field;
};

struct CopyResultReport {
  std::uint64_t sequence = 0;
  bool already_imported = false;
  std::uint64_t rows = 0;
  std::uint64_t applied = 0;
  std::map<std::string, std::uint64_t> refused;  // by outcome
  std::vector<CopyResultProblem> problems;       // of those refused
};

class Records {
 public:
  // Tables of Register::Open are there. `layouts` outlives the object.
  [[nodiscard]] static Result<std::unique_ptr<Records>> Open(
      store::Database& database,
      const Clock& clock,
      std::string operator_name,
      const rules::RecordLayouts& layouts = rules::RecordLayouts::BuiltIn()
  );

  [[nodiscard]] Result<RecordImportReport> Import(
      ByteSource& source, std::string_view name, bool whole
  );
  // A package without rows is written too: it tells the hub that nothing has changed.
  [[nodiscard]] Result<CopiesReport> MakeCopies(const CopiesRequest& request);
  // kRefused, kInvalid: the package as a whole. kNotFound: not of a package of ours.
  [[nodiscard]] Result<CopyResultReport> ImportResult(const CopyResultRequest& request);

 private:
  Records(
      std::unique_ptr<store::Connection> connection,
      const Clock& clock,
      std::string operator_name,
      const rules::RecordLayouts& layouts
  )
      : connection_(std::move(connection)),
        clock_(&clock),
        operator_name_(std::move(operator_name)),
        layouts_(&layouts) {}

  std::unique_ptr<store::Connection> connection_;
  const Clock* clock_;
  std::string operator_name_;
  const rules::RecordLayouts* layouts_;
};

}  // namespace musubi::insurer
