// `musubi terminal ...`: what belongs to inquiries beside the desks: marks, figures of use, the
// form for the telephone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace musubi::apps {

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
