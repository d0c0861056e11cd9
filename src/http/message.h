// A request and its answer, as plain values: what routes see of HTTP.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"

namespace musubi::http {

// Who is at the other end, from the verified client certificate. Id "terminal-133033": role
// "terminal", name "133033"; id "hub": role "hub", name empty.
struct Peer {
  std::string id;

  [[nodiscard]] std::string_view role() const;
  [[nodiscard]] std::string_view name() const;
};

using Body = SecretVector<char>;  // may hold numbers on some routes, so wiped on all

[[nodiscard]] Body MakeBody(std::string_view text);

struct Request {
  std::string method;
  std::string path;                            // decoded, without the query
  std::map<std::string, std::string> query;    // decoded
  std::map<std::string, std::string> headers;  // names in lower case
  Body body;
  Peer peer;                                      // server side only
  std::map<std::string, std::string> parameters;  // {id} of the route's pattern; server side only

  [[nodiscard]] std::string_view body_text() const { return {body.data(), body.size()}; }

  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::map<std::string, std::string> headers = {};  // names in lower case
  Body body = {};

  [[nodiscard]] std::string_view body_text() const { return {body.data(), body.size()}; }

  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;
};

[[nodiscard]] Response JsonResponse(std::string_view json, int status = 200);
[[nodiscard]] Response TextResponse(std::string_view text, std::string_view content_type);

// RFC 9457 problem details: {"type":"urn:musubi:problem:<code>","title":...,"status":...,
// "detail":...,"advice":...}; and back.
[[nodiscard]] Response ProblemResponse(const Error& error);
[[nodiscard]] Error ErrorOfProblem(const Response& response);

inline constexpr std::string_view kCsv = "text/csv; charset=utf-8";
inline constexpr std::string_view kOctets = "application/octet-stream";

}  // namespace musubi::http
