#include "http/message.h"

#include <array>

#include <boost/json.hpp>

#include "http/problem.h"

namespace musubi::http {

namespace {

constexpr std::string_view kProblemType = "urn:musubi:problem:";
constexpr std::string_view kProblemContent = "application/problem+json";
constexpr std::size_t kProblemSizeMax = std::size_t{64} << 10U;

constexpr std::array kCodes = {
    ErrorCode::kInvalid,
    ErrorCode::kUsage,
    ErrorCode::kNotFound,
    ErrorCode::kConflict,
    ErrorCode::kPrecondition,
    ErrorCode::kRefused,
    ErrorCode::kUnavailable,
    ErrorCode::kTimeout,
    ErrorCode::kCorrupt,
    ErrorCode::kExhausted,
    ErrorCode::kInternal,
};

std::string_view TitleOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return "The request is malformed";
    case ErrorCode::kUsage:
      return "The call is not made like this";
    case ErrorCode::kNotFound:
      return "There is no such thing";
    case ErrorCode::kConflict:
      return "Something else came first";
    case ErrorCode::kPrecondition:
      return "Something must be mended first";
    case ErrorCode::kRefused:
      return "Refused";
    case ErrorCode::kUnavailable:
      return "Not now";
    case ErrorCode::kTimeout:
      return "It took too long";
    case ErrorCode::kCorrupt:
      return "Stored data is damaged";
    case ErrorCode::kExhausted:
      return "A limit was reached";
    case ErrorCode::kInternal:
      break;
  }
  return "Our fault";
}

std::string TextOf(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  const boost::json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(*text);
}

ErrorCode CodeOf(std::string_view type, int status) {
  for (const ErrorCode code : kCodes) {
    if (type.starts_with(kProblemType) && type.substr(kProblemType.size()) == ErrorCodeName(code)) {
      return code;
    }
  }
  return ErrorCodeOfHttpStatus(status);
}

std::string_view Find(
    const std::map<std::string, std::string>& headers, std::string_view lower_case_name
) {
  const auto found = headers.find(std::string(lower_case_name));
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

std::string_view Peer::role() const {
  return std::string_view(id).substr(0, id.find('-'));
}

std::string_view Peer::name() const {
  const std::size_t hyphen = id.find('-');
  return hyphen == std::string::npos ? std::string_view() : std::string_view(id).substr(hyphen + 1);
}

Body MakeBody(std::string_view text) {
  return {text.begin(), text.end()};
}

std::string_view Request::header(std::string_view lower_case_name) const {
  return Find(headers, lower_case_name);
}

std::string_view Response::header(std::string_view lower_case_name) const {
  return Find(headers, lower_case_name);
}

Response JsonResponse(std::string_view json, int status) {
  Response response;
  response.status = status;
  response.body = MakeBody(json);
  return response;
}

Response TextResponse(std::string_view text, std::string_view content_type) {
  Response response;
  response.content_type = content_type;
  response.body = MakeBody(text);
  return response;
}

Response ProblemWithStatus(int status, const Error& error) {
  boost::json::object problem;
  problem["type"] = std::string(kProblemType).append(ErrorCodeName(error.code));
  problem["title"] = TitleOf(error.code);
  problem["status"] = status;
  problem["detail"] = error.message;
  if (!error.place.empty()) {
    problem["place"] = error.place;
  }
  if (!error.advice.empty()) {
    problem["advice"] = error.advice;
  }
  Response response = JsonResponse(boost::json::serialize(problem), status);
  response.content_type = kProblemContent;
  return response;
}

Response ProblemResponse(const Error& error) {
  return ProblemWithStatus(HttpStatusOf(error.code), error);
}

Error ErrorOfProblem(const Response& response) {
  Error error{
      ErrorCodeOfHttpStatus(response.status),
      "the other side answered with status " + std::to_string(response.status)
  };
  if (!response.content_type.starts_with(kProblemContent) ||
      response.body.size() > kProblemSizeMax) {
    return error;
  }
  boost::json::error_code code;
  const boost::json::value parsed = boost::json::parse(response.body_text(), code);
  const boost::json::object* problem = code.failed() ? nullptr : parsed.if_object();
  if (problem == nullptr) {
    return error;
  }
  error.code = CodeOf(TextOf(*problem, "type"), response.status);
  if (std::string detail = TextOf(*problem, "detail"); !detail.empty()) {
    error.message = std::move(detail);
  }
  error.place = TextOf(*problem, "place");
  error.advice = TextOf(*problem, "advice");
  return error;
}

}  // namespace musubi::http
