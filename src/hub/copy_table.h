// Record copies 副本: what the associations have deposited here so that others' inquiries are
// answered without asking them (番号法22条1項). This header reads; copy_work.h writes.
//
// What always holds
//   1. Nothing is overwritten. A record is (insurer, insured number, kind, key, valid from); each
//      package that sends it adds a revision, a deletion is a revision too. The newest revision is
//      what holds. A revision is the sequence number of the package, so packages may come in any
//      order and the newest still wins.
//   2. Rows of one package become visible together, with the package.
//   3. Copies are kept by the association's insured number; a linkage code 機関別符号 leads to them
//      through its enrolments. No copy of a stopped link 提供停止 is ever read out.
//
// Days are Japan's and inclusive on both ends; an open end is a Date that is not set. Functions use
// the caller's connection (and transaction, if one is open) and are as thread-safe as it is. Errors
// are the store's. A point question costs one statement on either engine.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/date.h"
#include "base/result.h"
#include "number/insured_number.h"
#include "store/database.h"

namespace musubi::hub {

// One record as it holds. What its items mean: rules/record_layout.h, by kind and layout version;
// `items[i]` belongs to the layout's items[i] and is a value or "!reason" (rules::ReadItem).
struct Copy {
  std::uint32_t insurer = 0;  // 133033
  std::uint32_t number = 0;   // insured number; its branch is the enrolment's
  std::string kind;           // "eligibility", "high-cost-care"
  std::string key;            // the association's own key of the record
  Date valid_from;
  Date valid_to;  // not set: no end known
  int layout_version = 0;
  std::uint64_t revision = 0;  // to be remembered by whoever hands the copy out
  std::vector<std::string> items;
};

struct CopyQuestion {
  std::span<const std::string_view> kinds;  // empty: every kind
  Date from;  // records valid on at least one day from..to; as of a day: both that day
  Date to;
  std::uint32_t insurer = 0;  // 0: every association the person is or was enrolled with
  // Answers as this hub would have answered when no later package had come; for looking back.
  std::uint64_t revision_max = std::numeric_limits<std::int64_t>::max();
};

// In order of insurer, kind, key, valid from. Empty: nothing held, or the link is stopped: ask
// EnrolmentsOf when the difference matters.
[[nodiscard]] Result<std::vector<Copy>> CopiesOf(
    store::Connection& connection, const Code16& code, const CopyQuestion& question
);
[[nodiscard]] Result<std::vector<Copy>> CopiesOf(
    store::Connection& connection,
    const Code16& code,
    std::span<const std::string_view> kinds,
    Date from,
    Date to
);

struct Enrolment {
  std::uint32_t insurer = 0;
  std::uint32_t number = 0;
  unsigned branch = 0;
  Date qualified_on;
  bool is_stopped = false;
};

// The associations that know a person, in order of insurer. Empty: nobody has this code.
[[nodiscard]] Result<std::vector<Enrolment>> EnrolmentsOf(
    store::Connection& connection, const Code16& code
);

struct EnrolledCode {
  Code16 code = {};
  bool is_stopped = false;
};

// Insured number and branch -> code: for inquiries about a person the association names. Nothing:
// the association has nobody of this insured number.
[[nodiscard]] Result<std::optional<EnrolledCode>> CodeOf(
    store::Connection& connection, std::uint32_t insurer, const number::InsuredNumber& insured
);

// A record that an applied package changed: it was held before, and its items, its end or its
// existence now differ. Whoever was given `previous_revision` or an earlier one was given something
// that no longer holds.
struct CopyChange {
  std::int64_t ordinal = 0;  // of the package, see CopyPackage
  std::uint32_t insurer = 0;
  std::uint32_t number = 0;
  Code16 code = {};
  std::string kind;
  std::string key;
  Date valid_from;
  std::uint64_t previous_revision = 0;
  std::uint64_t revision = 0;
  bool is_deleted = false;
};

using OnCopyChange = std::function<Result<void>(const CopyChange&)>;

// Changes of every package applied after `ordinal`, in order of ordinal: a consumer keeps the
// ordinal it has dealt with and can be killed at any time. `on_change` must not use `connection`.
[[nodiscard]] Result<void> ChangesAfter(
    store::Connection& connection, std::int64_t ordinal, const OnCopyChange& on_change
);

// Removes changes of the packages up to and including `ordinal`, which their consumer has dealt
// with: the oldest `count` of them and whatever else of the last one's person, in one transaction.
// Returns how many; 0: there are none, and nothing was written.
[[nodiscard]] Result<std::uint64_t> ForgetChanges(
    store::Connection& connection, std::int64_t ordinal, std::size_t count
);

// An applied package. Ordinals count the packages of all associations from 1 in the order in which
// they were applied, without gaps.
struct CopyPackage {
  std::int64_t ordinal = 0;
  std::uint32_t insurer = 0;
  std::uint64_t revision = 0;
  std::int64_t batch = 0;
  std::int64_t applied_at_ms = 0;
  std::uint64_t applied = 0;
  std::uint64_t refused = 0;
};

// The newest applied package; nothing: none yet.
[[nodiscard]] Result<std::optional<CopyPackage>> LastCopyPackage(store::Connection& connection);

}  // namespace musubi::hub
