#include "national/support/gateway.h"

#include <string>
#include <utility>
#include <vector>

#include "exchange/resident_query.h"
#include "ops/log.h"

namespace musubi::national::support {

namespace {

constexpr std::size_t kHexSize = 32;
constexpr std::string_view kKeyHeader = "idempotency-key";

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  return line;
}

bool IsAnswerTo(std::string_view asked, std::string_view answered) {
  constexpr std::size_t kWordAt = kHexSize + 1;
  return asked.size() > kHexSize && answered.size() > kWordAt && answered[kHexSize] == ',' &&
         answered.substr(0, kHexSize) == asked.substr(0, kHexSize) &&
         answered.find(',', kWordAt) == std::string_view::npos;
}

http::Request MakeRequest(
    std::string_view path, std::string_view content_type, const http::Request& request
) {
  http::Request forwarded;
  forwarded.method = "POST";
  forwarded.path = path;
  forwarded.headers["content-type"] = content_type;
  forwarded.headers[std::string(kKeyHeader)] = request.header(kKeyHeader);
  forwarded.body = http::MakeBody(request.body_text());
  return forwarded;
}

}  // namespace

Result<void> CheckAnswer(std::string_view asked, std::string_view answered) {
  const Error strange{ErrorCode::kInternal, "jlis answered other lines than it was asked"};
  while (!asked.empty()) {
    if (!IsAnswerTo(TakeLine(asked), TakeLine(answered))) {
      return strange;
    }
  }
  return answered.empty() ? Ok() : strange;
}

Result<void> CheckAttributeAnswer(std::string_view asked, std::string_view answered) {
  using Fields = std::span<const std::string_view>;
  const Error strange{ErrorCode::kInternal, "jlis answered other lines than it was asked"};
  std::vector<std::string> references;
  const auto take = [&references](std::uint64_t /*row*/, Fields fields) {
    references.emplace_back(fields[0]);
    return Ok();
  };
  MUSUBI_TRY(const std::uint64_t count, exchange::EachLine(asked, take));
  const auto compare = [&](std::uint64_t row, Fields fields) -> Result<void> {
    const bool is_answer = row < count && (fields[0] == references[row] || fields[0].empty());
    return is_answer ? Ok() : Result<void>(strange);
  };
  const auto answers = exchange::EachLine(answered, compare);
  return answers.ok() && *answers == count ? Ok() : Result<void>(strange);
}

http::Response Forward(const http::Request& request, const SendToJlis& send) {
  return ForwardTo("/v1/resolutions", &CheckAnswer, request, send);
}

namespace {

// The answer of jlis, or a problem; `content_type` both ways.
http::Response Pass(
    std::string_view path,
    std::string_view content_type,
    const http::Request& request,
    const SendToJlis& send
) {
  if (request.header(kKeyHeader).empty()) {
    return http::ProblemResponse({ErrorCode::kInvalid, "missing", "header idempotency-key"});
  }
  auto sent = send(MakeRequest(path, content_type, request));
  if (!sent.ok()) {
    return http::ProblemResponse(sent.error());
  }
  if (sent->status != 200) {
    return http::ProblemResponse(http::ErrorOfProblem(*sent));
  }
  http::Response response;
  response.content_type = content_type;
  response.body = std::move(sent->body);
  return response;
}

}  // namespace

http::Response ForwardTo(
    std::string_view path, CheckAnswers check, const http::Request& request, const SendToJlis& send
) {
  http::Response response = Pass(path, http::kCsv, request, send);
  if (response.status != 200) {
    return response;
  }
  const auto checked = check(request.body_text(), response.body_text());
  if (!checked.ok()) {
    ops::LogError("support.answer.strange");
    return http::ProblemResponse(checked.error());
  }
  return response;
}

http::Response ForwardPackage(
    std::string_view path, const http::Request& request, const SendToJlis& send
) {
  return Pass(path, http::kOctets, request, send);
}

}  // namespace musubi::national::support
