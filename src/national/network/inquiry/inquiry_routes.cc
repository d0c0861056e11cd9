#include "national/network/inquiry/inquiry_routes.h"

#include <utility>

#include <boost/json.hpp>

namespace musubi::national::network {

namespace {

http::Response CsvResponse(SecretVector<char> lines) {
  http::Response response;
  response.content_type = http::kCsv;
  response.body = std::move(lines);
  return response;
}

Result<http::Response> Ask(const InquiryDoors& doors, const http::Request& request) {
  MUSUBI_TRY(const auto questions, exchange::ReadInquiryQuestions(request.body_text()));
  MUSUBI_TRY(const auto results, doors.exchange->Ask(request.peer.id, questions));
  SecretVector<char> lines;
  for (const exchange::InquiryResult& result : results) {
    AppendLine(result, lines);
  }
  return CsvResponse(std::move(lines));
}

Result<http::Response> Correct(const InquiryDoors& doors, const http::Request& request) {
  MUSUBI_CHECK_OK(doors.corrections->Take(request.peer.id, request.body_text()));
  doors.on_correction();
  return http::JsonResponse("{}");
}

Result<http::Response> Codes(const InquiryDoors& doors, const http::Request& request) {
  MUSUBI_TRY(auto lines, doors.codes->CodesOf(request.peer.id, request.body_text()));
  return CsvResponse(std::move(lines));
}

// 0: not there.
Result<std::uint64_t> ReadNumber(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr) {
    return std::uint64_t{0};
  }
  if (!value->is_int64() || value->get_int64() < 0) {
    return Error{ErrorCode::kInvalid, "not a whole number", std::string(name)};
  }
  return static_cast<std::uint64_t>(value->get_int64());
}

Result<ShowRequest> ReadShowRequest(const http::Request& request) {
  boost::system::error_code failed;
  const boost::json::value value = boost::json::parse(request.body_text(), failed);
  if (failed || !value.is_object()) {
    return Error{ErrorCode::kInvalid, "not a JSON object", "body"};
  }
  const boost::json::object& object = value.get_object();
  ShowRequest show;
  show.caller = request.peer.id;
  const boost::json::value* code = object.if_contains("code");
  if (code == nullptr || !code->is_string() || !ReadHex(code->get_string(), show.code)) {
    return Error{ErrorCode::kInvalid, "missing or malformed", "code"};
  }
  if (const boost::json::value* proof = object.if_contains("proof")) {
    if (!proof->is_bool()) {
      return Error{ErrorCode::kInvalid, "not true or false", "proof"};
    }
    show.wants_proof = proof->get_bool();
  }
  MUSUBI_TRY(show.first_index, ReadNumber(object, "first_index"));
  MUSUBI_TRY(show.count_max, ReadNumber(object, "count"));
  return show;
}

Result<http::Response> Show(const InquiryDoors& doors, const http::Request& request) {
  MUSUBI_TRY(const ShowRequest show, ReadShowRequest(request));
  MUSUBI_TRY(const std::string json, doors.showing->Show(show));
  return http::JsonResponse(json);
}

using Route = Result<http::Response> (*)(const InquiryDoors&, const http::Request&);

http::Handler Wrap(const InquiryDoors& doors, Route route) {
  return [doors, route](const http::Request& request) {
    Result<http::Response> response = route(doors, request);
    return response.ok() ? std::move(response).value() : http::ProblemResponse(response.error());
  };
}

}  // namespace

void AddInquiryRoutes(http::Router& router, const InquiryDoors& doors) {
  router.Handle("POST", "/v1/inquiries", {"hub", "institution", "portal"}, Wrap(doors, Ask));
  router.Handle("POST", "/v1/corrections", {"hub", "institution"}, Wrap(doors, Correct));
  router.Handle("POST", "/v1/institution-codes", {"institution", "portal"}, Wrap(doors, Codes));
  router.Handle("POST", "/v1/provision-records", {"portal"}, Wrap(doors, Show));
}

}  // namespace musubi::national::network
