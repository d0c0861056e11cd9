// Time comes in through constructors, so that a test can hold the hands.
//
// Instants are UTC; the offset of Japan (+09:00, no summer time since 1952) is added at the edges
// only, by the functions here. Clock is safe to call from every thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace musubi {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant Now() const = 0;
};

// The machine's clock; lives for the whole process.
[[nodiscard]] const Clock& SystemClock();

// Stands still until moved.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}

  [[nodiscard]] Instant Now() const override { return now_; }

  void Advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Instant now_;
};

// "2026-11-22T18:03:04+09:00" (Japan) and "2026-11-22T09:03:04.123Z" (UTC).
[[nodiscard]] std::string FormatJapanTime(Instant instant);
[[nodiscard]] std::string FormatUtc(Instant instant);
// ISO 8601 with an offset or Z, seconds, optional fraction.
[[nodiscard]] Result<Instant> ParseInstant(std::string_view text);
// The calendar day in Japan.
[[nodiscard]] std::chrono::year_month_day JapanDay(Instant instant);

}  // namespace musubi
