// Commands of `musubi insurer` about record copies 副本: records in, packages out, results in.
#pragma once

#include <string>

namespace musubi::apps {

struct InsurerImportRecordsOptions {
  std::string config;
  std::string file;
  bool whole = false;  // records of its kinds that the file lacks are gone
  bool json = false;
};

struct InsurerRecordCopiesOptions {
  std::string config;
  std::string out;
  std::string as_of;  // empty: today
  bool initial = false;
  bool differences = false;
  bool json = false;
};

struct InsurerImportCopyResultOptions {
  std::string config;
  std::string file;
  bool json = false;
};

// Each returns the exit code: 0 done, 1 refused or problems found, 2 used wrongly, 3 could not.
[[nodiscard]] int InsurerImportRecords(const InsurerImportRecordsOptions& options);
[[nodiscard]] int InsurerRecordCopies(const InsurerRecordCopiesOptions& options);
[[nodiscard]] int InsurerImportCopyResult(const InsurerImportCopyResultOptions& options);

}  // namespace musubi::apps
