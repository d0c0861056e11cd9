#include "inquiry/providing_desk.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "crypto/digest.h"
#include "crypto/sealed_package.h"
#include "inquiry/providing_table.h"
#include "ops/log.h"

namespace musubi::inquiry {

namespace {

using exchange::InquiryOutcome;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kSweepEvery{60000};
constexpr milliseconds kCorrectionsEvery{2000};
constexpr std::size_t kCorrectionsPerCall = 500;
constexpr std::size_t kRecipientsKept = 4096;
constexpr std::chrono::seconds kRecipientGood{60};  // then it is verified again, revoked or not

// A certificate answers are sealed to, as it was verified last.
struct Recipient {
  crypto::Certificate certificate;
  std::uint64_t generation = 0;  // of the revocation list
  Instant verified_at;
};

// Agreed keys of one block, by certificate and inquirer; both views are into its orders.
using RecipientKeys = std::map<std::pair<std::string_view, std::string_view>, crypto::RecipientKey>;

// Whose certificate an answer to this institution may be sealed to: the association's own terminal
// or system, never the hub that speaks for it.
bool IsOf(std::string_view certificate_id, std::string_view inquirer) {
  constexpr std::string_view kAssociation = "association-";
  if (!inquirer.starts_with(kAssociation)) {
    return certificate_id == inquirer;
  }
  const std::string number(inquirer.substr(kAssociation.size()));
  return certificate_id == "terminal-" + number || certificate_id == "insurer-" + number;
}

audit::ProvisionRecord RecordOf(
    const exchange::InquiryOrder& order, const exchange::InquiryReply& reply
) {
  audit::ProvisionRecord record;
  record.role = audit::Role::kProvider;
  record.code = order.code;
  record.salt = order.salt;
  record.facts.id = order.id;
  record.facts.subject = order.subject;
  if (!reply.provider.empty()) {
    record.facts.subject.provider = reply.provider;
  }
  record.facts.subject.is_hidden |= reply.is_hidden;
  record.facts.basis = order.basis;
  record.facts.requested_at = order.requested_at;
  record.facts.provided_at = reply.provided_at;
  record.facts.outcome = reply.outcome;
  record.facts.items = reply.items;
  return record;
}

// A reply without an answer: nothing was provided.
exchange::InquiryReply Refusal(
    const exchange::InquiryId& id, InquiryOutcome outcome, std::string provider = {}
) {
  exchange::InquiryReply reply;
  reply.id = id;
  reply.outcome = outcome;
  reply.provider = std::move(provider);
  return reply;
}

}  // namespace

struct ProvidingDesk::State {
  State(
      store::Database& database_in,
      audit::RecordBook& book_in,
      crypto::Identity identity_in,
      std::shared_ptr<const crypto::Trust> trust_in,
      const Clock& clock_in,
      FindHoldings find_in,
      ProvidingOptions options_in
  )
      : database(database_in),
        book(book_in),
        identity(std::move(identity_in)),
        trust(std::move(trust_in)),
        clock(clock_in),
        find(std::move(find_in)),
        options(options_in) {}

  // What is needed to answer one block.
  struct Block {
    std::vector<exchange::InquiryOrder> orders;
    std::vector<std::optional<ProvidingRow>> rows;  // by order: its reply, kept or to be kept
    std::vector<bool> is_new;
  };

  [[nodiscard]] Result<void> FindKept(store::Connection& connection, Block& block);
  [[nodiscard]] Result<void> Answer(Block& block);
  [[nodiscard]] Result<void> Keep(Block& block);
  [[nodiscard]] Result<ProvidingRow> MakeRow(
      const exchange::InquiryOrder& order, Holding holding, RecipientKeys& keys
  );
  [[nodiscard]] Result<exchange::InquiryReply> Seal(
      const exchange::InquiryOrder& order,
      exchange::InquiryReply reply,
      const SecretVector<char>& content,
      RecipientKeys& keys
  );
  [[nodiscard]] Result<crypto::Certificate> Verified(std::string_view der);
  [[nodiscard]] Result<const crypto::RecipientKey*> KeyOf(
      const exchange::InquiryOrder& order, RecipientKeys& keys
  );
  [[nodiscard]] Result<void> End(
      const exchange::InquiryId& id, bool is_released, std::string_view by
  );
  void SendCorrectionsUntilStopped(http::PeerLine& network);
  [[nodiscard]] Result<bool> SendCorrections(http::PeerLine& network);

  store::Database& database;
  audit::RecordBook& book;
  crypto::Identity identity;
  std::shared_ptr<const crypto::Trust> trust;  // shared with the server of this role
  const Clock& clock;
  FindHoldings find;
  ProvidingOptions options;

  std::mutex mutex;  // guards what follows
  std::map<crypto::Digest, Recipient> recipients;
  std::condition_variable changed;
  bool is_stopping = false;
  bool has_corrections = true;  // from before the start, perhaps
  steady_clock::time_point next_sweep = steady_clock::now();
  std::jthread sender;
};

Result<crypto::Certificate> ProvidingDesk::State::Verified(std::string_view der) {
  const crypto::Digest digest = crypto::Sha256Of(AsBytes(der));
  const Instant now = clock.Now();
  {
    const std::scoped_lock lock(mutex);
    const auto found = recipients.find(digest);
    if (found != recipients.end() && found->second.generation == trust->generation() &&
        now - found->second.verified_at < kRecipientGood) {
      return found->second.certificate;
    }
  }
  MUSUBI_TRY(const auto certificate, crypto::Certificate::FromDer(AsBytes(der)));
  MUSUBI_CHECK_OK(trust->Verify(certificate, now));
  const std::scoped_lock lock(mutex);
  if (recipients.size() >= kRecipientsKept) {
    recipients.clear();
  }
  recipients.insert_or_assign(digest, Recipient{certificate, trust->generation(), now});
  return certificate;
}

// kRefused: not a certificate this inquirer's answers may be sealed to.
Result<const crypto::RecipientKey*> ProvidingDesk::State::KeyOf(
    const exchange::InquiryOrder& order, RecipientKeys& keys
) {
  const auto place =
      std::make_pair(std::string_view(order.recipient), std::string_view(order.subject.inquirer));
  auto found = keys.find(place);
  if (found == keys.end()) {
    MUSUBI_TRY(const auto certificate, Verified(order.recipient));
    if (!IsOf(certificate.id(), order.subject.inquirer)) {
      return Error{ErrorCode::kRefused, "the answer would be sealed to somebody else"};
    }
    MUSUBI_TRY(auto key, crypto::RecipientKey::Agree(certificate));
    found = keys.emplace(place, std::move(key)).first;
  }
  return &found->second;
}

Result<exchange::InquiryReply> ProvidingDesk::State::Seal(
    const exchange::InquiryOrder& order,
    exchange::InquiryReply reply,
    const SecretVector<char>& content,
    RecipientKeys& keys
) {
  const Result<const crypto::RecipientKey*> recipient = KeyOf(order, keys);
  if (!recipient.ok()) {
    ops::LogWarning("inquiry.providing.recipient_refused", {{"inquirer", order.subject.inquirer}});
    return Refusal(order.id, InquiryOutcome::kInvalid, reply.provider);
  }
  MemorySink sealed;
  const Instant now = clock.Now();
  MUSUBI_TRY(auto writer, crypto::SealingWriter::Create(sealed, identity, **recipient, now));
  MUSUBI_CHECK_OK(writer->Write(AsBytes({content.data(), content.size()})));
  MUSUBI_CHECK_OK(writer->Finish());
  reply.outcome = InquiryOutcome::kAnswered;
  reply.provided_at = now;
  reply.answer = AsText(sealed.bytes());
  return reply;
}

Result<void> ProvidingDesk::State::FindKept(store::Connection& connection, Block& block) {
  block.rows.resize(block.orders.size());
  block.is_new.assign(block.orders.size(), false);
  for (std::size_t i = 0; i < block.orders.size(); ++i) {
    MUSUBI_TRY(block.rows[i], LoadOrder(connection, block.orders[i].id));
  }
  return Ok();
}

Result<ProvidingRow> ProvidingDesk::State::MakeRow(
    const exchange::InquiryOrder& order, Holding holding, RecipientKeys& keys
) {
  ProvidingRow row;
  row.order = order;
  row.reply.id = order.id;
  row.reply.outcome = holding.outcome;
  row.reply.provider = std::move(holding.provider);
  row.reply.is_hidden = holding.is_hidden;
  const bool is_given = holding.outcome == InquiryOutcome::kAnswered;
  if (is_given || holding.outcome == InquiryOutcome::kAwaitingPerson) {
    row.reply.items = std::move(holding.items);
    row.given = std::move(holding.given);
  }
  if (is_given) {
    MUSUBI_TRY(row.reply, Seal(order, std::move(row.reply), holding.content, keys));
  } else if (holding.outcome == InquiryOutcome::kAwaitingPerson) {
    row.content = std::move(holding.content);
  }
  return row;
}

Result<void> ProvidingDesk::State::Answer(Block& block) {
  const Instant now = clock.Now();
  std::vector<exchange::InquiryOrder> asked;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < block.orders.size(); ++i) {
    const exchange::InquiryOrder& order = block.orders[i];
    if (block.rows[i]) {
      continue;
    }
    block.is_new[i] = true;
    if (order.is_settling || now >= order.expires_at) {
      block.rows[i] = ProvidingRow{order, Refusal(order.id, InquiryOutcome::kTimedOut), {}, {}};
    } else {
      asked.push_back(order);
      places.push_back(i);
    }
  }
  if (asked.empty()) {
    return Ok();
  }
  MUSUBI_TRY(auto holdings, find(asked));
  if (holdings.size() != asked.size()) {
    return Error{ErrorCode::kInternal, "the source has not answered every order"};
  }
  RecipientKeys keys;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    MUSUBI_TRY(block.rows[places[i]], MakeRow(asked[i], std::move(holdings[i]), keys));
  }
  return Ok();
}

Result<void> ProvidingDesk::State::Keep(Block& block) {
  const Instant now = clock.Now();
  MUSUBI_TRY(auto writing, book.Begin());
  for (std::size_t i = 0; i < block.orders.size(); ++i) {
    ProvidingRow& row = *block.rows[i];
    if (block.is_new[i]) {
      MUSUBI_TRY(const bool is_first, InsertOrder(writing.connection(), row, now));
      if (!is_first) {  // the same order came on another thread meanwhile, or twice in this block
        MUSUBI_TRY(auto kept, LoadOrder(writing.connection(), row.order.id));
        row = std::move(kept).value();
      } else if (exchange::IsFinal(row.reply.outcome)) {
        MUSUBI_CHECK_OK(writing.Add(RecordOf(row.order, row.reply)));
      }
    } else if (block.orders[i].is_settling && !exchange::IsFinal(row.reply.outcome)) {
      // Nobody has decided in time.
      row.reply = Refusal(row.order.id, InquiryOutcome::kTimedOut, row.reply.provider);
      MUSUBI_TRY(const bool is_ended, EndWaiting(writing.connection(), row.reply, now));
      if (is_ended) {
        MUSUBI_CHECK_OK(writing.Add(RecordOf(row.order, row.reply)));
      } else {
        MUSUBI_TRY(auto kept, LoadOrder(writing.connection(), row.order.id));
        row = std::move(kept).value();
      }
    }
  }
  {
    const std::scoped_lock lock(mutex);
    if (steady_clock::now() >= next_sweep) {
      next_sweep = steady_clock::now() + kSweepEvery;
      MUSUBI_CHECK_OK(ForgetReplies(writing.connection(), now - options.replies_kept));
    }
  }
  return writing.Commit();
}

Result<void> ProvidingDesk::State::End(
    const exchange::InquiryId& id, bool is_released, std::string_view by
) {
  MUSUBI_TRY(const auto connection, database.Connect());
  MUSUBI_TRY(auto row, LoadOrder(*connection, id));
  if (!row || exchange::IsFinal(row->reply.outcome)) {
    return Error{ErrorCode::kNotFound, "no inquiry of this id waits for a person"};
  }
  const Instant now = clock.Now();
  if (now >= row->order.expires_at) {
    row->reply = Refusal(id, InquiryOutcome::kTimedOut, row->reply.provider);
  } else if (is_released) {
    RecipientKeys keys;
    MUSUBI_TRY(row->reply, Seal(row->order, std::move(row->reply), row->content, keys));
  } else {
    row->reply = Refusal(id, InquiryOutcome::kNotDisclosed, row->reply.provider);
  }
  MUSUBI_TRY(auto writing, book.Begin());
  MUSUBI_TRY(const bool is_ended, EndWaiting(writing.connection(), row->reply, now));
  if (!is_ended) {
    return Error{ErrorCode::kNotFound, "no inquiry of this id waits for a person"};
  }
  MUSUBI_CHECK_OK(writing.Add(RecordOf(row->order, row->reply)));
  MUSUBI_CHECK_OK(writing.Add(audit::AccessRecord{
      now, std::string(by), is_released ? "answer-released" : "answer-refused", ToHex(id)
  }));
  MUSUBI_CHECK_OK(writing.Commit());
  if (row->reply.outcome == InquiryOutcome::kTimedOut) {
    return Error{ErrorCode::kPrecondition, "the inquiry's time was over"};
  }
  return Ok();
}

// True: there may be more.
Result<bool> ProvidingDesk::State::SendCorrections(http::PeerLine& network) {
  MUSUBI_TRY(const auto connection, database.Connect());
  MUSUBI_TRY(const auto corrections, LoadCorrections(*connection, kCorrectionsPerCall));
  if (corrections.empty()) {
    return false;
  }
  http::Request request;
  request.method = "POST";
  request.path = "/v1/corrections";
  request.headers["content-type"] = http::kCsv;
  request.headers["idempotency-key"] = ToHex(corrections.front().id);
  std::string lines;
  for (const Correction& correction : corrections) {
    lines += ToHex(correction.id) + "," + FormatUtc(correction.at) + "\r\n";
  }
  request.body = http::MakeBody(lines);
  MUSUBI_TRY(const http::Response response, network.Send(request));
  if (response.status >= 400) {
    return http::ErrorOfProblem(response);
  }
  MUSUBI_TRY(auto writing, book.Begin());
  MUSUBI_CHECK_OK(RemoveCorrections(writing.connection(), corrections));
  MUSUBI_CHECK_OK(writing.Commit());
  return corrections.size() == kCorrectionsPerCall;
}

void ProvidingDesk::State::SendCorrectionsUntilStopped(http::PeerLine& network) {
  std::unique_lock lock(mutex);
  while (!is_stopping) {
    const bool is_due = std::exchange(has_corrections, false);
    lock.unlock();
    const Result<bool> more = is_due ? SendCorrections(network) : Result<bool>(false);
    if (!more.ok()) {
      ops::LogWarning(
          "inquiry.providing.corrections_waiting", {{"code", ErrorCodeName(more.error().code)}}
      );
    }
    lock.lock();
    has_corrections |= !more.ok() || *more;
    if (more.ok() && *more) {
      continue;
    }
    changed.wait_for(lock, kCorrectionsEvery, [this, &more] {
      return is_stopping || (more.ok() && has_corrections);
    });
  }
}

ProvidingDesk::ProvidingDesk(std::unique_ptr<State> state) : state_(std::move(state)) {}

ProvidingDesk::~ProvidingDesk() {
  Stop();
}

void ProvidingDesk::Stop() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->is_stopping = true;
  }
  state_->changed.notify_all();
  if (state_->sender.joinable()) {
    state_->sender.join();
  }
}

Result<std::unique_ptr<ProvidingDesk>> ProvidingDesk::Open(
    store::Database& database,
    audit::RecordBook& book,
    crypto::Identity identity,
    std::shared_ptr<const crypto::Trust> trust,
    const Clock& clock,
    FindHoldings find,
    ProvidingOptions options
) {
  MUSUBI_CHECK_OK(database.Migrate("providing", ProvidingMigrations()));
  return std::unique_ptr<ProvidingDesk>(new ProvidingDesk(std::make_unique<State>(
      database, book, std::move(identity), std::move(trust), clock, std::move(find), options
  )));
}

Result<SecretVector<char>> ProvidingDesk::Handle(std::string_view lines) {
  State::Block block;
  MUSUBI_TRY(block.orders, exchange::ReadInquiryOrders(lines));
  {
    MUSUBI_TRY(const auto connection, state_->database.Connect());
    MUSUBI_CHECK_OK(state_->FindKept(*connection, block));
  }
  MUSUBI_CHECK_OK(state_->Answer(block));
  MUSUBI_CHECK_OK(state_->Keep(block));
  SecretVector<char> replies;
  for (const std::optional<ProvidingRow>& row : block.rows) {
    if (exchange::IsFinal(row->reply.outcome)) {
      AppendLine(row->reply, replies);
    } else {
      AppendLine(Refusal(row->order.id, row->reply.outcome), replies);
    }
  }
  return replies;
}

Result<std::vector<Waiting>> ProvidingDesk::AwaitingPerson() {
  MUSUBI_TRY(const auto connection, state_->database.Connect());
  return LoadWaiting(*connection);
}

Result<void> ProvidingDesk::Release(const exchange::InquiryId& id, std::string_view by) {
  return state_->End(id, true, by);
}

Result<void> ProvidingDesk::Refuse(const exchange::InquiryId& id, std::string_view by) {
  return state_->End(id, false, by);
}

Result<std::uint64_t> ProvidingDesk::Correct(std::span<const std::string> given) {
  MUSUBI_TRY(auto writing, state_->book.Begin());
  MUSUBI_TRY(
      const std::uint64_t count, InsertCorrections(writing.connection(), given, state_->clock.Now())
  );
  MUSUBI_CHECK_OK(writing.Commit());
  {
    const std::scoped_lock lock(state_->mutex);
    state_->has_corrections = true;
  }
  state_->changed.notify_all();
  return count;
}

void ProvidingDesk::SendCorrectionsTo(http::PeerLine& network) {
  state_->sender = std::jthread([state = state_.get(), &network] {
    state->SendCorrectionsUntilStopped(network);
  });
}

}  // namespace musubi::inquiry
