#include "hub/inquiry_office.h"

#include <array>
#include <charconv>

#include "audit/log_routes.h"
#include "hub/inquiry_office_state.h"
#include "inquiry/desk_json.h"

namespace musubi::hub {

namespace {

namespace json = boost::json;

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

std::uint32_t InsurerOf(const http::Request& request) {
  std::uint32_t insurer = 0;
  const std::string_view name = request.peer.name();
  std::from_chars(name.data(), name.data() + name.size(), insurer);
  return insurer;
}

Result<number::InsuredNumber> InsuredOf(const json::object& body) {
  MUSUBI_TRY(const std::string person, inquiry::TextField(body, "person", inquiry::Needed::kYes));
  return number::InsuredNumber::ParseJoined(person);
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
  state->corrections = std::make_unique<CorrectionWatch>(CorrectionWatch::Parts{
      &registry,
      state->database.get(),
      state->book.get(),
      [providing = state->providing.get()](std::span<const std::string> given) {
        return providing->Correct(given);
      }
  });
  state->corrections->Start();
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
  state_->corrections->Wake();
}

void InquiryOffice::Stop() {
  state_->corrections->Stop();
  state_->erasure.reset();
  state_->asking->Stop();
  state_->providing->Stop();
}

}  // namespace musubi::hub
