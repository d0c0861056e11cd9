#include <algorithm>

#include "http/problem.h"
#include "http/server.h"

namespace musubi::http {

namespace {

std::vector<std::string> Segments(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool IsParameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool Matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  return std::ranges::equal(pattern, path, [](const std::string& part, const std::string& segment) {
    return IsParameter(part) ? !segment.empty() : part == segment;
  });
}

}  // namespace

void Router::Handle(
    std::string_view method,
    std::string_view pattern,
    std::vector<std::string> roles,
    Handler handler
) {
  entries_.push_back(
      {std::string(method),
       Segments(pattern),
       std::move(roles),
       std::move(handler),
       std::string(pattern)}
  );
}

std::string_view Router::PatternOf(const Request& request) const {
  const std::vector<std::string> path = Segments(request.path);
  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) {
    return Matches(entry.segments, path);
  });
  return found == entries_.end() ? std::string_view() : std::string_view(found->pattern);
}

Response Router::Route(Request& request) const {
  const std::vector<std::string> path = Segments(request.path);
  std::string allowed;
  for (const Entry& entry : entries_) {
    if (!Matches(entry.segments, path)) {
      continue;
    }
    if (entry.method != request.method) {
      allowed += (allowed.empty() ? "" : ", ") + entry.method;
      continue;
    }
    if (std::ranges::find(entry.roles, request.peer.role()) == entry.roles.end()) {
      return ProblemResponse({ErrorCode::kRefused, "this call is not for your role"});
    }
    for (std::size_t i = 0; i < path.size(); ++i) {
      const std::string& part = entry.segments[i];
      if (IsParameter(part)) {
        request.parameters[part.substr(1, part.size() - 2)] = path[i];
      }
    }
    return entry.handler(request);
  }
  if (allowed.empty()) {
    return ProblemResponse({ErrorCode::kNotFound, "there is no such path"});
  }
  Response refused = ProblemWithStatus(405, {ErrorCode::kUsage, "this path has no such method"});
  refused.headers["allow"] = allowed;
  return refused;
}

}  // namespace musubi::http
