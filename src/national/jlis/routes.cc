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

using AnswerLines = Result<http::Body> (AttributeIndex::*)(std::string_view lines) const;

http::Response AnswerAttributes(
    const AttributeIndex* attributes, AnswerLines answer_lines, const http::Request& request
) {
  if (attributes == nullptr) {
    return http::ProblemResponse(
        {ErrorCode::kUnavailable,
         "queries by attributes are not served here",
         "jlis",
         "the operator of jlis sets match_index = true"}
    );
  }
  auto answered = (attributes->*answer_lines)(request.body_text());
  if (!answered.ok()) {
    return http::ProblemResponse(answered.error());
  }
  http::Response response;
  response.content_type = http::kCsv;
  response.body = std::move(answered).value();
  return response;
}

}  // namespace

http::Router MakeRouter(
    const ResidentIndex& index, const AttributeIndex* attributes, SendToNetwork send
) {
  http::Router router;
  router.Handle(
      "POST",
      "/v1/resolutions",
      {"support"},
      [&index, send = std::move(send)](const http::Request& request) {
        return Answer(index, send, request);
      }
  );
  router.Handle(
      "POST",
      "/v1/resident-queries",
      {"support"},
      [attributes](const http::Request& request) {
        return AnswerAttributes(attributes, &AttributeIndex::AnswerQueries, request);
      }
  );
  router
      .Handle("POST", "/v1/verifications", {"support"}, [attributes](const http::Request& request) {
        return AnswerAttributes(attributes, &AttributeIndex::AnswerVerifications, request);
      });
  return router;
}

}  // namespace musubi::national::jlis
