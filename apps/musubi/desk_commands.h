// What clerks do at the desks of their system, the same for `musubi terminal ...` (at the hub) and
// `musubi institution ...` (at the institution's own role).
#pragma once

#include <filesystem>
#include <string>

namespace musubi::apps {

struct DeskInquireOptions {
  std::filesystem::path config;
  std::string system;  // whose desks: "hub" for a terminal; blank: the node itself
  std::string person;  // NUMBER-BRANCH at the hub, the institution's own key elsewhere
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

// The first line printed is the inquiry's id (with --json: only the object). 1: the outcome is
// final and nothing was provided for a reason other than that nothing is held.
[[nodiscard]] int DeskInquire(const DeskInquireOptions& options);

struct DeskAnswerOptions {
  std::filesystem::path config;
  std::string system;  // whose desks: "hub" for a terminal; blank: the node itself
  std::string id;
  std::string by;
  std::filesystem::path compare;  // 試行運用: CSV kind,item,value as the paper says
  bool json = false;
};

// With --compare: 1 when the answer and the paper differ.
[[nodiscard]] int DeskAnswer(const DeskAnswerOptions& options);

struct DeskListOptions {
  std::filesystem::path config;
  std::string system;  // whose desks: "hub" for a terminal; blank: the node itself
  bool json = false;
};

[[nodiscard]] int DeskInquiries(const DeskListOptions& options);
[[nodiscard]] int DeskCorrections(const DeskListOptions& options);
[[nodiscard]] int DeskWaiting(const DeskListOptions& options);

struct DeskDecisionOptions {
  std::filesystem::path config;
  std::string system;  // whose desks: "hub" for a terminal; blank: the node itself
  std::string id;
  std::string by;
};

[[nodiscard]] int DeskRelease(const DeskDecisionOptions& options);
[[nodiscard]] int DeskRefuse(const DeskDecisionOptions& options);

}  // namespace musubi::apps
