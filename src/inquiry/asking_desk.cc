#include "inquiry/asking_desk.h"

#include <utility>

#include "crypto/cipher.h"
#include "exchange/resident_query.h"
#include "inquiry/asking_desk_state.h"
#include "ops/log.h"

namespace musubi::inquiry {

namespace {

using exchange::InquiryOutcome;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

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

bool IsSameQuestion(const AskingRow& one, const AskingRow& other) {
  return one.inquiry.owner == other.inquiry.owner && one.inquiry.person == other.inquiry.person &&
         one.question.subject == other.question.subject && one.question.code == other.question.code;
}

void AskingDesk::State::Start() {
  threads.emplace_back([this] { CommitUntilStopped(); });
  for (unsigned i = 0; i < options.threads; ++i) {
    threads.emplace_back([this] { SendUntilStopped(); });
  }
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
