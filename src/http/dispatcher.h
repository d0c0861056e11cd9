// From a request to its answer, on a handler thread: the roads every server has, faults made on
// purpose, the routes, and the net under handlers that throw.
//
// Thread-safe as long as the handlers are.
#pragma once

#include <functional>
#include <string>

#include "http/server.h"

namespace musubi::http {

struct Outcome {
  Response response = {};
  bool is_lost = false;  // close the connection without an answer
};

class Dispatcher {
 public:
  Dispatcher(const ServerOptions& options, Router router);
  [[nodiscard]] Outcome Run(Request& request) const;
  // Counts an answer given without a handler (413, 400) as well.
  static void Count(std::string_view route, int status, std::chrono::microseconds taken);

 private:
  [[nodiscard]] Outcome Guarded(Request& request, std::string_view route) const;
  [[nodiscard]] Outcome Answer(Request& request) const;
  [[nodiscard]] Outcome AnswerCall(Request& request) const;
  [[nodiscard]] Response Readiness() const;

  std::string openapi_;
  std::function<Result<void>()> ready_;
  FaultPlan faults_;
  Router router_;
};

}  // namespace musubi::http
