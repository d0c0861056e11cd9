// Commands about the link between a person and a number: `musubi insurer query-residents`,
// `verify-links`, `look-up-address`, `review`. They parse options, call insurer/links.h and print;
// docs/operations/insurer.md is their manual.
#pragma once

#include <string>

namespace musubi::apps {

// Asking by package instead of over the line.
struct QueryPackageOptions {
  std::string package;      // to write; with through_support: to send (written if it is not there)
  std::string answer;       // to read; with through_support: where it is put first
  std::string certificate;  // of jlis; "": jlis/node.pem beside the configuration
  bool through_support = false;
};

struct InsurerQueryResidentsOptions {
  std::string config;
  QueryPackageOptions by_package;
  bool json = false;
};

struct InsurerVerifyLinksOptions {
  std::string config;
  QueryPackageOptions by_package;
  bool json = false;
  bool statistics = false;  // only show what earlier runs found
};

struct InsurerLookUpAddressOptions {
  std::string config;
  std::string reference;
  bool json = false;
};

// At most one of next, confirm, approve, reject, stop, lift; none: the ranked classes.
struct InsurerReviewOptions {
  std::string config;
  bool next = false;    // the largest class
  std::string confirm;  // a class
  std::string approve;  // a class
  std::string reject;   // a class
  std::string stop;     // a reference
  std::string lift;     // a reference
  std::string by;       // who decides
  std::string reason;
  bool show = false;  // with next: attributes of the people too
  bool json = false;
};

// Each returns the exit code: 0 done, 1 refused or problems found, 2 used wrongly, 3 could not.
[[nodiscard]] int InsurerQueryResidents(const InsurerQueryResidentsOptions& options);
[[nodiscard]] int InsurerVerifyLinks(const InsurerVerifyLinksOptions& options);
[[nodiscard]] int InsurerLookUpAddress(const InsurerLookUpAddressOptions& options);
[[nodiscard]] int InsurerReview(const InsurerReviewOptions& options);

}  // namespace musubi::apps
