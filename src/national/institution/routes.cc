#include "national/institution/routes.h"

#include <atomic>
#include <functional>
#include <memory>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "audit/log_routes.h"
#include "inquiry/desk_json.h"

namespace musubi::national::institution {

namespace {

namespace json = boost::json;
using inquiry::Needed;
using inquiry::TextField;

constexpr std::size_t kListed = 1000;
constexpr std::size_t kCertificateTextMax = 8192;
constexpr int kWaitersMax = 4;  // of the handler threads; who comes later is answered at once

json::object WithPerson(json::object object, std::string_view person) {
  object["person"] = person;
  return object;
}

json::object ForClerk(const inquiry::Inquiry& inquiry, inquiry::WithAnswer with_answer) {
  return WithPerson(InquiryJson(inquiry, with_answer), inquiry.person);
}

http::Response Done(const Result<void>& done) {
  return done.ok() ? http::JsonResponse("{}") : http::ProblemResponse(done.error());
}

// One of few threads that may wait for an answer.
class Waiter {
 public:
  explicit Waiter(std::atomic<int>& count) : count_(&count), is_welcome_(++count <= kWaitersMax) {}

  ~Waiter() { --*count_; }

  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  [[nodiscard]] std::chrono::milliseconds Time(const http::Request& request) const {
    return is_welcome_ ? inquiry::WaitOf(request) : std::chrono::milliseconds(0);
  }

 private:
  std::atomic<int>* count_;
  bool is_welcome_;
};

class Clerks {
 public:
  explicit Clerks(Desk desk) : desk_(std::move(desk)) {}

  [[nodiscard]] const Desk& desk() const { return desk_; }

  Result<json::object> Ask(const http::Request& request) {
    const Waiter waiter(waiters_);
    MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
    inquiry::NewInquiry question;
    MUSUBI_TRY(const std::string id, TextField(body, "id", Needed::kYes));
    MUSUBI_TRY(question.id, inquiry::ReadInquiryId(id));
    MUSUBI_TRY(question.person, TextField(body, "person", Needed::kYes));
    MUSUBI_TRY(question.subject, inquiry::ReadSubject(body));
    question.subject.inquirer = desk_.institution;
    question.owner = desk_.node;
    MUSUBI_TRY(question.recipient, RecipientOf(body));
    MUSUBI_TRY(question.code, CodeOf(question.person));
    MUSUBI_TRY(const auto asked, desk_.asking->Ask(question, waiter.Time(request)));
    return ForClerk(asked, inquiry::WithAnswer::kNo);
  }

  Result<json::object> Get(const http::Request& request) {
    const Waiter waiter(waiters_);
    MUSUBI_TRY(const auto id, inquiry::ReadInquiryId(request.parameters.at("id")));
    MUSUBI_TRY(const auto got, desk_.asking->Get(desk_.node, id, waiter.Time(request)));
    return ForClerk(got, inquiry::WithAnswer::kNo);
  }

  // Looking at an answer is recorded before it is handed out.
  Result<json::object> Answer(const http::Request& request) {
    MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
    MUSUBI_TRY(const std::string by, TextField(body, "by", Needed::kNo));
    MUSUBI_TRY(const auto id, inquiry::ReadInquiryId(request.parameters.at("id")));
    MUSUBI_TRY(const auto got, desk_.asking->Get(desk_.node, id, std::chrono::milliseconds(0)));
    MUSUBI_TRY(auto writing, desk_.book->Begin());
    MUSUBI_CHECK_OK(writing.Add(audit::AccessRecord{
        .at = desk_.clock->Now(),
        .who = by.empty() ? desk_.node : desk_.node + " " + by,
        .action = "answer-read",
        .subject = ToHex(id),
    }));
    MUSUBI_CHECK_OK(writing.Commit());
    return ForClerk(got, inquiry::WithAnswer::kYes);
  }

  Result<json::object> List(const http::Request& /*request*/) {
    MUSUBI_TRY(const auto listed, desk_.asking->List(desk_.node, kListed));
    json::array inquiries;
    for (const inquiry::Inquiry& each : listed) {
      inquiries.push_back(ForClerk(each, inquiry::WithAnswer::kNo));
    }
    return json::object{{"inquiries", std::move(inquiries)}};
  }

  Result<json::object> Waiting(const http::Request& /*request*/) {
    MUSUBI_TRY(const auto waiting, desk_.providing->AwaitingPerson());
    MUSUBI_TRY(const auto records, desk_.records->Now());
    json::array array;
    for (const inquiry::Waiting& each : waiting) {
      const Person* person = records->FindByCode(each.code);
      array.push_back(WithPerson(
          WaitingJson(each), person == nullptr ? std::string_view() : std::string_view(person->key)
      ));
    }
    return json::object{{"waiting", std::move(array)}};
  }

  using Decide =
      Result<void> (inquiry::ProvidingDesk::*)(const exchange::InquiryId& id, std::string_view by);

  Result<json::object> Decision(const http::Request& request, Decide decide) {
    MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
    MUSUBI_TRY(const std::string by, TextField(body, "by", Needed::kYes));
    MUSUBI_TRY(const auto id, inquiry::ReadInquiryId(request.parameters.at("id")));
    MUSUBI_CHECK_OK((desk_.providing->*decide)(id, by));
    return json::object{};
  }

 private:
  // The node's certificate, or another of the node: a renewed one, whose key the clerk has.
  Result<std::string> RecipientOf(const json::object& body) const {
    MUSUBI_TRY(
        const std::string text, TextField(body, "certificate", Needed::kNo, kCertificateTextMax)
    );
    if (text.empty()) {
      return desk_.recipient;
    }
    MUSUBI_TRY(const Bytes der, FromBase64(text));
    MUSUBI_TRY(const auto certificate, crypto::Certificate::FromDer(der));
    if (certificate.id() != desk_.node) {
      return Error{ErrorCode::kInvalid, "not the institution's own certificate", "certificate"};
    }
    return std::string(AsText(der));
  }

  Result<Code16> CodeOf(std::string_view key) const {
    MUSUBI_TRY(const auto records, desk_.records->Now());
    const Person* person = records->FindByKey(key);
    if (person == nullptr) {
      return Error{ErrorCode::kNotFound, "the records hold nobody of this key", "person"};
    }
    if (!person->code) {
      return Error{
          ErrorCode::kPrecondition,
          "the network does not know this resident",
          "person",
          "look at the resident record code in the file of records"
      };
    }
    return *person->code;
  }

  Desk desk_;
  std::atomic<int> waiters_ = 0;
};

using ClerkCall = std::function<Result<json::object>(Clerks& clerks, const http::Request& request)>;

void AddClerkRoute(
    http::Router& router,
    const std::shared_ptr<Clerks>& clerks,  // shared by all routes
    std::string_view method,
    std::string_view pattern,
    ClerkCall call
) {
  router.Handle(
      method,
      pattern,
      {"institution"},
      [clerks, call = std::move(call)](const http::Request& request) {
        if (request.peer.id != clerks->desk().node) {  // another institution has the same role
          return http::ProblemResponse(
              {ErrorCode::kRefused, "this desk is for the institution's own clerks"}
          );
        }
        return inquiry::JsonAnswer(call(*clerks, request));
      }
  );
}

void AddClerkRoutes(http::Router& router, const std::shared_ptr<Clerks>& clerks) {
  const auto add = [&](std::string_view method, std::string_view pattern, ClerkCall call) {
    AddClerkRoute(router, clerks, method, pattern, std::move(call));
  };
  add("POST", "/v1/desk/inquiries", std::mem_fn(&Clerks::Ask));
  add("GET", "/v1/desk/inquiries", std::mem_fn(&Clerks::List));
  add("GET", "/v1/desk/inquiries/{id}", std::mem_fn(&Clerks::Get));
  add("POST", "/v1/desk/inquiries/{id}/answer", std::mem_fn(&Clerks::Answer));
  add("GET", "/v1/desk/waiting", std::mem_fn(&Clerks::Waiting));
  add("POST", "/v1/desk/waiting/{id}/release", [](Clerks& each, const http::Request& request) {
    return each.Decision(request, &inquiry::ProvidingDesk::Release);
  });
  add("POST", "/v1/desk/waiting/{id}/refuse", [](Clerks& each, const http::Request& request) {
    return each.Decision(request, &inquiry::ProvidingDesk::Refuse);
  });
}

}  // namespace

http::Router MakeRouter(const Desk& desk) {
  http::Router router;
  router.Handle("POST", "/v1/provisions", {"network"}, [desk](const http::Request& request) {
    auto replies = desk.providing->Handle(request.body_text());
    if (!replies.ok()) {
      return http::ProblemResponse(replies.error());
    }
    http::Response response;
    response.content_type = http::kCsv;
    response.body = std::move(replies).value();
    return response;
  });
  router
      .Handle("POST", "/v1/correction-notices", {"network"}, [desk](const http::Request& request) {
        return Done(desk.asking->TakeCorrections(request.body_text()));
      });
  AddClerkRoutes(router, std::make_shared<Clerks>(desk));
  audit::AddLogRoutes(router, *desk.book, desk.witnesses);
  return router;
}

}  // namespace musubi::national::institution
