#include "national/jlis/routes.h"

#include <string>
#include <utility>

#include "national/jlis/resolution.h"
#include "ops/metrics.h"

namespace musubi::national::jlis {

namespace {

constexpr std::string_view kKeyHeader = "idempotency-key";

LinkCall MakeLinkCall(const SendToNetwork& send, std::string_view key) {
  return [&send, key](http::Body lines) -> Result<http::Body> {
    http::Request request;
    request.method = "POST";
    request.path = "/v1/links";
    request.headers["content-type"] = http::kCsv;
    request.headers[std::string(kKeyHeader)] = key;
    request.body = std::move(lines);
    MUSUBI_TRY(http::Response response, send(request));
    if (response.status != 200) {
      return http::ErrorOfProblem(response);
    }
    return std::move(response.body);
  };
}

void Count(const Resolved& resolved) {
  for (std::size_t i = 0; i < resolved.counts.size(); ++i) {
    const std::string_view name = FindingName(static_cast<Finding>(i));
    ops::GetCounter(
        "musubi_jlis_resolutions_total",
        "Lines answered, by outcome",
        "outcome=\"" + std::string(name) + "\""
    )
        .Add(resolved.counts[i]);
  }
}

http::Response Answer(
    const ResidentIndex& index, const SendToNetwork& send, const http::Request& request
) {
  const std::string_view key = request.header(kKeyHeader);
  if (key.empty()) {
    return http::ProblemResponse({ErrorCode::kInvalid, "missing", "header idempotency-key"});
  }
  auto resolved = Resolve(index, request.body_text(), MakeLinkCall(send, key));
  if (!resolved.ok()) {
    return http::ProblemResponse(resolved.error());
  }
  Count(*resolved);
  http::Response response;
  response.content_type = http::kCsv;
  response.body = std::move(resolved->lines);
  return response;
}

Error NoMatchIndex() {
  return Error{
      ErrorCode::kUnavailable,
      "queries by attributes are not served here",
      "jlis",
      "the operator of jlis sets match_index = true"
  };
}

http::Response ResponseOf(Result<http::Body> answered, std::string_view content_type) {
  if (!answered.ok()) {
    return http::ProblemResponse(answered.error());
  }
  http::Response response;
  response.content_type = content_type;
  response.body = std::move(answered).value();
  return response;
}

using AnswerLines = Result<http::Body> (AttributeIndex::*)(std::string_view lines) const;

http::Handler LinesHandler(TakeResidents residents, AnswerLines answer_lines) {
  return [residents = std::move(residents), answer_lines](const http::Request& request) {
    const auto now = residents();
    if (!now->attributes) {
      return http::ProblemResponse(NoMatchIndex());
    }
    return ResponseOf(((*now->attributes).*answer_lines)(request.body_text()), http::kCsv);
  };
}

http::Handler PackageHandler(
    TakeResidents residents, QueryPackages& packages, exchange::QueryKind kind
) {
  return [residents = std::move(residents), &packages, kind](const http::Request& request) {
    const auto now = residents();
    if (!now->attributes) {
      return http::ProblemResponse(NoMatchIndex());
    }
    return ResponseOf(
        packages.Answer(kind, *now->attributes, AsBytes(request.body_text())), http::kOctets
    );
  };
}

}  // namespace

http::Router MakeRouter(TakeResidents residents, QueryPackages& packages, SendToNetwork send) {
  http::Router router;
  router.Handle(
      "POST",
      "/v1/resolutions",
      {"support"},
      [residents, send = std::move(send)](const http::Request& request) {
        return Answer(residents()->numbers, send, request);
      }
  );
  constexpr std::pair<const char*, AnswerLines> kCalls[] = {
      {"/v1/resident-queries", &AttributeIndex::AnswerQueries},
      {"/v1/verifications", &AttributeIndex::AnswerVerifications},
      {"/v1/address-look-ups", &AttributeIndex::AnswerAddresses},
  };
  for (const auto& [path, answer_lines] : kCalls) {
    router.Handle("POST", path, {"support"}, LinesHandler(residents, answer_lines));
  }
  const std::pair<const char*, exchange::QueryKind> package_calls[] = {
      {"/v1/resident-query-packages", exchange::QueryKind::kResidents},
      {"/v1/verification-packages", exchange::QueryKind::kVerification},
  };
  for (const auto& [path, kind] : package_calls) {
    router.Handle("POST", path, {"support"}, PackageHandler(residents, packages, kind));
  }
  return router;
}

}  // namespace musubi::national::jlis
