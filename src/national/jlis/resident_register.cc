#include "national/jlis/resident_register.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <utility>

#include <sys/stat.h>

#include "ops/log.h"
#include "ops/metrics.h"

namespace musubi::national::jlis {

namespace {

constexpr std::int64_t kNsPerSecond = 1000000000;

void CountLoad(std::string_view result) {
  ops::GetCounter(
      "musubi_jlis_register_loads_total",
      "Files of residents read, by result",
      "result=\"" + std::string(result) + "\""
  )
      .Add(1);
}

}  // namespace

ResidentRegister::ResidentRegister(std::filesystem::path file, Attributes attributes)
    : file_(std::move(file)), attributes_(attributes) {}

ResidentRegister::~ResidentRegister() = default;  // the watcher is told to stop, and joined

Result<std::unique_ptr<ResidentRegister>> ResidentRegister::Open(
    std::filesystem::path file, Attributes attributes, std::chrono::milliseconds look_every
) {
  std::unique_ptr<ResidentRegister> self(new ResidentRegister(std::move(file), attributes));
  MUSUBI_TRY(self->normaliser_, text::Normaliser::Make());
  const Stamp loaded = self->Look();  // before reading: a change meanwhile is seen afterwards
  MUSUBI_TRY(self->now_, self->Load());
  CountLoad("good");
  ops::LogInfo(
      "jlis.residents.loaded",
      {{"residents", self->now_->numbers.resident_count()},
       {"match_index", attributes == Attributes::kYes}}
  );
  self->watcher_ = std::jthread([raw = self.get(), look_every, loaded](const std::stop_token& stop
                                ) { raw->Watch(stop, look_every, loaded); });
  return self;
}

std::shared_ptr<const Residents> ResidentRegister::Now() const {
  const std::scoped_lock lock(mutex_);
  return now_;
}

ResidentRegister::Stamp ResidentRegister::Look() const {
  struct stat status = {};
  if (::stat(file_.c_str(), &status) != 0) {
    return {};
  }
  return {
      status.st_mtim.tv_sec * kNsPerSecond + status.st_mtim.tv_nsec,
      static_cast<std::uint64_t>(status.st_size),
      static_cast<std::uint64_t>(status.st_ino)
  };
}

Result<std::shared_ptr<const Residents>> ResidentRegister::Load() const {
  auto residents = std::make_shared<Residents>();
  MUSUBI_TRY(residents->numbers, ResidentIndex::Load(file_));
  if (attributes_ == Attributes::kYes) {
    const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    MUSUBI_TRY(
        residents->attributes, AttributeIndex::Load(file_, residents->numbers, threads, normaliser_)
    );
  }
  return std::shared_ptr<const Residents>(std::move(residents));
}

void ResidentRegister::Watch(
    const std::stop_token& stop, std::chrono::milliseconds look_every, Stamp loaded
) {
  std::mutex mutex;
  std::condition_variable_any never;
  Stamp tried = loaded;
  Stamp seen = loaded;
  for (;;) {
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, look_every, [] { return false; });
    if (stop.stop_requested()) {
      return;
    }
    const Stamp now = Look();
    const bool stands_still = now == std::exchange(seen, now);
    if (stands_still && now != tried) {
      tried = now;
      Exchange();
    }
  }
}

void ResidentRegister::Exchange() {
  Result<std::shared_ptr<const Residents>> loaded =
      Error{ErrorCode::kInternal, "not read", file_.filename().string()};
  try {
    loaded = Load();
  } catch (const std::exception&) {  // memory: the one thing that may be missing for a second index
    loaded = Error{ErrorCode::kExhausted, "no memory for two registers", file_.filename().string()};
  }
  CountLoad(loaded.ok() ? "good" : "refused");
  if (!loaded.ok()) {
    const Error& error = loaded.error();
    ops::LogError("jlis.residents.refused", {{"place", error.place}, {"why", error.message}});
    return;
  }
  const std::uint64_t count = (*loaded)->numbers.resident_count();
  {
    const std::scoped_lock lock(mutex_);
    now_.swap(*loaded);
  }  // the old version goes here, or with its last answer
  ops::LogInfo("jlis.residents.exchanged", {{"residents", count}});
}

}  // namespace musubi::national::jlis
