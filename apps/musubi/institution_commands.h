// `musubi institution ...`: another institution's clerks, through the role that runs.
#pragma once

#include <filesystem>
#include <string>

namespace musubi::apps {

struct InstitutionInquireOptions {
  std::filesystem::path config;
  std::string person;  // the institution's own key
  std::string procedure;
  std::string information;
  std::string provider;
  std::string from;
  std::string to;
  std::string id;  // of an inquiry asked before; blank: a new one
  bool hidden = false;
  bool wait = false;
  bool json = false;
};

// The first line printed is the inquiry's id. 1: the outcome is final and nothing was provided for
// a reason other than that nothing is held.
[[nodiscard]] int InstitutionInquire(const InstitutionInquireOptions& options);

struct InstitutionAnswerOptions {
  std::filesystem::path config;
  std::string id;
  std::string by;
  bool json = false;
};

[[nodiscard]] int InstitutionAnswer(const InstitutionAnswerOptions& options);

struct InstitutionListOptions {
  std::filesystem::path config;
  bool json = false;
};

[[nodiscard]] int InstitutionInquiries(const InstitutionListOptions& options);
// Inquiries of ours whose provider has corrected what it gave out.
[[nodiscard]] int InstitutionCorrections(const InstitutionListOptions& options);
// Orders that a person answers by hand.
[[nodiscard]] int InstitutionWaiting(const InstitutionListOptions& options);

struct InstitutionDecisionOptions {
  std::filesystem::path config;
  std::string id;
  std::string by;
};

[[nodiscard]] int InstitutionRelease(const InstitutionDecisionOptions& options);
[[nodiscard]] int InstitutionRefuse(const InstitutionDecisionOptions& options);

}  // namespace musubi::apps
