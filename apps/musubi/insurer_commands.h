// Commands of an association: `musubi insurer ...`. They parse options, call insurer/register.h and
// print; docs/operations/insurer.md is their manual.
#pragma once

#include <string>

namespace musubi::apps {

struct InsurerImportRosterOptions {
  std::string config;
  std::string roster;
  std::string mapping;  // empty: columns are found by their headings
  bool add = false;     // only the rows given; nobody is gone
  bool json = false;
};

struct InsurerNumberListOptions {
  std::string config;
  std::string out;
  bool json = false;
};

struct InsurerImportPairsOptions {
  std::string config;
  std::string file;
  bool json = false;
};

struct InsurerPeopleOptions {
  std::string config;
  std::string state;  // empty: all
  bool json = false;
  bool csv = false;
};

struct InsurerSetNumberOptions {
  std::string config;
  std::string reference;
  std::string file;  // empty or "-": standard input
};

struct InsurerHistoryOptions {
  std::string config;
  std::string reference;
  bool json = false;
};

struct InsurerUsesOptions {
  std::string config;
  std::string reference;  // empty: all uses
  bool json = false;
};

// Each returns the exit code: 0 done, 1 refused or problems found, 2 used wrongly, 3 could not.
[[nodiscard]] int InsurerImportRoster(const InsurerImportRosterOptions& options);
[[nodiscard]] int InsurerNumberList(const InsurerNumberListOptions& options);
[[nodiscard]] int InsurerImportPairs(const InsurerImportPairsOptions& options);
[[nodiscard]] int InsurerPeople(const InsurerPeopleOptions& options);
[[nodiscard]] int InsurerSetNumber(const InsurerSetNumberOptions& options);
[[nodiscard]] int InsurerHistory(const InsurerHistoryOptions& options);
[[nodiscard]] int InsurerUses(const InsurerUsesOptions& options);

}  // namespace musubi::apps
