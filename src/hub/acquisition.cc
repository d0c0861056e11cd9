#include "hub/acquisition.h"

#include <algorithm>
#include <cstring>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "crypto/cipher.h"
#include "number/individual_number.h"
#include "ops/log.h"

namespace musubi::hub {

namespace {

using exchange::Outcome;

constexpr int kRoundsMax = 3;
constexpr std::size_t kHexSize = 32;
constexpr std::size_t kNumberLineSize = kHexSize + 2;  // hex CRLF
constexpr std::size_t kRequestLineSize = kHexSize + 1 + 10 + 1 + 12 + 2;
constexpr std::string_view kLinked = "linked";

std::string NewKey() {
  Code16 random{};
  crypto::FillRandom(random);
  return ToHex(random);
}

// The next line of `text` without its CRLF, taken off; empty at the end.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  if (end == std::string_view::npos) {
    text = {};
    return {};
  }
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 2);
  return line;
}

Error Nonsense(std::string_view who) {
  return Error{ErrorCode::kInternal, fmt::format("{} answered something else than agreed", who)};
}

http::Request PostJson(std::string_view path, std::string_view json, std::string_view key) {
  http::Request request;
  request.method = "POST";
  request.path = path;
  request.headers["content-type"] = "application/json";
  request.headers["idempotency-key"] = key;
  request.body = http::MakeBody(json);
  return request;
}

// "<processing number>,<birth date>,<individual number>" per row.
http::Body MakeAcquisitionBody(std::string_view processing_numbers, const Chunk& chunk) {
  http::Body body(chunk.size() * kRequestLineSize);
  char* out = body.data();
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    std::memcpy(out, processing_numbers.data() + i * kNumberLineSize, kHexSize);
    out += kHexSize;
    *out++ = ',';
    Date::FromPacked(chunk[i].birth_date).WriteTo(out);
    out += 10;
    *out++ = ',';
    number::IndividualNumber::FromPacked(chunk[i].number)
        .RevealDigits(std::span<char, 12>(out, 12));
    out += 12;
    *out++ = '\r';
    *out++ = '\n';
  }
  return body;
}

}  // namespace

struct Acquisition::Worker {
  http::Client network;
  http::Client support;
};

Acquisition::Acquisition(
    const AcquisitionOptions& options,
    const crypto::Identity& identity,
    std::shared_ptr<const crypto::Trust> trust,
    RowResults& results,
    std::function<void(std::uint64_t)> on_rows,
    std::function<bool()> stop
)
    : options_(options),
      identity_(identity),
      trust_(std::move(trust)),
      results_(results),
      codes_(results.outcomes.size()),
      on_rows_(std::move(on_rows)),
      stop_(std::move(stop)) {
  for (unsigned i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] {
      Worker worker{
          http::Client(options_.network, identity_, trust_),
          http::Client(options_.support, identity_, trust_)
      };
      Work(worker);
    });
  }
}

Acquisition::~Acquisition() {
  {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
}

Result<void> Acquisition::Add(Chunk chunk) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < options_.threads || !failure_.ok(); });
  if (!failure_.ok()) {
    return failure_;
  }
  waiting_.push_back(std::move(chunk));
  changed_.notify_all();
  return Ok();
}

Result<std::vector<CodeRow>> Acquisition::Finish() {
  {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
  }
  changed_.notify_all();
  threads_.clear();  // joins
  if (!failure_.ok()) {
    return failure_.error();
  }
  std::size_t kept = 0;
  for (std::size_t row = 0; row < codes_.size(); ++row) {
    if (IsDone(results_.outcomes[row])) {
      codes_[kept++] = codes_[row];
    }
  }
  codes_.resize(kept);
  return std::move(codes_);
}

void Acquisition::Work(Worker& worker) {
  for (;;) {
    Chunk chunk;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !waiting_.empty() || is_closed_; });
      if (waiting_.empty() || !failure_.ok()) {
        break;
      }
      chunk = std::move(waiting_.front());
      waiting_.pop_front();
    }
    changed_.notify_all();
    const std::uint64_t count = chunk.size();
    const Result<void> done = Acquire(worker, chunk);
    if (!done.ok()) {
      const std::scoped_lock lock(mutex_);
      failure_ = done;
      changed_.notify_all();
      break;
    }
    on_rows_(count);
  }
  ScrubStack();
}

Result<void> Acquisition::Acquire(Worker& worker, Chunk& chunk) {
  for (int round = 0; round < kRoundsMax && !chunk.empty(); ++round) {
    Chunk again;
    Result<void> done = given_up_ ? Result<void>(Error{ErrorCode::kUnavailable, "given up"})
                                  : AcquireOnce(worker, chunk, again);
    if (stop_()) {
      return Error{ErrorCode::kUnavailable, "the hub is stopping"};
    }
    if (!done.ok()) {
      if (!given_up_.exchange(true)) {
        ops::LogError("hub.acquisition.given_up", {{"code", ErrorCodeName(done.error().code)}});
      }
      for (const ChunkRow& row : chunk) {
        results_.outcomes[row.row] = Outcome::kBusy;
      }
      return Ok();
    }
    chunk = std::move(again);
  }
  for (const ChunkRow& row : chunk) {
    results_.outcomes[row.row] = Outcome::kExpired;
  }
  return Ok();
}

// One round for one chunk; rows that need a fresh processing number are put into `again`.
Result<void> Acquisition::AcquireOnce(Worker& worker, Chunk& chunk, Chunk& again) {
  const http::RetryPolicy policy{.patience_ms = options_.patience_ms};
  const auto send = [&](http::Client& client,
                        const http::Request& request) -> Result<http::Response> {
    MUSUBI_TRY(http::Response response, SendWithRetry(client, request, policy, stop_));
    if (response.status >= 400) {
      return ErrorOfProblem(response);
    }
    return response;
  };
  MUSUBI_TRY(
      const http::Response numbers,
      send(
          worker.network,
          PostJson(
              "/v1/processing-numbers", fmt::format("{{\"count\":{}}}", chunk.size()), NewKey()
          )
      )
  );
  const std::string block(numbers.header("x-block"));
  if (numbers.body.size() != chunk.size() * kNumberLineSize || block.empty()) {
    return Nonsense("network");
  }

  http::Request acquire;
  acquire.method = "POST";
  acquire.path = "/v1/acquisitions";
  acquire.headers["content-type"] = http::kCsv;
  acquire.headers["idempotency-key"] = NewKey();
  acquire.body = MakeAcquisitionBody(numbers.body_text(), chunk);
  MUSUBI_TRY(const http::Response answers, send(worker.support, acquire));

  const std::string about_block = fmt::format("{{\"block\":\"{}\"}}", block);
  const Result<http::Response> asked =
      send(worker.network, PostJson("/v1/codes", about_block, NewKey()));
  if (!asked.ok() && asked.error().code == ErrorCode::kPrecondition) {
    again = std::move(chunk);  // the block ran out and was erased: fresh processing numbers
    return Ok();
  }
  if (!asked.ok()) {
    return asked.error();
  }
  const http::Response& codes = *asked;

  std::string_view answer_lines = answers.body_text();
  std::string_view code_lines = codes.body_text();
  std::string_view code_line = TakeLine(code_lines);
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    const std::string_view processing_number =
        numbers.body_text().substr(i * kNumberLineSize, kHexSize);
    const std::string_view answer = TakeLine(answer_lines);
    if (answer.size() < kHexSize + 2 || answer[kHexSize] != ',' ||
        answer.substr(0, kHexSize) != processing_number) {
      return Nonsense("support");
    }
    const bool has_code =
        code_line.size() == 2 * kHexSize + 1 && code_line.substr(0, kHexSize) == processing_number;
    CodeRow row{.code = {}, .row = chunk[i].row, .qualified_on = chunk[i].qualified_on};
    if (has_code && !ReadHex(code_line.substr(kHexSize + 1), row.code)) {
      return Nonsense("network");
    }
    if (has_code) {
      code_line = TakeLine(code_lines);
    }
    const std::string_view word = answer.substr(kHexSize + 1);
    if (word == kLinked && has_code) {
      codes_[row.row] = row;
      results_.outcomes[row.row] = Outcome::kIssued;  // Registry::Plan has the last word
      continue;
    }
    const auto outcome = exchange::OutcomeOf(word);
    if (word == kLinked || outcome == Outcome::kExpired) {
      again.push_back(chunk[i]);
    } else if (outcome.has_value() && !IsDone(*outcome)) {
      results_.outcomes[chunk[i].row] = *outcome;
    } else {
      return Nonsense("support");
    }
  }
  // Not fatal: the network erases by itself when the processing numbers run out.
  const auto acknowledged =
      send(worker.network, PostJson("/v1/codes/acknowledge", about_block, NewKey()));
  if (!acknowledged.ok()) {
    ops::LogWarning("hub.acquisition.not_acknowledged", {{"block", block}});
  }
  return Ok();
}

}  // namespace musubi::hub
