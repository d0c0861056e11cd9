#include "ops/progress.h"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

namespace musubi::ops {

namespace {

constexpr std::uint64_t kBarWidth = 30;
constexpr std::chrono::milliseconds kRedraw{100};

std::string Bar(std::uint64_t done, std::uint64_t total) {
  const double share = static_cast<double>(std::min(done, total)) / static_cast<double>(total);
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(kBarWidth));
  const std::string percent = std::to_string(static_cast<int>(share * 100));
  return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "] " + percent +
         "% " + std::to_string(done) + "/" + std::to_string(total);
}

}  // namespace

Progress::Progress(std::string_view label, std::uint64_t total)
    : label_(label), total_(total), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (is_terminal_ && drawn_at_ != std::chrono::steady_clock::time_point{}) {
    Draw(true);
  }
}

void Progress::Set(std::uint64_t done) {
  done_ = done;
  if (is_terminal_ && std::chrono::steady_clock::now() - drawn_at_ >= kRedraw) {
    Draw(false);
  }
}

void Progress::Draw(bool is_last) {
  drawn_at_ = std::chrono::steady_clock::now();
  // \r and "erase to the end" redraw the line in place.
  const std::string line = "\r\x1b[K" + label_ + " " +
                           (total_ == 0 ? std::to_string(done_) : Bar(done_, total_)) +
                           (is_last ? "\n" : "");
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace musubi::ops
