#include "audit/daily_erasure.h"

#include <condition_variable>
#include <mutex>

#include "ops/log.h"
#include "rules/permission.h"

namespace musubi::audit {

namespace {

constexpr std::chrono::hours kEvery{24};

void EraseOnce(RecordBook& book, const Clock& clock) {
  const Instant now = clock.Now();
  const auto period = rules::Permissions::BuiltIn().RetentionOn(Date::Of(JapanDay(now)));
  if (!period.ok()) {
    return;
  }
  const auto erased = book.EraseUntil(now - std::chrono::years(period->years));
  if (!erased.ok()) {
    ops::LogWarning("audit.erase.failed", {{"code", ErrorCodeName(erased.error().code)}});
  } else if (*erased > 0) {
    ops::LogInfo("audit.erased", {{"records", *erased}});
  }
}

}  // namespace

DailyErasure::DailyErasure(
    RecordBook& book, const Clock& clock, std::function<void(Instant now)> also
)
    : thread_([&book, &clock, also = std::move(also)](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any never;
        while (!stop.stop_requested()) {
          EraseOnce(book, clock);
          if (also) {
            also(clock.Now());
          }
          std::unique_lock lock(mutex);
          never.wait_for(lock, stop, kEvery, [] { return false; });
        }
      }) {}

}  // namespace musubi::audit
