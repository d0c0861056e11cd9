#include "http/dispatcher.h"

#include <chrono>
#include <typeinfo>

#include "http/problem.h"
#include "ops/log.h"
#include "ops/metrics.h"

namespace musubi::http {

namespace {

constexpr std::string_view kCallPrefix = "/v1/";
constexpr std::string_view kMetricsContent = "text/plain; version=0.0.4; charset=utf-8";

bool IsOwnRoad(std::string_view path) {
  return path == "/healthz" || path == "/readyz" || path == "/metrics" || path == "/openapi.json";
}

Outcome Unavailable(std::string_view detail) {
  return {ProblemResponse({ErrorCode::kUnavailable, std::string(detail)})};
}

Outcome Failed(std::string_view route, std::string_view what) {
  ops::LogError("http.handler.failed", {{"route", route}, {"exception", what}});
  static ops::Counter& failures =
      ops::GetCounter("musubi_http_handler_failures_total", "Handlers that ended in an exception.");
  failures.Add();
  return {ProblemResponse({ErrorCode::kInternal, "this server made a mistake"})};
}

}  // namespace

Dispatcher::Dispatcher(const ServerOptions& options, Router router)
    : openapi_(options.openapi),
      ready_(options.ready),
      faults_(options.faults),
      router_(std::move(router)) {}

Outcome Dispatcher::Run(Request& request) const {
  const auto start = std::chrono::steady_clock::now();
  const bool is_own = IsOwnRoad(request.path);
  const std::string route(is_own ? request.path : router_.PatternOf(request));
  Outcome outcome = Guarded(request, route);
  const auto taken = std::chrono::steady_clock::now() - start;
  Count(
      route, outcome.response.status, std::chrono::duration_cast<std::chrono::microseconds>(taken)
  );
  return outcome;
}

void Dispatcher::Count(std::string_view route, int status, std::chrono::microseconds taken) {
  const std::string label =
      "route=\"" + std::string(route.empty() ? std::string_view("none") : route) + "\"";
  ops::GetCounter(
      "musubi_http_requests_total",
      "Requests answered.",
      label + ",status=\"" + std::to_string(status) + "\""
  )
      .Add();
  ops::GetCounter(
      "musubi_http_request_microseconds_total", "Time spent on requests in handlers.", label
  )
      .Add(static_cast<std::uint64_t>(taken.count()));
}

// The message of an exception may hold anything, so only its type is told.
Outcome Dispatcher::Guarded(Request& request, std::string_view route) const {
  try {
    return Answer(request);
  } catch (const std::exception& exception) {
    return Failed(route, typeid(exception).name());
  } catch (...) {
    return Failed(route, "unknown");
  }
}

Outcome Dispatcher::Answer(Request& request) const {
  if (request.path.starts_with(kCallPrefix)) {
    return AnswerCall(request);
  }
  if (request.method != "GET" || !IsOwnRoad(request.path)) {
    return {router_.Route(request)};
  }
  if (request.path == "/healthz") {
    return {JsonResponse(R"({"status":"alive"})")};
  }
  if (request.path == "/readyz") {
    return {Readiness()};
  }
  if (request.path == "/metrics") {
    return {TextResponse(ops::MetricsText(), kMetricsContent)};
  }
  return {openapi_.empty() ? router_.Route(request) : JsonResponse(openapi_)};
}

Outcome Dispatcher::AnswerCall(Request& request) const {
  const Fault fault = faults_.decide ? faults_.decide(request) : Fault::kNone;
  switch (fault) {
    case Fault::kBusy:
      return Unavailable("busy");
    case Fault::kClosed:
      return Unavailable("closed hours");
    case Fault::kDropBefore:
      return {.is_lost = true};
    case Fault::kLoseAnswer:
      return {.response = router_.Route(request), .is_lost = true};
    case Fault::kNone:
      break;
  }
  return {router_.Route(request)};
}

Response Dispatcher::Readiness() const {
  if (!ready_) {
    return JsonResponse(R"({"status":"ready"})");
  }
  const Result<void> ready = ready_();
  constexpr int kNotReady = 503;
  return ready.ok() ? JsonResponse(R"({"status":"ready"})")
                    : ProblemWithStatus(kNotReady, ready.error());
}

}  // namespace musubi::http
