#include "terminal_commands.h"

#include <chrono>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "base/clock.h"
#include "ops/config.h"
#include "ops/progress.h"
#include "output.h"
#include "terminal/terminal.h"

namespace musubi::apps {

namespace {

using terminal::Batch;
using terminal::BatchState;
using terminal::Terminal;
using terminal::Wait;

Result<std::unique_ptr<Terminal>> OpenTerminal(const std::filesystem::path& path) {
  MUSUBI_TRY(const auto config, ops::Config::Load(path));
  MUSUBI_TRY(auto opened, Terminal::Open(config));
  const auto left = opened->certificate().expires_at() - SystemClock().Now();
  if (left < crypto::kExpiryWarning) {
    Warn(fmt::format(
        "the certificate of {} expires in {} days; have it renewed (musubi certificate renew)",
        opened->certificate().id(),
        std::chrono::duration_cast<std::chrono::days>(left).count()
    ));
  }
  return opened;
}

// One bar per stage; nothing when standard error is no terminal.
class BatchProgress {
 public:
  void Show(const Batch& batch) {
    if (batch.state != BatchState::kWorking) {
      bar_.reset();
      return;
    }
    if (!bar_ || stage_ != batch.stage) {
      stage_ = batch.stage;
      bar_.emplace(stage_, batch.rows);
    }
    bar_->Set(batch.rows_done);
  }

 private:
  std::string stage_;
  std::optional<ops::Progress> bar_;
};

void PrintCounts(const Batch& batch) {
  PrintLine(fmt::format("state: {}", terminal::BatchStateName(batch.state)));
  if (batch.rows > 0) {
    PrintLine(fmt::format(
        "rows: {}, done: {}, refused: {}",
        FormatCount(batch.rows),
        FormatCount(batch.done),
        FormatCount(batch.refused)
    ));
  }
  for (const auto& [name, count] : batch.outcomes) {
    if (count > 0) {
      PrintLine(fmt::format("  {}: {}", name, FormatCount(count)));
    }
  }
}

int Report(const Batch& batch, bool json) {
  if (json) {
    PrintLine(batch.json);
  } else {
    PrintCounts(batch);
  }
  const bool has_failed =
      batch.state == BatchState::kRefused || batch.state == BatchState::kFileNeeded;
  return has_failed ? Fail(batch.problem) : kExitDone;
}

}  // namespace

int TerminalUpload(const TerminalUploadOptions& options) {
  auto opened = OpenTerminal(options.config);
  if (!opened.ok()) {
    return Fail(opened.error());
  }
  std::string printed;
  BatchProgress progress;
  const auto batch = opened.value()->Upload(
      options.file,
      options.wait ? Wait::kYes : Wait::kNo,
      [&](const Batch& now) {
        if (printed.empty()) {
          printed = now.id;
          PrintLine(printed);
        }
        progress.Show(now);
      }
  );
  return batch.ok() ? Report(batch.value(), options.json) : Fail(batch.error());
}

int TerminalBatch(const TerminalBatchOptions& options) {
  auto opened = OpenTerminal(options.config);
  if (!opened.ok()) {
    return Fail(opened.error());
  }
  BatchProgress progress;
  const auto batch = opened.value()->Show(
      options.batch,
      options.wait ? Wait::kYes : Wait::kNo,
      [&](const Batch& now) { progress.Show(now); }
  );
  return batch.ok() ? Report(batch.value(), options.json) : Fail(batch.error());
}

int TerminalDownload(const TerminalDownloadOptions& options) {
  auto opened = OpenTerminal(options.config);
  if (!opened.ok()) {
    return Fail(opened.error());
  }
  const auto size = opened.value()->Download(options.batch, options.out);
  if (!size.ok()) {
    return Fail(size.error());
  }
  PrintLine(fmt::format("{} ({} bytes)", options.out.string(), FormatCount(size.value())));
  return kExitDone;
}

int TerminalAck(const TerminalAckOptions& options) {
  auto opened = OpenTerminal(options.config);
  if (!opened.ok()) {
    return Fail(opened.error());
  }
  const auto batch = opened.value()->Acknowledge(options.batch);
  return batch.ok() ? Report(batch.value(), false) : Fail(batch.error());
}

int TerminalStop(const TerminalLinkOptions& options) {
  return Finish([&]() -> Result<void> {
    MUSUBI_TRY(const auto insured, number::InsuredNumber::ParseJoined(options.insured));
    MUSUBI_TRY(const auto terminal, OpenTerminal(options.config));
    return terminal->StopLink(insured, options.reason);
  }());
}

int TerminalResume(const TerminalLinkOptions& options) {
  return Finish([&]() -> Result<void> {
    MUSUBI_TRY(const auto insured, number::InsuredNumber::ParseJoined(options.insured));
    MUSUBI_TRY(const auto terminal, OpenTerminal(options.config));
    return terminal->ResumeLink(insured);
  }());
}

}  // namespace musubi::apps
