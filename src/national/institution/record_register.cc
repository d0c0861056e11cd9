#include "national/institution/record_register.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <exception>
#include <utility>

#include <sys/stat.h>

#include "base/io.h"
#include "crypto/cipher.h"
#include "exchange/resident_query.h"
#include "ops/log.h"

namespace musubi::national::institution {

namespace {

constexpr std::int64_t kNsPerSecond = 1000000000;
constexpr std::chrono::milliseconds kTryAgain{200};

http::Request CodesRequest(std::span<const Person* const> people) {
  http::Request request;
  request.method = "POST";
  request.path = "/v1/institution-codes";
  request.headers["content-type"] = http::kCsv;
  Code16 key{};
  crypto::FillRandom(key);
  request.headers["idempotency-key"] = ToHex(key);
  for (const Person* person : people) {
    std::array<char, 11> digits{};
    person->resident.RevealDigits(digits);
    request.body.insert(request.body.end(), digits.begin(), digits.end());
    exchange::AppendLineEnd(request.body);
    WipeMemory(digits.data(), digits.size());
  }
  return request;
}

void LogFailure(std::string_view event, const Error& error) {
  ops::LogWarning(
      event, {{"code", ErrorCodeName(error.code)}, {"place", error.place}, {"why", error.message}}
  );
}

}  // namespace

RecordRegister::RecordRegister(RegisterOptions options, SendToNetwork send, OnGone on_gone)
    : options_(std::move(options)), send_(std::move(send)), on_gone_(std::move(on_gone)) {}

RecordRegister::~RecordRegister() {
  Stop();
}

Result<std::unique_ptr<RecordRegister>> RecordRegister::Open(
    RegisterOptions options, SendToNetwork send, OnGone on_gone
) {
  std::unique_ptr<RecordRegister> self(
      new RecordRegister(std::move(options), std::move(send), std::move(on_gone))
  );
  self->loaded_ = self->Look();  // before reading: a change meanwhile is seen afterwards
  MUSUBI_TRY(RecordIndex index, RecordIndex::Load(self->options_.file));
  self->next_ = std::make_shared<RecordIndex>(std::move(index));
  return self;
}

void RecordRegister::Run() {
  worker_ = std::jthread([this](const std::stop_token& stop) { Work(stop); });
}

void RecordRegister::Stop() {
  if (worker_.joinable()) {
    worker_.request_stop();
    worker_.join();
  }
}

Result<std::shared_ptr<const RecordIndex>> RecordRegister::Now() const {
  const std::scoped_lock lock(mutex_);
  if (!now_) {
    return Error{ErrorCode::kUnavailable, "the network has not given the codes yet"};
  }
  return now_;
}

RecordRegister::Stamp RecordRegister::Look() const {
  struct stat status = {};
  if (::stat(options_.file.c_str(), &status) != 0) {
    return {};
  }
  return {
      status.st_mtim.tv_sec * kNsPerSecond + status.st_mtim.tv_nsec,
      static_cast<std::uint64_t>(status.st_size),
      static_cast<std::uint64_t>(status.st_ino)
  };
}

void RecordRegister::Work(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  Stamp seen = loaded_;
  while (!stop.stop_requested()) {
    GoOn();
    std::unique_lock lock(mutex);
    const auto wait = next_ ? std::min(kTryAgain, options_.look_every) : options_.look_every;
    never.wait_for(lock, stop, wait, [] { return false; });
    const Stamp now = Look();
    const bool stands_still = now == std::exchange(seen, now);
    if (stands_still && now != loaded_ && !stop.stop_requested()) {
      loaded_ = now;
      ReadChanged();
    }
  }
}

void RecordRegister::ReadChanged() {
  Result<RecordIndex> index = RecordIndex::Load(options_.file);
  if (index.ok()) {
    next_ = std::make_shared<RecordIndex>(std::move(index).value());
    return;
  }
  const Error& error = index.error();
  ops::LogError("institution.records.refused", {{"place", error.place}, {"why", error.message}});
}

void RecordRegister::GoOn() {
  try {
    if (next_) {
      const Result<void> taken = TakeOver();
      if (!taken.ok()) {
        LogFailure("institution.codes.waiting", taken.error());
      }
    }
    if (untold_) {
      const Result<void> told = TellGone(*untold_);
      if (!told.ok()) {
        LogFailure("institution.corrections.waiting", told.error());
        return;
      }
      untold_.reset();
    }
  } catch (const std::exception&) {
    ops::LogError("institution.records.exception");
  }
}

Result<void> RecordRegister::TakeOver() {
  MUSUBI_CHECK_OK(FetchCodes(*next_));
  untold_ = std::exchange(next_, nullptr);
  {
    const std::scoped_lock lock(mutex_);
    now_ = untold_;
  }
  ops::LogInfo(
      "institution.records.served",
      {{"people", untold_->people().size()}, {"records", untold_->records().size()}}
  );
  return Ok();
}

Result<void> RecordRegister::FetchCodes(RecordIndex& index) {
  std::vector<const Person*> unknown;
  for (const Person& person : index.people()) {
    if (!codes_.contains(person.resident.RevealPacked())) {
      unknown.push_back(&person);
    }
  }
  for (std::size_t at = 0; at < unknown.size(); at += kCodeBlock) {
    const std::size_t count = std::min(kCodeBlock, unknown.size() - at);
    MUSUBI_CHECK_OK(FetchBlock(std::span(unknown).subspan(at, count)));
  }
  std::vector<std::optional<Code16>> codes;
  codes.reserve(index.people().size());
  for (const Person& person : index.people()) {
    codes.push_back(codes_.at(person.resident.RevealPacked()));
  }
  return index.SetCodes(codes);
}

Result<void> RecordRegister::FetchBlock(std::span<const Person* const> people) {
  MUSUBI_TRY(const http::Response response, send_(CodesRequest(people)));
  if (response.status != 200) {
    return http::ErrorOfProblem(response);
  }
  std::vector<std::optional<Code16>> codes;
  MUSUBI_TRY(
      const std::uint64_t count,
      exchange::EachLine(
          response.body_text(),
          [&codes](std::uint64_t row, std::span<const std::string_view> fields) -> Result<void> {
            Code16 code{};
            const bool is_blank = fields.size() == 1 && fields[0].empty();
            if (!is_blank && (fields.size() != 1 || !ReadHex(fields[0], code))) {
              return Error{ErrorCode::kInvalid, "not a code", "line " + std::to_string(row + 1)};
            }
            codes.push_back(is_blank ? std::nullopt : std::optional(code));
            return Ok();
          }
      )
  );
  if (count != people.size()) {
    return Error{ErrorCode::kInvalid, "the network gave another count of codes than was asked for"};
  }
  for (std::size_t i = 0; i < people.size(); ++i) {
    codes_[people[i]->resident.RevealPacked()] = codes[i];
  }
  return Ok();
}

// First told, then kept: a crash between the two tells twice, which changes nothing.
Result<void> RecordRegister::TellGone(const RecordIndex& now) {
  const Result<RecordIndex> served = RecordIndex::Load(options_.served);
  if (served.ok()) {
    const std::vector<std::string> gone = WordsGone(*served, now);
    if (!gone.empty()) {
      MUSUBI_CHECK_OK(on_gone_(gone));
    }
  } else if (served.error().code != ErrorCode::kNotFound) {
    return served.error();
  }
  std::string text = std::string(kRecordsHeading) + "\r\n";
  for (const Record& record : now.records()) {
    AppendRecord(record, text);
    text += "\r\n";
  }
  MUSUBI_TRY(const auto sink, FileSink::Create(options_.served));
  MUSUBI_CHECK_OK(sink->Write(AsBytes(text)));
  return sink->Commit();
}

}  // namespace musubi::national::institution
