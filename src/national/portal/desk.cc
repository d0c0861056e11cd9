#include "national/portal/desk.h"

#include <array>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "audit/log_routes.h"
#include "crypto/cipher.h"
#include "exchange/resident_query.h"
#include "inquiry/desk_json.h"
#include "national/portal/plain_words.h"

namespace musubi::national::portal {

namespace {

namespace json = boost::json;
using inquiry::Needed;

constexpr std::string_view kSelfInformation = "self-information";
constexpr std::string_view kSelf = "portal";
constexpr std::size_t kListed = 1000;

http::Request Post(std::string path, std::string_view content_type, http::Body body) {
  http::Request request;
  request.method = "POST";
  request.path = std::move(path);
  request.headers["content-type"] = content_type;
  Code16 key{};
  crypto::FillRandom(key);
  request.headers["idempotency-key"] = ToHex(key);
  request.body = std::move(body);
  return request;
}

Result<http::Response> Checked(Result<http::Response> response) {
  if (response.ok() && response->status >= 400) {
    return http::ErrorOfProblem(*response);
  }
  return response;
}

json::object ForPerson(const inquiry::Inquiry& inquiry, inquiry::WithAnswer with_answer) {
  json::object out = InquiryJson(inquiry, with_answer);
  out["person"] = inquiry.person;
  return out;
}

}  // namespace

// The person's code at the portal: asked for at each look; kept with notices only.
Result<Code16> Desk::CodeOf(std::string_view account) {
  MUSUBI_TRY(const number::ResidentRecordCode resident, parts_.accounts->Find(account));
  std::array<char, 11> digits{};
  resident.RevealDigits(digits);
  http::Body body(digits.begin(), digits.end());
  WipeMemory(digits.data(), digits.size());
  exchange::AppendLineEnd(body);
  MUSUBI_TRY(
      const http::Response response,
      Checked(parts_.network->Send(Post("/v1/institution-codes", http::kCsv, std::move(body))))
  );
  Code16 code{};
  std::string_view line = response.body_text();
  if (line.size() != 2 * code.size() + 2 || !ReadHex(line.substr(0, 2 * code.size()), code)) {
    return Error{ErrorCode::kNotFound, "the network knows nobody of this account"};
  }
  return code;
}

Result<json::object> Desk::Records(const Look& look) {
  MUSUBI_TRY(const Code16 code, CodeOf(look.account));
  const std::string question = json::serialize(
      json::object{{"code", ToHex(code)}, {"proof", look.wants_proof}, {"count", look.newest}}
  );
  MUSUBI_TRY(
      const http::Response response,
      Checked(parts_.network->Send(
          Post("/v1/provision-records", "application/json", http::MakeBody(question))
      ))
  );
  boost::system::error_code failed;
  // Thousands of small values that go together; shared by the answer's values.
  json::value value = json::parse(
      response.body_text(), failed, json::make_shared_resource<json::monotonic_resource>()
  );
  if (failed || !value.is_object()) {
    return Error{ErrorCode::kInvalid, "the network's answer is not a JSON object"};
  }
  json::object answer = std::move(value.as_object());
  json::value* records = answer.if_contains("records");
  if (records == nullptr || !records->is_array()) {
    return Error{ErrorCode::kInvalid, "the network's answer has no list", "records"};
  }
  for (json::value& record : records->as_array()) {
    if (record.is_object()) {
      AddPlainWords(record.as_object());
    }
  }
  if (look.wants_proof) {
    answer["log_key"] = parts_.log_key;
  }
  return answer;
}

Result<json::object> Desk::Ask(const http::Request& request) {
  MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
  inquiry::NewInquiry question;
  MUSUBI_TRY(const std::string id, inquiry::TextField(body, "id", Needed::kYes));
  MUSUBI_TRY(question.id, inquiry::ReadInquiryId(id));
  MUSUBI_TRY(question.person, inquiry::TextField(body, "person", Needed::kYes));
  MUSUBI_TRY(question.subject, inquiry::ReadSubject(body));
  if (question.subject.procedure != kSelfInformation) {
    return Error{ErrorCode::kRefused, "the portal asks for own information only", "procedure"};
  }
  question.subject.inquirer = kSelf;
  question.owner = request.peer.id;
  question.recipient = parts_.recipient;
  MUSUBI_TRY(question.code, CodeOf(question.person));
  MUSUBI_TRY(const auto asked, parts_.asking->Ask(question, inquiry::WaitOf(request)));
  return ForPerson(asked, inquiry::WithAnswer::kNo);
}

Result<json::object> Desk::Get(const http::Request& request) {
  MUSUBI_TRY(const auto id, inquiry::ReadInquiryId(request.parameters.at("id")));
  MUSUBI_TRY(const auto found, parts_.asking->Get(request.peer.id, id, inquiry::WaitOf(request)));
  return ForPerson(found, inquiry::WithAnswer::kNo);
}

Result<json::object> Desk::ReadAnswer(const http::Request& request) {
  MUSUBI_TRY(const auto id, inquiry::ReadInquiryId(request.parameters.at("id")));
  MUSUBI_TRY(const auto found, parts_.asking->Get(request.peer.id, id, {}));
  MUSUBI_TRY(auto writing, parts_.book->Begin());
  MUSUBI_CHECK_OK(writing.Add(
      audit::AccessRecord{parts_.clock->Now(), request.peer.id, "answer-read", ToHex(id)}
  ));
  MUSUBI_CHECK_OK(writing.Commit());
  return ForPerson(found, inquiry::WithAnswer::kYes);
}

Result<json::object> Desk::List() {
  MUSUBI_TRY(const auto listed, parts_.asking->List(kSelf, kListed));
  json::array inquiries;
  for (const inquiry::Inquiry& each : listed) {
    inquiries.push_back(ForPerson(each, inquiry::WithAnswer::kNo));
  }
  return json::object{{"inquiries", std::move(inquiries)}};
}

Result<json::object> Desk::Notices(std::string_view account, std::string_view who) {
  MUSUBI_TRY(const Code16 code, CodeOf(account));
  return parts_.notices->Read(code, who);
}

void Desk::AddNoticeRoutes(http::Router& router) {
  router.Handle("POST", "/v1/certificate", {"network"}, [this](const http::Request&) {
    return http::TextResponse(parts_.notices->Certificate(), "application/x-pem-file");
  });
  router.Handle("POST", "/v1/notices", {"network"}, [this](const http::Request& request) {
    const Result<void> taken = parts_.notices->Take(request.body_text());
    return taken.ok() ? http::JsonResponse("{}") : http::ProblemResponse(taken.error());
  });
  router.Handle(
      "POST",
      "/v1/notices/read",
      {std::string(kSelf)},
      [this](const http::Request& request) {
        return inquiry::JsonAnswer([&]() -> Result<json::object> {
          MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
          MUSUBI_TRY(const std::string account, inquiry::TextField(body, "account", Needed::kYes));
          return Notices(account, request.peer.id);
        }());
      }
  );
}

http::Router Desk::MakeRouter() {
  http::Router router;
  const std::vector<std::string> self = {std::string(kSelf)};
  router.Handle("POST", "/v1/provision-records", self, [this](const http::Request& request) {
    return inquiry::JsonAnswer([&]() -> Result<json::object> {
      MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
      MUSUBI_TRY(const std::string account, inquiry::TextField(body, "account", Needed::kYes));
      Look look{.account = account};
      MUSUBI_TRY(look.wants_proof, inquiry::FlagField(body, "proof"));
      MUSUBI_TRY(look.newest, inquiry::CountField(body, "newest"));
      return Records(look);
    }());
  });
  router.Handle("POST", "/v1/desk/inquiries", self, [this](const http::Request& request) {
    return inquiry::JsonAnswer(Ask(request));
  });
  router.Handle("GET", "/v1/desk/inquiries", self, [this](const http::Request&) {
    return inquiry::JsonAnswer(List());
  });
  router.Handle("GET", "/v1/desk/inquiries/{id}", self, [this](const http::Request& request) {
    return inquiry::JsonAnswer(Get(request));
  });
  router.Handle(
      "POST",
      "/v1/desk/inquiries/{id}/answer",
      self,
      [this](const http::Request& request) { return inquiry::JsonAnswer(ReadAnswer(request)); }
  );
  router
      .Handle("POST", "/v1/correction-notices", {"network"}, [this](const http::Request& request) {
        const Result<void> taken = parts_.asking->TakeCorrections(request.body_text());
        return taken.ok() ? http::JsonResponse("{}") : http::ProblemResponse(taken.error());
      });
  AddNoticeRoutes(router);
  audit::AddLogRoutes(router, *parts_.book, parts_.witnesses);
  return router;
}

}  // namespace musubi::national::portal
