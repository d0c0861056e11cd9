// `musubi terminal ...` about inquiries: asking other institutions and what belongs to it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace musubi::apps {

struct TerminalInquireOptions {
  std::filesystem::path config;
  std::string person;  // NUMBER-BRANCH
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

// The first line printed is the inquiry's id.
[[nodiscard]] int TerminalInquire(const TerminalInquireOptions& options);

struct TerminalAnswerOptions {
  std::filesystem::path config;
  std::string id;
  std::string by;
  std::filesystem::path compare;  // 試行運用: CSV kind,item,value as the paper says
  bool json = false;
};

// With --compare: 1 when the answer and the paper differ.
[[nodiscard]] int TerminalAnswer(const TerminalAnswerOptions& options);

struct TerminalListOptions {
  std::filesystem::path config;
  bool json = false;
};

[[nodiscard]] int TerminalInquiries(const TerminalListOptions& options);
[[nodiscard]] int TerminalCorrections(const TerminalListOptions& options);
[[nodiscard]] int TerminalWaiting(const TerminalListOptions& options);

struct TerminalDecisionOptions {
  std::filesystem::path config;
  std::string id;
  std::string by;
};

[[nodiscard]] int TerminalRelease(const TerminalDecisionOptions& options);
[[nodiscard]] int TerminalRefuse(const TerminalDecisionOptions& options);

struct TerminalFlagsOptions {
  std::filesystem::path config;
  std::string person;
  bool hidden = false;
  bool self_blocked = false;
  bool manual = false;
};

[[nodiscard]] int TerminalFlags(const TerminalFlagsOptions& options);

struct TerminalUseOptions {
  std::filesystem::path config;
  std::string month;
  std::string procedure;  // with --paper: which work
  std::int64_t paper = -1;
  bool json = false;
};

[[nodiscard]] int TerminalUse(const TerminalUseOptions& options);

struct TerminalTelephoneOptions {
  std::filesystem::path config;
  std::string id;
};

// 電話照会受付票: the form for asking by telephone when the network cannot answer.
[[nodiscard]] int TerminalTelephoneForm(const TerminalTelephoneOptions& options);

}  // namespace musubi::apps
