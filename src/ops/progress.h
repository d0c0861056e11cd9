// A bar on standard error while long work runs; nothing at all when standard error is no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace musubi::ops {

class Progress {
 public:
  // `total` 0: unknown, only the count is shown.
  Progress(std::string_view label, std::uint64_t total);
  ~Progress();  // finishes the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void Set(std::uint64_t done);  // drawn at most ten times a second

 private:
  void Draw(bool is_last);

  std::string label_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  bool is_terminal_;
  std::chrono::steady_clock::time_point drawn_at_ = {};
};

}  // namespace musubi::ops
