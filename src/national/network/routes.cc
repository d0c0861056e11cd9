#include "national/network/routes.h"

#include <string>
#include <utility>

#include <boost/json.hpp>

namespace musubi::national::network {

namespace {

constexpr std::string_view kKeyHeader = "idempotency-key";

Result<boost::json::object> ReadObject(const http::Request& request) {
  boost::system::error_code failed;
  boost::json::value value = boost::json::parse(request.body_text(), failed);
  if (failed || !value.is_object()) {
    return Error{ErrorCode::kInvalid, "not a JSON object", "body"};
  }
  return std::move(value).as_object();
}

Result<std::string> ReadBlock(const http::Request& request) {
  MUSUBI_TRY(const boost::json::object object, ReadObject(request));
  const boost::json::value* block = object.if_contains("block");
  if (block == nullptr || !block->is_string()) {
    return Error{ErrorCode::kInvalid, "missing or not text", "block"};
  }
  return std::string(block->as_string());
}

http::Response CsvResponse(SecretVector<char> lines) {
  http::Response response;
  response.content_type = http::kCsv;
  response.body = std::move(lines);
  return response;
}

http::Response Answer(Result<http::Response> result) {
  return result.ok() ? std::move(result).value() : http::ProblemResponse(result.error());
}

Result<http::Response> Issue(RegistrarPool& pool, const http::Request& request) {
  MUSUBI_TRY(const boost::json::object object, ReadObject(request));
  const boost::json::value* count = object.if_contains("count");
  if (count == nullptr || !count->is_int64()) {
    return Error{ErrorCode::kInvalid, "missing or not a whole number", "count"};
  }
  MUSUBI_TRY(IssuedNumbers issued, pool.With([&](Registrar& registrar) {
    return registrar.Issue({request.peer.id, request.header(kKeyHeader)}, count->as_int64());
  }));
  http::Response response = CsvResponse(std::move(issued.lines));
  response.headers["x-block"] = issued.block;
  response.headers["x-expires"] = FormatUtc(issued.expires_at);
  return response;
}

Result<http::Response> Link(RegistrarPool& pool, const http::Request& request) {
  MUSUBI_TRY(SecretVector<char> lines, pool.With([&](Registrar& registrar) {
    return registrar.Link({request.peer.id, request.header(kKeyHeader)}, request.body_text());
  }));
  return CsvResponse(std::move(lines));
}

Result<http::Response> Codes(RegistrarPool& pool, const http::Request& request) {
  MUSUBI_TRY(const std::string block, ReadBlock(request));
  MUSUBI_TRY(SecretVector<char> lines, pool.With([&](Registrar& registrar) {
    return registrar.Codes({request.peer.id}, block);
  }));
  return CsvResponse(std::move(lines));
}

Result<http::Response> Acknowledge(RegistrarPool& pool, const http::Request& request) {
  MUSUBI_TRY(const std::string block, ReadBlock(request));
  MUSUBI_CHECK_OK(pool.With([&](Registrar& registrar) {
    return registrar.Acknowledge({request.peer.id}, block);
  }));
  return http::JsonResponse("{}");
}

using Route = Result<http::Response> (*)(RegistrarPool&, const http::Request&);

http::Handler Wrap(RegistrarPool& pool, Route route) {
  return [&pool, route](const http::Request& request) { return Answer(route(pool, request)); };
}

}  // namespace

http::Router MakeRouter(RegistrarPool& pool) {
  http::Router router;
  router.Handle("POST", "/v1/processing-numbers", {"hub"}, Wrap(pool, Issue));
  router.Handle("POST", "/v1/links", {"jlis"}, Wrap(pool, Link));
  router.Handle("POST", "/v1/codes", {"hub"}, Wrap(pool, Codes));
  router.Handle("POST", "/v1/codes/acknowledge", {"hub"}, Wrap(pool, Acknowledge));
  return router;
}

}  // namespace musubi::national::network
