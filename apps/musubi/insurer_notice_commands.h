// Commands of `musubi insurer` about notices お知らせ: a package for the hub, and its answer.
#pragma once

#include <string>

namespace musubi::apps {

struct InsurerNoticesOptions {
  std::string config;
  std::string in;
  std::string out;
  bool json = false;
};

struct InsurerNoticeResultOptions {
  std::string config;
  std::string file;
  bool json = false;
};

// Each returns the exit code: 0 done, 1 refused or problems found, 2 used wrongly, 3 could not.
[[nodiscard]] int InsurerNotices(const InsurerNoticesOptions& options);
[[nodiscard]] int InsurerNoticeResult(const InsurerNoticeResultOptions& options);

}  // namespace musubi::apps
