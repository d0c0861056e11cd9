#include "hub/correction_watch.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "hub/copy_holdings.h"
#include "hub/copy_table.h"
#include "ops/log.h"

namespace musubi::hub {

namespace {

constexpr std::chrono::milliseconds kLookEvery{5000};
constexpr std::size_t kForgottenAtOnce = 5000;  // milliseconds of the registry's writer

void WarnUnless(const Result<void>& done, std::string_view event) {
  if (!done.ok()) {
    ops::LogWarning(event, {{"code", ErrorCodeName(done.error().code)}});
  }
}

}  // namespace

CorrectionWatch::~CorrectionWatch() {
  Stop();
}

void CorrectionWatch::Start() {
  worker_ = std::jthread([this](const std::stop_token& stop) { Work(stop); });
}

void CorrectionWatch::Stop() {
  if (worker_.joinable()) {
    worker_.request_stop();
    worker_.join();
  }
}

void CorrectionWatch::Wake() {
  const std::scoped_lock lock(mutex_);
  is_woken_ = true;
  woken_.notify_all();
}

void CorrectionWatch::Work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    WarnUnless(CorrectOnce(), "hub.copies.correction_failed");
    WarnUnless(ForgetCorrected(stop), "hub.copies.forgetting_failed");
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, stop, kLookEvery, [this] { return is_woken_; });
    is_woken_ = false;
  }
}

Result<void> CorrectionWatch::CorrectOnce() {
  MUSUBI_TRY(const std::int64_t mark, Mark());
  std::int64_t last = mark;
  std::vector<std::string> given;
  {
    MUSUBI_TRY(const auto connection, parts_.registry->Connect());
    MUSUBI_CHECK_OK(ChangesAfter(*connection, mark, [&](const CopyChange& change) -> Result<void> {
      last = std::max(last, change.ordinal);
      given.push_back(CopyHoldings::GivenWord(
          change.insurer, change.number, change.kind, change.key, change.valid_from
      ));
      return Ok();
    }));
  }
  if (given.empty()) {
    return Ok();
  }
  MUSUBI_TRY(const std::uint64_t told, parts_.correct(given));
  if (told > 0) {
    ops::LogInfo("hub.copies.corrected", {{"changes", given.size()}, {"inquiries", told}});
  }
  return MoveMark(last);
}

Result<std::int64_t> CorrectionWatch::Mark() {
  MUSUBI_TRY(const auto connection, parts_.office->Connect());
  MUSUBI_TRY(
      const auto mark,
      connection->QueryInt("SELECT value FROM office_mark WHERE name = 'copy-ordinal'")
  );
  return mark.value_or(0);
}

Result<void> CorrectionWatch::MoveMark(std::int64_t ordinal) {
  MUSUBI_TRY(auto writing, parts_.book->Begin());
  MUSUBI_TRY(
      const std::int64_t moved,
      writing.connection().Execute(
          "INSERT INTO office_mark (name, value) VALUES ('copy-ordinal', $1) "
          "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
          {ordinal}
      )
  );
  static_cast<void>(moved);
  return writing.Commit();
}

Result<void> CorrectionWatch::ForgetCorrected(const std::stop_token& stop) {
  MUSUBI_TRY(const std::int64_t mark, Mark());
  MUSUBI_TRY(const auto connection, parts_.registry->Connect());
  while (!stop.stop_requested()) {
    MUSUBI_TRY(const std::uint64_t forgotten, ForgetChanges(*connection, mark, kForgottenAtOnce));
    if (forgotten == 0) {
      break;
    }
  }
  return Ok();
}

}  // namespace musubi::hub
