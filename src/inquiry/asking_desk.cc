#include "inquiry/asking_desk.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <set>
#include <thread>

#include "base/check.h"
#include "crypto/cipher.h"
#include "exchange/resident_query.h"
#include "inquiry/asking_table.h"
#include "ops/log.h"

namespace musubi::inquiry {

namespace {

using exchange::InquiryOutcome;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStoreAgain{200};
constexpr milliseconds kGatherTime{4};  // what is asked while all senders are busy can wait so long
constexpr int kPersonFactor = 5;        // a person at the provider is asked for less often
constexpr milliseconds kSweepEvery{60000};

// An inquiry that is not final: known to handlers, senders and the committer.
struct Live {
  AskingRow row;  // the result is guarded by the desk's mutex, the rest stays once it is shared
  std::optional<AskingRow> earlier = {};  // what was kept under this id before; the committer's
  bool is_kept = false;
  bool is_awaited = false;  // somebody waits for no more than that it is kept
  std::optional<Error> failure = {};
  steady_clock::time_point not_before = {};
  std::condition_variable moved = {};  // kept, or final; of its waiters only
};

using LivePtr = std::shared_ptr<Live>;  // handlers wait on it while the desk lets go of it

// A final result on its way into the store.
struct Ended {
  LivePtr live;
  exchange::InquiryResult result;
};

// What the row is asked again under: all but the salt, which was drawn at the first time.
bool IsSameQuestion(const AskingRow& one, const AskingRow& other) {
  return one.inquiry.owner == other.inquiry.owner && one.inquiry.person == other.inquiry.person &&
         one.question.subject == other.question.subject && one.question.code == other.question.code;
}

audit::ProvisionRecord RecordOf(const AskingRow& row, const exchange::InquiryResult& result) {
  audit::ProvisionRecord record;
  record.role = audit::Role::kInquirer;
  record.code = row.question.code;
  record.salt = row.question.salt;
  record.facts.id = row.inquiry.id;
  record.facts.subject = row.question.subject;
  record.facts.subject.provider = result.provider;
  record.facts.subject.is_hidden |= result.is_hidden;
  record.facts.basis = result.basis;
  record.facts.requested_at = result.requested_at;
  record.facts.provided_at = result.provided_at;
  record.facts.outcome = result.outcome;
  record.facts.items = result.items;
  return record;
}

AskingRow MakeRow(const NewInquiry& inquiry, Instant now) {
  AskingRow row;
  row.inquiry.id = inquiry.id;
  row.inquiry.owner = inquiry.owner;
  row.inquiry.person = inquiry.person;
  row.inquiry.subject = inquiry.subject;
  row.inquiry.asked_at = now;
  row.inquiry.result.id = inquiry.id;
  row.inquiry.result.provider = inquiry.subject.provider;
  row.inquiry.result.outcome = inquiry.refusal.value_or(InquiryOutcome::kAccepted);
  row.inquiry.result.citation = inquiry.citation;
  if (inquiry.refusal) {
    row.inquiry.result.requested_at = now;
  }
  row.question.id = inquiry.id;
  crypto::FillRandom(row.question.salt);
  row.question.code = inquiry.code;
  row.question.subject = inquiry.subject;
  row.question.recipient = inquiry.recipient;
  return row;
}

// The line must be one the network can read: a word that is none would stop its whole block. The
// certificate was read before.
Result<void> CheckReadable(const AskingRow& row) {
  exchange::InquiryQuestion question = row.question;
  question.recipient.clear();
  SecretVector<char> line;
  AppendLine(question, line);
  const auto read = exchange::ReadInquiryQuestions({line.data(), line.size()});
  if (!read.ok()) {
    Error error = read.error();
    constexpr std::string_view kLine = "line 1: ";
    if (error.place.starts_with(kLine)) {
      error.place.erase(0, kLine.size());
    }
    return error;
  }
  return Ok();
}

}  // namespace

struct AskingDesk::State {
  State(
      store::Database& database_in,
      audit::RecordBook& book_in,
      http::PeerLine& network_in,
      const Clock& clock_in,
      AskingOptions options_in
  )
      : database(database_in),
        book(book_in),
        network(network_in),
        clock(clock_in),
        options(options_in) {}

  void Start();
  void CommitUntilStopped();
  void AwaitWork(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] Result<void> CommitOnce(
      const std::vector<LivePtr>& coming, const std::vector<Ended>& ended
  );
  [[nodiscard]] Result<bool> Keep(
      audit::RecordBook::Writing& writing, const LivePtr& live, UseCounts& counts
  );
  [[nodiscard]] std::vector<LivePtr> Finish(
      const std::vector<LivePtr>& coming, const std::vector<Ended>& ended
  );
  void SendUntilStopped();
  [[nodiscard]] std::vector<LivePtr> TakeBlock();
  void SendBlock(const std::vector<LivePtr>& block);
  void TakeResults(const std::vector<LivePtr>& block, std::vector<exchange::InquiryResult> results);
  void PutBack(const std::vector<LivePtr>& block, milliseconds after);
  [[nodiscard]] Result<Inquiry> Wait(const LivePtr& live, milliseconds patience);
  void Sweep();

  store::Database& database;
  audit::RecordBook& book;
  http::PeerLine& network;
  const Clock& clock;
  AskingOptions options;

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::map<exchange::InquiryId, LivePtr> live;
  std::vector<LivePtr> incoming;  // not yet kept
  std::vector<Ended> results;     // final, not yet kept
  std::deque<LivePtr> sendable;   // kept, in the order of asking
  unsigned idle_senders = 0;
  bool is_stopping = false;
  steady_clock::time_point next_sweep = steady_clock::now();

  std::vector<std::jthread> threads;
};

void AskingDesk::State::Start() {
  threads.emplace_back([this] { CommitUntilStopped(); });
  for (unsigned i = 0; i < options.threads; ++i) {
    threads.emplace_back([this] { SendUntilStopped(); });
  }
}

// A commit costs the same for one inquiry as for many. A free sender is not kept waiting, nor is a
// result; but while all are on their way, new inquiries gather.
void AskingDesk::State::AwaitWork(std::unique_lock<std::mutex>& lock) {
  changed.wait_for(lock, kSweepEvery, [this] {
    return is_stopping || !incoming.empty() || !results.empty();
  });
  changed.wait_for(lock, kGatherTime, [this] {
    return is_stopping || !results.empty() || idle_senders > 0;
  });
}

void AskingDesk::State::CommitUntilStopped() {
  std::unique_lock lock(mutex);
  while (!is_stopping) {
    AwaitWork(lock);
    if (is_stopping) {
      return;
    }
    const std::vector<LivePtr> coming = std::exchange(incoming, {});
    const std::vector<Ended> ended = std::exchange(results, {});
    lock.unlock();
    for (Result<void> done = CommitOnce(coming, ended); !done.ok();
         done = CommitOnce(coming, ended)) {
      ops::LogError("inquiry.asking.store_failed", {{"code", ErrorCodeName(done.error().code)}});
      std::this_thread::sleep_for(kStoreAgain);
      const std::scoped_lock stopping(mutex);
      if (is_stopping) {
        return;
      }
    }
    Sweep();
    lock.lock();
    const std::vector<LivePtr> told = Finish(coming, ended);
    // Without the lock: whoever wakes up wants it first of all.
    lock.unlock();
    changed.notify_all();
    for (const LivePtr& one : told) {
      one->moved.notify_all();
    }
    lock.lock();
  }
}

// True: it was kept now, or was kept before by the same question.
Result<bool> AskingDesk::State::Keep(
    audit::RecordBook::Writing& writing, const LivePtr& one, UseCounts& counts
) {
  MUSUBI_TRY(const bool is_new, InsertInquiry(writing.connection(), one->row));
  if (!is_new) {
    MUSUBI_TRY(AskingRow kept, LoadInquiry(writing.connection(), one->row.inquiry.id));
    if (!IsSameQuestion(kept, one->row)) {
      one->failure = Error{ErrorCode::kConflict, "another inquiry has this id"};
      return false;
    }
    one->earlier = std::move(kept);
    return true;
  }
  const exchange::InquiryResult& result = one->row.inquiry.result;
  if (exchange::IsFinal(result.outcome)) {
    MUSUBI_CHECK_OK(writing.Add(RecordOf(one->row, result)));
    CountUse(one->row.inquiry, result, counts);
  }
  return true;
}

Result<void> AskingDesk::State::CommitOnce(
    const std::vector<LivePtr>& coming, const std::vector<Ended>& ended
) {
  if (coming.empty() && ended.empty()) {
    return Ok();
  }
  MUSUBI_TRY(auto writing, book.Begin());
  UseCounts counts;
  for (const LivePtr& one : coming) {
    MUSUBI_TRY(const bool is_kept, Keep(writing, one, counts));
    static_cast<void>(is_kept);
  }
  for (const auto& [one, result] : ended) {
    MUSUBI_TRY(
        const bool is_first, FinishInquiry(writing.connection(), one->row.inquiry.asked_at, result)
    );
    if (is_first) {
      MUSUBI_CHECK_OK(writing.Add(RecordOf(one->row, result)));
      CountUse(one->row.inquiry, result, counts);
    }
  }
  MUSUBI_CHECK_OK(AddUse(writing.connection(), counts));
  return writing.Commit();
}

// With the lock held: what is durable now stands where waiters look. Returns those with waiters for
// whom that changes something.
std::vector<LivePtr> AskingDesk::State::Finish(
    const std::vector<LivePtr>& coming, const std::vector<Ended>& ended
) {
  std::vector<LivePtr> told;
  for (const LivePtr& one : coming) {
    one->is_kept = true;
    if (one->earlier) {
      one->row = *std::exchange(one->earlier, std::nullopt);
    }
    const bool is_over = one->failure || exchange::IsFinal(one->row.inquiry.result.outcome);
    if (is_over) {
      live.erase(one->row.inquiry.id);
    } else {
      sendable.push_back(one);
    }
    if (is_over || one->is_awaited) {
      told.push_back(one);
    }
  }
  for (const auto& [one, result] : ended) {
    one->row.inquiry.result = result;
    live.erase(result.id);
    told.push_back(one);
  }
  return told;
}

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

Result<Inquiry> AskingDesk::State::Wait(const LivePtr& one, milliseconds patience) {
  const auto until = steady_clock::now() + patience;
  std::unique_lock lock(mutex);
  const auto is_over = [&] {
    return is_stopping || one->failure || exchange::IsFinal(one->row.inquiry.result.outcome);
  };
  one->moved.wait_until(lock, until, [&] { return is_stopping || (one->is_kept && is_over()); });
  one->is_awaited = true;
  one->moved.wait(lock, [&] { return is_stopping || one->is_kept; });
  if (!one->is_kept) {
    return Error{ErrorCode::kUnavailable, "the system is stopping"};
  }
  if (one->failure) {
    return *one->failure;
  }
  return one->row.inquiry;
}

void AskingDesk::State::Sweep() {
  if (steady_clock::now() < next_sweep) {
    return;
  }
  next_sweep = steady_clock::now() + kSweepEvery;
  const Result<void> swept = [this]() -> Result<void> {
    MUSUBI_TRY(auto writing, book.Begin());
    MUSUBI_CHECK_OK(ForgetAnswers(writing.connection(), clock.Now() - options.answers_kept));
    return writing.Commit();
  }();
  if (!swept.ok()) {
    ops::LogWarning("inquiry.asking.sweep_failed", {{"code", ErrorCodeName(swept.error().code)}});
  }
}

AskingDesk::AskingDesk(std::unique_ptr<State> state) : state_(std::move(state)) {}

AskingDesk::~AskingDesk() {
  Stop();
}

void AskingDesk::Stop() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->is_stopping = true;
    for (const auto& [id, live] : state_->live) {
      live->moved.notify_all();
    }
  }
  state_->changed.notify_all();
  state_->threads.clear();
}

Result<std::unique_ptr<AskingDesk>> AskingDesk::Open(
    store::Database& database,
    audit::RecordBook& book,
    http::PeerLine& network,
    const Clock& clock,
    AskingOptions options
) {
  MUSUBI_CHECK_OK(database.Migrate("asking", AskingMigrations()));
  auto state = std::make_unique<State>(database, book, network, clock, options);
  MUSUBI_TRY(const auto connection, database.Connect());
  MUSUBI_TRY(auto open, LoadOpenInquiries(*connection));
  for (AskingRow& row : open) {
    auto live = std::make_shared<Live>();
    live->row = std::move(row);
    live->is_kept = true;
    state->live[live->row.inquiry.id] = live;
    state->sendable.push_back(std::move(live));
  }
  if (!open.empty()) {
    ops::LogInfo("inquiry.asking.resumed", {{"inquiries", open.size()}});
  }
  state->Start();
  return std::unique_ptr<AskingDesk>(new AskingDesk(std::move(state)));
}

Result<Inquiry> AskingDesk::Ask(const NewInquiry& inquiry, milliseconds wait) {
  auto live = std::make_shared<Live>();
  live->row = MakeRow(inquiry, state_->clock.Now());
  MUSUBI_CHECK_OK(CheckReadable(live->row));
  {
    const std::scoped_lock lock(state_->mutex);
    const auto [found, is_new] = state_->live.try_emplace(inquiry.id, live);
    if (is_new) {
      state_->incoming.push_back(live);
    } else if (!IsSameQuestion(found->second->row, live->row)) {
      return Error{ErrorCode::kConflict, "another inquiry has this id"};
    } else {
      live = found->second;
    }
  }
  state_->changed.notify_all();
  return state_->Wait(live, wait);
}

Result<Inquiry> AskingDesk::Get(
    std::string_view owner, const exchange::InquiryId& id, milliseconds wait
) {
  LivePtr live;
  {
    const std::scoped_lock lock(state_->mutex);
    const auto found = state_->live.find(id);
    if (found != state_->live.end() && found->second->row.inquiry.owner == owner) {
      live = found->second;
    }
  }
  if (live != nullptr) {
    return state_->Wait(live, wait);
  }
  MUSUBI_TRY(const auto connection, state_->database.Connect());
  MUSUBI_TRY(AskingRow row, LoadInquiry(*connection, id));
  if (row.inquiry.owner != owner) {
    return Error{ErrorCode::kNotFound, "there is no such inquiry"};
  }
  return std::move(row.inquiry);
}

Result<std::vector<Inquiry>> AskingDesk::List(std::string_view owner, std::size_t count) {
  MUSUBI_TRY(const auto connection, state_->database.Connect());
  return ListInquiries(*connection, owner, count);
}

Result<void> AskingDesk::TakeCorrections(std::string_view lines) {
  std::vector<std::pair<exchange::InquiryId, Instant>> notices;
  MUSUBI_TRY(
      const std::uint64_t count,
      exchange::EachLine(
          lines,
          [&notices](std::uint64_t row, std::span<const std::string_view> fields) -> Result<void> {
            auto& [id, at] = notices.emplace_back();
            const Result<Instant> time =
                fields.size() == 2 ? ParseInstant(fields[1]) : Result<Instant>(Error{});
            if (!time.ok() || !ReadHex(fields[0], id)) {
              return Error{ErrorCode::kInvalid, "not a notice", "line " + std::to_string(row + 1)};
            }
            at = *time;
            return Ok();
          }
      )
  );
  static_cast<void>(count);
  MUSUBI_TRY(auto writing, state_->book.Begin());
  for (const auto& [id, at] : notices) {
    MUSUBI_CHECK_OK(MarkCorrected(writing.connection(), id, at));
  }
  return writing.Commit();
}

Result<std::vector<AskingDesk::Use>> AskingDesk::UseOf(std::string_view month) {
  MUSUBI_TRY(const auto connection, state_->database.Connect());
  return LoadUse(*connection, month);
}

}  // namespace musubi::inquiry
