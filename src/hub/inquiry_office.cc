#include "hub/inquiry_office.h"

#include <array>
#include <charconv>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "audit/daily_erasure.h"
#include "audit/log_routes.h"
#include "hub/copy_holdings.h"
#include "hub/copy_table.h"
#include "hub/person_flags.h"
#include "hub/use_figures.h"
#include "inquiry/asking_desk.h"
#include "inquiry/desk_json.h"
#include "inquiry/providing_desk.h"
#include "ops/log.h"

namespace musubi::hub {

namespace {

namespace json = boost::json;
using inquiry::Needed;
using inquiry::TextField;

constexpr std::chrono::milliseconds kLookEvery{5000};
constexpr std::size_t kListed = 1000;
constexpr std::size_t kCertificateTextMax = 8192;

constexpr std::string_view kFirst = R"sql(
CREATE TABLE person_flag (
  insurer BIGINT NOT NULL,
  number BIGINT NOT NULL,
  hidden BIGINT NOT NULL,
  self_blocked BIGINT NOT NULL,
  manual BIGINT NOT NULL,
  set_at BIGINT NOT NULL,
  PRIMARY KEY (insurer, number)
) {STRICT};
CREATE TABLE office_mark (
  name TEXT PRIMARY KEY NOT NULL,
  value BIGINT NOT NULL
) {STRICT};
CREATE TABLE use_paper (
  month TEXT NOT NULL,
  insurer BIGINT NOT NULL,
  procedure_code TEXT NOT NULL,
  paper BIGINT NOT NULL,
  PRIMARY KEY (month, insurer, procedure_code)
) {STRICT};
)sql";

constexpr std::array<store::Migration, 1> kMigrations = {{{1, kFirst}}};

std::uint32_t InsurerOf(const http::Request& request) {
  std::uint32_t insurer = 0;
  const std::string_view name = request.peer.name();
  std::from_chars(name.data(), name.data() + name.size(), insurer);
  return insurer;
}

Result<number::InsuredNumber> InsuredOf(const json::object& body) {
  MUSUBI_TRY(const std::string person, TextField(body, "person", Needed::kYes));
  return number::InsuredNumber::ParseJoined(person);
}

std::uint32_t NumberOf(const number::InsuredNumber& insured) {
  std::uint32_t number = 0;
  const std::string_view digits = insured.number();
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

json::object ForTerminal(const inquiry::Inquiry& inquiry, inquiry::WithAnswer with_answer) {
  json::object out = InquiryJson(inquiry, with_answer);
  out["person"] = inquiry.person;
  return out;
}

http::Response Done(const Result<void>& done) {
  return done.ok() ? http::JsonResponse("{}") : http::ProblemResponse(done.error());
}

http::Response Lines(Result<SecretVector<char>> lines) {
  if (!lines.ok()) {
    return http::ProblemResponse(lines.error());
  }
  http::Response response;
  response.content_type = http::kCsv;
  response.body = std::move(lines).value();
  return response;
}

std::string ExchangeUrl(const ops::NodeConfig& node) {
  return node.store.starts_with("sqlite:") ? "sqlite:" + (node.folder / "exchange.db").string()
                                           : node.store;
}

}  // namespace

std::span<const store::Migration> OfficeMigrations() {
  return kMigrations;
}

struct InquiryOffice::State {
  State(store::Database& registry_in, const Clock& clock_in)
      : registry(registry_in), clock(clock_in) {}

  Result<std::optional<EnrolledCode>> LookUp(
      std::uint32_t insurer, const number::InsuredNumber& insured
  );
  Result<std::string> OwnCertificate(const std::string& peer, const std::string& base64);
  Result<json::object> Ask(const http::Request& request);
  Result<json::object> Get(const http::Request& request);
  Result<json::object> ReadAnswer(const http::Request& request);
  Result<json::object> List(const http::Request& request);
  Result<json::object> Waiting(const http::Request& request);
  Result<void> Decide(const http::Request& request, bool is_released);
  Result<void> SetPersonFlags(const http::Request& request);
  Result<json::object> ShowUse(const http::Request& request);
  Result<void> NotePaper(const http::Request& request);
  Result<bool> IsOwn(const Code16& code, std::uint32_t insurer);
  void WatchCopies();
  Result<void> CorrectOnce();

  store::Database& registry;
  const Clock& clock;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<audit::RecordBook> book;
  std::vector<ledger::VerifierKey> witnesses;  // whose cosignatures of the log count
  std::unique_ptr<http::PeerLine> network;
  std::unique_ptr<CopyHoldings> holdings;
  std::unique_ptr<inquiry::ProvidingDesk> providing;
  std::unique_ptr<inquiry::AskingDesk> asking;
  std::optional<audit::DailyErasure> erasure;

  std::mutex look_up_mutex;  // guards look_up
  std::unique_ptr<store::Connection> look_up;

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  bool is_stopping = false;
  bool has_copies = true;
  std::map<std::string, std::string> certificates;  // by caller, base64
  std::jthread watcher;
};

// One connection for all: a look-up takes microseconds, opening a connection for each of many
// handlers takes far longer.
Result<std::optional<EnrolledCode>> InquiryOffice::State::LookUp(
    std::uint32_t insurer, const number::InsuredNumber& insured
) {
  const std::scoped_lock lock(look_up_mutex);
  if (look_up == nullptr) {
    MUSUBI_TRY(look_up, registry.Connect());
  }
  auto enrolled = CodeOf(*look_up, insurer, insured);
  if (!enrolled.ok()) {
    look_up.reset();  // the store may have been away
  }
  return enrolled;
}

// DER of the caller's own certificate. Parsing one costs as much as the rest of a question, so the
// last one of each caller is remembered.
Result<std::string> InquiryOffice::State::OwnCertificate(
    const std::string& peer, const std::string& base64
) {
  MUSUBI_TRY(const Bytes der, FromBase64(base64));
  {
    const std::scoped_lock lock(mutex);
    const auto known = certificates.find(peer);
    if (known != certificates.end() && known->second == base64) {
      return std::string(AsText(der));
    }
  }
  MUSUBI_TRY(const auto certificate, crypto::Certificate::FromDer(der));
  if (certificate.id() != peer) {
    return Error{ErrorCode::kInvalid, "not the caller's own certificate", "certificate"};
  }
  const std::scoped_lock lock(mutex);
  certificates[peer] = base64;
  return std::string(AsText(der));
}

Result<json::object> InquiryOffice::State::Ask(const http::Request& request) {
  MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
  MUSUBI_TRY(const number::InsuredNumber insured, InsuredOf(body));
  MUSUBI_TRY(const std::string id, TextField(body, "id", Needed::kYes));
  MUSUBI_TRY(
      const std::string certificate,
      TextField(body, "certificate", Needed::kYes, kCertificateTextMax)
  );
  inquiry::NewInquiry question;
  MUSUBI_TRY(question.id, inquiry::ReadInquiryId(id));
  MUSUBI_TRY(question.subject, inquiry::ReadSubject(body));
  const std::uint32_t insurer = InsurerOf(request);
  question.subject.inquirer = InstitutionOfInsurer(insurer);
  question.owner = request.peer.id;
  question.person = insured.Joined();
  MUSUBI_TRY(question.recipient, OwnCertificate(request.peer.id, certificate));
  MUSUBI_TRY(const auto enrolled, LookUp(insurer, insured));
  if (!enrolled) {
    return Error{
        ErrorCode::kNotFound, "the association has nobody of this insured number", "insured_number"
    };
  }
  question.code = enrolled->code;
  if (enrolled->is_stopped) {
    question.refusal = exchange::InquiryOutcome::kStopped;
  }
  MUSUBI_TRY(const auto asked, asking->Ask(question, inquiry::WaitOf(request)));
  return ForTerminal(asked, inquiry::WithAnswer::kYes);
}

Result<json::object> InquiryOffice::State::Get(const http::Request& request) {
  MUSUBI_TRY(const auto id, inquiry::ReadInquiryId(request.parameters.at("id")));
  MUSUBI_TRY(const auto found, asking->Get(request.peer.id, id, inquiry::WaitOf(request)));
  return ForTerminal(found, inquiry::WithAnswer::kYes);
}

// A person looks at what was provided: recorded before it is handed out.
Result<json::object> InquiryOffice::State::ReadAnswer(const http::Request& request) {
  MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
  MUSUBI_TRY(const std::string by, TextField(body, "by", Needed::kNo));
  MUSUBI_TRY(const auto id, inquiry::ReadInquiryId(request.parameters.at("id")));
  MUSUBI_TRY(const auto found, asking->Get(request.peer.id, id, {}));
  MUSUBI_TRY(auto writing, book->Begin());
  MUSUBI_CHECK_OK(writing.Add(audit::AccessRecord{
      clock.Now(),
      by.empty() ? request.peer.id : request.peer.id + " " + by,
      "answer-read",
      ToHex(id)
  }));
  MUSUBI_CHECK_OK(writing.Commit());
  return ForTerminal(found, inquiry::WithAnswer::kYes);
}

Result<json::object> InquiryOffice::State::List(const http::Request& request) {
  MUSUBI_TRY(const auto listed, asking->List(request.peer.id, kListed));
  json::array inquiries;
  for (const inquiry::Inquiry& each : listed) {
    inquiries.push_back(ForTerminal(each, inquiry::WithAnswer::kNo));
  }
  return json::object{{"inquiries", std::move(inquiries)}};
}

Result<bool> InquiryOffice::State::IsOwn(const Code16& code, std::uint32_t insurer) {
  MUSUBI_TRY(const auto connection, registry.Connect());
  MUSUBI_TRY(const auto enrolments, EnrolmentsOf(*connection, code));
  return std::ranges::any_of(enrolments, [insurer](const Enrolment& enrolment) {
    return enrolment.insurer == insurer;
  });
}

// What waits for a person of this association: 自動応答不可.
Result<json::object> InquiryOffice::State::Waiting(const http::Request& request) {
  MUSUBI_TRY(const auto waiting, providing->AwaitingPerson());
  MUSUBI_TRY(const auto connection, registry.Connect());
  const std::uint32_t insurer = InsurerOf(request);
  json::array own;
  for (const inquiry::Waiting& each : waiting) {
    MUSUBI_TRY(const auto enrolments, EnrolmentsOf(*connection, each.code));
    for (const Enrolment& enrolment : enrolments) {
      if (enrolment.insurer == insurer) {
        json::object out = WaitingJson(each);
        out["person"] = number::InsuredNumber::Issue(enrolment.number, enrolment.branch).Joined();
        own.push_back(std::move(out));
      }
    }
  }
  return json::object{{"waiting", std::move(own)}};
}

Result<void> InquiryOffice::State::Decide(const http::Request& request, bool is_released) {
  MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
  MUSUBI_TRY(const std::string by, TextField(body, "by", Needed::kYes));
  MUSUBI_TRY(const auto id, inquiry::ReadInquiryId(request.parameters.at("id")));
  MUSUBI_TRY(const auto waiting, providing->AwaitingPerson());
  for (const inquiry::Waiting& each : waiting) {
    if (each.id != id) {
      continue;
    }
    MUSUBI_TRY(const bool is_own, IsOwn(each.code, InsurerOf(request)));
    if (is_own) {
      const std::string who = request.peer.id + " " + by;
      return is_released ? providing->Release(id, who) : providing->Refuse(id, who);
    }
  }
  return Error{ErrorCode::kNotFound, "no inquiry of this id waits for a person"};
}

Result<void> InquiryOffice::State::SetPersonFlags(const http::Request& request) {
  MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
  MUSUBI_TRY(const number::InsuredNumber insured, InsuredOf(body));
  PersonFlags flags;
  MUSUBI_TRY(flags.is_hidden, inquiry::FlagField(body, "hidden"));
  MUSUBI_TRY(flags.is_self_blocked, inquiry::FlagField(body, "self_blocked"));
  MUSUBI_TRY(flags.is_manual, inquiry::FlagField(body, "manual"));
  const std::uint32_t insurer = InsurerOf(request);
  MUSUBI_TRY(const auto connection, registry.Connect());
  MUSUBI_TRY(const auto enrolled, CodeOf(*connection, insurer, insured));
  if (!enrolled) {
    return Error{ErrorCode::kNotFound, "the association has nobody of this insured number"};
  }
  const Instant now = clock.Now();
  MUSUBI_TRY(auto writing, book->Begin());
  MUSUBI_CHECK_OK(SetFlags(writing.connection(), insurer, NumberOf(insured), flags, now));
  MUSUBI_CHECK_OK(writing.Add(audit::AccessRecord{
      now,
      request.peer.id,
      fmt::format(
          "flags-set:{}{}{}",
          flags.is_hidden ? "hidden," : "",
          flags.is_self_blocked ? "self-blocked," : "",
          flags.is_manual ? "manual" : ""
      ),
      ToHex(enrolled->code)
  }));
  return writing.Commit();
}

Result<json::object> InquiryOffice::State::ShowUse(const http::Request& request) {
  const auto month = request.query.find("month");
  if (month == request.query.end()) {
    return Error{ErrorCode::kInvalid, "missing", "month"};
  }
  MUSUBI_TRY(const auto connection, database->Connect());
  MUSUBI_TRY(const auto electronic, asking->UseOf(month->second));
  MUSUBI_TRY(
      const auto figures, UseFiguresOf(*connection, month->second, InsurerOf(request), electronic)
  );
  return UseJson(month->second, figures);
}

Result<void> InquiryOffice::State::NotePaper(const http::Request& request) {
  MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
  MUSUBI_TRY(const PaperCount paper, ReadPaperCount(body));
  MUSUBI_TRY(auto writing, book->Begin());
  MUSUBI_CHECK_OK(SetPaperCount(writing.connection(), InsurerOf(request), paper));
  return writing.Commit();
}

// Changes of applied packages become corrections to whoever got what was changed. The mark moves
// after the corrections are kept: a crash repeats them, and repeating changes nothing.
Result<void> InquiryOffice::State::CorrectOnce() {
  MUSUBI_TRY(const auto own, database->Connect());
  MUSUBI_TRY(
      const auto mark, own->QueryInt("SELECT value FROM office_mark WHERE name = 'copy-ordinal'")
  );
  std::int64_t last = mark.value_or(0);
  std::vector<std::string> given;
  {
    MUSUBI_TRY(const auto connection, registry.Connect());
    MUSUBI_CHECK_OK(ChangesAfter(*connection, last, [&](const CopyChange& change) -> Result<void> {
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
  MUSUBI_TRY(const std::uint64_t told, providing->Correct(given));
  if (told > 0) {
    ops::LogInfo("hub.copies.corrected", {{"changes", given.size()}, {"inquiries", told}});
  }
  MUSUBI_TRY(auto writing, book->Begin());
  MUSUBI_TRY(
      const std::int64_t moved,
      writing.connection().Execute(
          "INSERT INTO office_mark (name, value) VALUES ('copy-ordinal', $1) "
          "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
          {last}
      )
  );
  static_cast<void>(moved);
  return writing.Commit();
}

void InquiryOffice::State::WatchCopies() {
  std::unique_lock lock(mutex);
  while (!is_stopping) {
    has_copies = false;
    lock.unlock();
    const Result<void> corrected = CorrectOnce();
    if (!corrected.ok()) {
      ops::LogWarning(
          "hub.copies.correction_failed", {{"code", ErrorCodeName(corrected.error().code)}}
      );
    }
    lock.lock();
    changed.wait_for(lock, kLookEvery, [this] { return is_stopping || has_copies; });
  }
}

InquiryOffice::InquiryOffice(std::unique_ptr<State> state) : state_(std::move(state)) {}

InquiryOffice::~InquiryOffice() {
  Stop();
}

Result<std::unique_ptr<InquiryOffice>> InquiryOffice::Open(
    const ops::NodeConfig& node,
    const ops::Endpoint& network,
    const crypto::Identity& identity,
    std::shared_ptr<const crypto::Trust> trust,
    store::Database& registry,
    const Clock& clock,
    std::vector<ledger::VerifierKey> witnesses
) {
  auto state = std::make_unique<State>(registry, clock);
  state->witnesses = std::move(witnesses);
  MUSUBI_TRY(
      state->database, store::Database::Open(ExchangeUrl(node), node.config_folder.string())
  );
  MUSUBI_CHECK_OK(state->database->Migrate("office", OfficeMigrations()));
  MUSUBI_TRY(
      state->book, audit::RecordBook::Open(*state->database, node.folder, "musubi/" + node.id)
  );
  http::ClientOptions line;
  line.host = network.host;
  line.port = network.port;
  line.peer_id = "network";
  state->network = std::make_unique<http::PeerLine>(line, identity, trust);
  state->holdings = std::make_unique<CopyHoldings>(registry, *state->database);
  MUSUBI_TRY(
      state->providing,
      inquiry::ProvidingDesk::Open(
          *state->database,
          *state->book,
          identity,
          trust,
          clock,
          [holdings = state->holdings.get()](std::span<const exchange::InquiryOrder> orders) {
            return holdings->Find(orders);
          }
      )
  );
  MUSUBI_TRY(
      state->asking,
      inquiry::AskingDesk::Open(*state->database, *state->book, *state->network, clock)
  );
  state->providing->SendCorrectionsTo(*state->network);
  state->erasure.emplace(*state->book, clock);
  state->watcher = std::jthread([raw = state.get()] { raw->WatchCopies(); });
  return std::unique_ptr<InquiryOffice>(new InquiryOffice(std::move(state)));
}

void InquiryOffice::AddRoutes(http::Router& router) {
  State* state = state_.get();
  const std::vector<std::string> terminals = {"terminal"};
  const std::vector<std::string> network = {"network"};
  const auto answer = [state](Result<json::object> (State::*call)(const http::Request&)) {
    return [state, call](const http::Request& request) {
      return inquiry::JsonAnswer((state->*call)(request));
    };
  };
  const auto done = [state](Result<void> (State::*call)(const http::Request&)) {
    return [state, call](const http::Request& request) { return Done((state->*call)(request)); };
  };
  router.Handle("POST", "/v1/desk/inquiries", terminals, answer(&State::Ask));
  router.Handle("GET", "/v1/desk/inquiries", terminals, answer(&State::List));
  router.Handle("GET", "/v1/desk/inquiries/{id}", terminals, answer(&State::Get));
  router.Handle("POST", "/v1/desk/inquiries/{id}/answer", terminals, answer(&State::ReadAnswer));
  router.Handle("GET", "/v1/desk/waiting", terminals, answer(&State::Waiting));
  for (const bool is_released : {true, false}) {
    router.Handle(
        "POST",
        is_released ? "/v1/desk/waiting/{id}/release" : "/v1/desk/waiting/{id}/refuse",
        terminals,
        [state, is_released](const http::Request& request) {
          return Done(state->Decide(request, is_released));
        }
    );
  }
  router.Handle("POST", "/v1/flags", terminals, done(&State::SetPersonFlags));
  router.Handle("GET", "/v1/use", terminals, answer(&State::ShowUse));
  router.Handle("POST", "/v1/use", terminals, done(&State::NotePaper));
  router.Handle("POST", "/v1/provisions", network, [state](const http::Request& request) {
    return Lines(state->providing->Handle(request.body_text()));
  });
  router.Handle("POST", "/v1/correction-notices", network, [state](const http::Request& request) {
    return Done(state->asking->TakeCorrections(request.body_text()));
  });
  audit::AddLogRoutes(router, *state->book, state->witnesses);
}

void InquiryOffice::NoteCopies() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->has_copies = true;
  }
  state_->changed.notify_all();
}

void InquiryOffice::Stop() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->is_stopping = true;
  }
  state_->changed.notify_all();
  if (state_->watcher.joinable()) {
    state_->watcher.join();
  }
  state_->erasure.reset();
  state_->asking->Stop();
  state_->providing->Stop();
}

}  // namespace musubi::hub
