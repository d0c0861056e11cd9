// The desk's senders: threads that bring what is kept to the network, a block at a time, and take
// what it says.
#include <algorithm>
#include <utility>

#include "inquiry/asking_desk_state.h"
#include "ops/log.h"

namespace musubi::inquiry {

namespace {

using exchange::InquiryOutcome;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kPersonFactor = 5;  // a person at the provider is asked for less often

}  // namespace

void AskingDesk::State::SendUntilStopped() {
  for (;;) {
    const std::vector<LivePtr> block = TakeBlock();
    if (block.empty()) {
      return;
    }
    SendBlock(block);
  }
}

// Waits for something to send; empty: stopping.
std::vector<LivePtr> AskingDesk::State::TakeBlock() {
  std::unique_lock lock(mutex);
  for (;;) {
    if (is_stopping) {
      return {};
    }
    const auto now = steady_clock::now();
    std::vector<LivePtr> block;
    std::deque<LivePtr> later;
    auto next = steady_clock::time_point::max();
    for (LivePtr& one : sendable) {
      if (block.size() < options.block_lines_max && one->not_before <= now) {
        block.push_back(std::move(one));
      } else {
        next = std::min(next, one->not_before);
        later.push_back(std::move(one));
      }
    }
    sendable = std::move(later);
    if (!block.empty()) {
      return block;
    }
    ++idle_senders;
    if (!incoming.empty()) {
      changed.notify_all();
    }
    if (next == steady_clock::time_point::max()) {
      changed.wait(lock, [this] { return is_stopping || !sendable.empty(); });
    } else {
      changed.wait_until(lock, next);
    }
    --idle_senders;
  }
}

void AskingDesk::State::SendBlock(const std::vector<LivePtr>& block) {
  http::Request request;
  request.method = "POST";
  request.path = "/v1/inquiries";
  request.headers["content-type"] = http::kCsv;
  request.headers["idempotency-key"] = ToHex(block.front()->row.inquiry.id);
  for (const LivePtr& one : block) {
    AppendLine(one->row.question, request.body);
  }
  auto response = network.Send(request);
  if (response.ok() && response->status >= 400) {
    response = http::ErrorOfProblem(*response);
  }
  if (!response.ok()) {
    ops::LogWarning(
        "inquiry.asking.network_failed",
        {{"code", ErrorCodeName(response.error().code)}, {"lines", block.size()}}
    );
    PutBack(block, options.again_after);
    return;
  }
  auto answered = exchange::ReadInquiryResults(response->body_text());
  const bool is_whole = answered.ok() && answered->size() == block.size() &&
                        std::equal(
                            answered->begin(),
                            answered->end(),
                            block.begin(),
                            [](const exchange::InquiryResult& result, const LivePtr& one) {
                              return result.id == one->row.inquiry.id;
                            }
                        );
  if (!is_whole) {
    ops::LogError("inquiry.asking.answer_misspelt", {{"lines", block.size()}});
    PutBack(block, options.again_after);
    return;
  }
  TakeResults(block, std::move(answered).value());
}

void AskingDesk::State::TakeResults(
    const std::vector<LivePtr>& block, std::vector<exchange::InquiryResult> answered
) {
  const auto now = steady_clock::now();
  const std::scoped_lock lock(mutex);
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (exchange::IsFinal(answered[i].outcome)) {
      results.push_back({block[i], std::move(answered[i])});
      continue;
    }
    const bool is_persons = answered[i].outcome == InquiryOutcome::kAwaitingPerson;
    block[i]->row.inquiry.result = std::move(answered[i]);
    block[i]->not_before = now + options.again_after * (is_persons ? kPersonFactor : 1);
    sendable.push_back(block[i]);
  }
  changed.notify_all();
}

void AskingDesk::State::PutBack(const std::vector<LivePtr>& block, milliseconds after) {
  const auto not_before = steady_clock::now() + after;
  const std::scoped_lock lock(mutex);
  for (const LivePtr& one : block) {
    one->not_before = not_before;
    sendable.push_back(one);
  }
  changed.notify_all();
}

}  // namespace musubi::inquiry
