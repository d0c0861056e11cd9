#include "audit/log_routes.h"

#include <boost/json.hpp>

namespace musubi::audit {

namespace {

// Everybody who has a certificate: promises are worth what many eyes have seen.
const std::vector<std::string>& Readers() {
  static const std::vector<std::string> kRoles = {
      "auditor", "hub", "network", "institution", "portal", "terminal", "insurer", "jlis", "support"
  };
  return kRoles;
}

http::Response Read(const RecordBook& book, std::string_view resource) {
  const Result<Bytes> bytes = book.log().ReadResource(resource);
  if (!bytes.ok()) {
    return http::ProblemResponse(bytes.error());
  }
  http::Response response;
  response.content_type =
      resource.starts_with("tile/") ? std::string(http::kOctets) : "text/plain; charset=utf-8";
  response.body = http::MakeBody(AsText(*bytes));
  return response;
}

Result<std::string> TextField(const boost::json::object& json, std::string_view name) {
  const boost::json::value* value = json.if_contains(name);
  if (value == nullptr || !value->is_string()) {
    return Error{ErrorCode::kInvalid, "missing or malformed", std::string(name)};
  }
  return std::string(value->as_string());
}

// A witness hands in what it has cosigned: {"checkpoint": note, "cosignature": line, "key": vkey}.
Result<void> TakeCosignature(RecordBook& book, const http::Request& request) {
  boost::system::error_code code;
  const boost::json::value value = boost::json::parse(request.body_text(), code);
  if (code || !value.is_object()) {
    return Error{ErrorCode::kInvalid, "the body is not a JSON object"};
  }
  MUSUBI_TRY(const std::string checkpoint, TextField(value.as_object(), "checkpoint"));
  MUSUBI_TRY(const std::string line, TextField(value.as_object(), "cosignature"));
  MUSUBI_TRY(const std::string vkey, TextField(value.as_object(), "key"));
  MUSUBI_TRY(const auto key, ledger::VerifierKey::Parse(vkey));
  MUSUBI_TRY(const auto cosignature, ledger::NoteSignature::ParseLine(line));
  return book.log().AddCosignature(checkpoint, cosignature, key);
}

}  // namespace

void AddLogRoutes(http::Router& router, RecordBook& book) {
  for (const char* name : {"checkpoint", "witnessed", "vkey"}) {
    router.Handle(
        "GET",
        std::string("/log/") + name,
        Readers(),
        [&book, name](const http::Request&) { return Read(book, name); }
    );
  }
  // tile/<L>/<N>, where N has up to seven groups, and a partial one two segments more.
  constexpr int kSegmentsMax = 10;
  std::string pattern = "/log/tile/{level}";
  for (int i = 1; i <= kSegmentsMax; ++i) {
    pattern += "/{part" + std::to_string(i) + "}";
    router.Handle("GET", pattern, Readers(), [&book](const http::Request& request) {
      return Read(book, std::string_view(request.path).substr(std::string_view("/log/").size()));
    });
  }
  router.Handle("POST", "/log/cosignatures", {"witness"}, [&book](const http::Request& request) {
    const Result<void> taken = TakeCosignature(book, request);
    return taken.ok() ? http::JsonResponse("{}") : http::ProblemResponse(taken.error());
  });
}

}  // namespace musubi::audit
