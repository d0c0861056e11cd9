// What each piece of work on the register has to tell: counts, and places of problems. Never a
// value of a personal field.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "insurer/link_state.h"

namespace musubi::insurer {

struct RowProblem {
  std::uint64_t line = 0;
  std::string field;
  std::string problem;
};

struct RosterReport {
  std::uint64_t rows = 0;
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t gone = 0;
  std::uint64_t returned = 0;
  std::uint64_t numbers_present = 0;  // well-formed
  std::uint64_t numbers_missing = 0;
  std::uint64_t numbers_bad_format = 0;
  std::uint64_t numbers_bad_check_digit = 0;
  std::vector<RowProblem> problems;  // all of them
  std::string encoding;
  std::vector<std::string> ignored_columns;
};

using ReasonCounts = std::array<std::uint64_t, kReasonCount>;

struct NumberListReport {
  std::uint64_t sequence = 0;
  std::uint64_t rows = 0;
  ReasonCounts held = {};                  // people of the roster not in the list, by reason
  std::uint64_t shared_numbers = 0;        // numbers of two people with different birth dates: sent
  std::uint64_t possible_same_person = 0;  // people who stand in the register with two numbers
  std::uint64_t qualified_on_missing = 0;  // sent with the day of their registration instead
};

struct PairProblem {
  std::uint64_t row = 0;  // counts from 1
  std::string problem;
};

struct PairsReport {
  bool already_imported = false;
  std::uint64_t rows = 0;
  std::uint64_t issued = 0;
  std::uint64_t known = 0;
  ReasonCounts refused = {};
  std::uint64_t stale = 0;  // number, birth date or link changed since the list went out
  std::vector<PairProblem> problems;
};

struct StateCount {
  LinkState state = LinkState::kNotCollected;
  Reason reason = Reason::kNone;
  std::uint64_t count = 0;
};

// A person as lists show one: keys and link, no name.
struct PersonLine {
  std::int64_t row = 0;  // of the last roster, from 1; 0: not in it
  std::string_view reference;
  std::string_view symbol;
  std::string_view member_number;
  std::string_view insured_number;
  std::string_view branch;
  LinkState state = LinkState::kNotCollected;
  Reason reason = Reason::kNone;
};

struct HistoryLine {
  std::string at;
  std::string operator_name;
  std::string kind;  // of the work: "roster", "number-list", "pairs", "set-number"
  std::string what;
  std::string from_state;
  std::string to_state;
  std::string reason;
  std::string insured_number_before;
};

}  // namespace musubi::insurer
