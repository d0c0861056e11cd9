// `musubi scheme ...`: a whole scheme 結 on one machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace musubi::apps {

struct SchemeInitOptions {
  std::filesystem::path folder;
  std::filesystem::path residents;  // empty: synthetic ones
  std::vector<std::string> insurers;
  std::optional<std::uint64_t> people;
  std::uint64_t seed = 1;
  std::string store;
  std::uint16_t base_port = 0;  // 0: the default
};

[[nodiscard]] int SchemeInit(const SchemeInitOptions& options);

struct SchemeUpOptions {
  std::filesystem::path folder;
};

[[nodiscard]] int SchemeUp(const SchemeUpOptions& options);

struct SchemeStatusOptions {
  std::filesystem::path folder;
  bool json = false;
};

// 0 when every role is ready, else 1.
[[nodiscard]] int SchemeStatus(const SchemeStatusOptions& options);

struct SchemeFaultOptions {
  std::filesystem::path folder;
  std::string role;
  double busy = 0;
  int slow_ms = 0;
  bool closed = false;
  double drop = 0;
  double lose_answer = 0;
  double wrong_records = 0;
  bool silent = false;
  bool off = false;
};

[[nodiscard]] int SchemeFault(const SchemeFaultOptions& options);

struct SchemeRehearseOptions {
  std::filesystem::path folder;
  bool once = false;  // no second round with corrected numbers
};

// 0 when the work came out as it should and no number is left on the hub, else 1.
[[nodiscard]] int SchemeRehearse(const SchemeRehearseOptions& options);

struct SchemeDemonstrateOptions {
  std::filesystem::path folder;
  bool once = false;
  bool remove = false;
};

// init, up, rehearse; then runs on until a signal.
[[nodiscard]] int SchemeDemonstrate(const SchemeDemonstrateOptions& options);

}  // namespace musubi::apps
