#include "http/wire.h"

#include <algorithm>
#include <array>

#include <time.h>  // NOLINT(modernize-deprecated-headers): gmtime_r, timegm and strptime are POSIX

namespace musubi::http {

namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// RFC 9110 token: methods and header names.
bool IsTokenCharacter(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return IsDigit(c) || IsLetter(c) || kOthers.find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsTokenCharacter);
}

bool IsHeader(std::string_view name, std::string_view value) {
  return IsToken(name) && std::ranges::none_of(value, IsControl);
}

// The framing is ours alone to say.
bool IsFraming(std::string_view name) {
  return name == "content-length" || name == "transfer-encoding" || name == "connection" ||
         name == "host" || name == "date";
}

Result<std::string> Decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    const bool is_escaped = c == '%';
    if (is_escaped) {
      std::array<std::uint8_t, 1> byte = {};
      if (i + 2 >= text.size() || !ReadHex(text.substr(i + 1, 2), byte)) {
        return Error{ErrorCode::kInvalid, "broken %-escape in the request target"};
      }
      c = static_cast<char>(byte[0]);
      i += 2;
    }
    if (IsControl(c)) {
      return Error{ErrorCode::kInvalid, "control character in the request target"};
    }
    decoded += c;
  }
  return decoded;
}

Result<void> ParseQuery(std::string_view query, std::map<std::string, std::string>& out) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) {
      continue;
    }
    const std::size_t equals = std::min(pair.find('='), pair.size());
    MUSUBI_TRY(std::string name, Decode(pair.substr(0, equals)));
    MUSUBI_TRY(std::string value, Decode(pair.substr(std::min(equals + 1, pair.size()))));
    out.insert_or_assign(std::move(name), std::move(value));
  }
  return Ok();
}

void AppendEncoded(std::string& out, std::string_view text, std::string_view kept) {
  for (const char c : text) {
    if (IsDigit(c) || IsLetter(c) || kept.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const std::array<std::uint8_t, 1> byte = {static_cast<std::uint8_t>(c)};
      (out += '%') += ToHex(byte);
    }
  }
}

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

Body Joined(const std::string& head, const Body& body) {
  Body piece;
  const std::size_t carried = body.size() <= kSmallBodySize ? body.size() : 0;
  piece.reserve(head.size() + carried);
  piece.insert(piece.end(), head.begin(), head.end());
  piece.insert(piece.end(), body.begin(), body.begin() + static_cast<std::ptrdiff_t>(carried));
  return piece;
}

void AppendHeader(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

Result<void> ParseTarget(std::string_view target, Request& request) {
  if (!target.starts_with('/')) {
    return Error{ErrorCode::kInvalid, "the request target must be a path"};
  }
  const std::size_t end = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, end);
  // An escaped slash would move the borders of the segments that routes are matched by.
  if (path.find("%2f") != std::string_view::npos || path.find("%2F") != std::string_view::npos) {
    return Error{ErrorCode::kInvalid, "escaped slash in the request target"};
  }
  MUSUBI_TRY(request.path, Decode(path));
  return ParseQuery(target.substr(std::min(end + 1, target.size())), request.query);
}

std::string MakeTarget(const Request& request) {
  std::string target;
  AppendEncoded(target, request.path, "/-._~");
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    target += separator;
    AppendEncoded(target, name, "-._~");
    target += '=';
    AppendEncoded(target, value, "-._~");
    separator = '&';
  }
  return target;
}

Result<Body> MakeRequestHead(const Request& request, std::string_view host) {
  if (!IsToken(request.method) || !request.path.starts_with('/')) {
    return Error{ErrorCode::kUsage, "not a method and a path", request.path};
  }
  std::string head = request.method + " " + MakeTarget(request) + " HTTP/1.1\r\n";
  AppendHeader(head, "host", host);
  for (const auto& [name, value] : request.headers) {
    if (!IsHeader(name, value)) {
      return Error{ErrorCode::kUsage, "a header that does not fit into one line", name};
    }
    if (!IsFraming(name)) {
      AppendHeader(head, name, value);
    }
  }
  if (request.method != "GET" || !request.body.empty()) {
    AppendHeader(head, "content-length", std::to_string(request.body.size()));
  }
  head += "\r\n";
  return Joined(head, request.body);
}

Body MakeResponseHead(const Response& response, bool is_kept_alive, Instant now) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(ReasonOf(response.status)).append("\r\n");
  AppendHeader(head, "date", FormatHttpDate(now));
  if (IsHeader("content-type", response.content_type)) {
    AppendHeader(head, "content-type", response.content_type);
  }
  for (const auto& [name, value] : response.headers) {
    if (IsHeader(name, value) && !IsFraming(name) && name != "content-type") {
      AppendHeader(head, name, value);
    }
  }
  if (response.status != 204) {  // RFC 9110: 204 has no length
    AppendHeader(head, "content-length", std::to_string(response.body.size()));
  }
  if (!is_kept_alive) {
    AppendHeader(head, "connection", "close");
  }
  head += "\r\n";
  return Joined(head, response.body);
}

bool IsSafeToRepeat(const Request& request) {
  return request.method == "GET" || request.method == "PUT" ||
         !request.header("idempotency-key").empty();
}

std::string FormatHttpDate(Instant instant) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
  std::tm parts = {};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text = {};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

Result<Instant> ParseHttpDate(std::string_view text) {
  std::tm parts = {};
  const std::string copy(text);
  const char* end = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') {
    return Error{ErrorCode::kInvalid, "not an HTTP date"};
  }
  return Instant(std::chrono::seconds(timegm(&parts)));
}

}  // namespace musubi::http
