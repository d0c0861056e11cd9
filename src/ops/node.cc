#include "ops/node.h"

#include <algorithm>
#include <charconv>

namespace musubi::ops {

namespace {

constexpr std::size_t kIdSizeMax = 64;
constexpr std::size_t kHostSizeMax = 253;

bool IsIdCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

// An id is also a folder and part of a URN, so nothing else may stand in it.
bool IsNodeId(std::string_view id) {
  return !id.empty() && id.size() <= kIdSizeMax && id.front() >= 'a' && id.front() <= 'z' &&
         id.back() != '-' && std::ranges::all_of(id, IsIdCharacter);
}

bool IsHostCharacter(char c) {
  return IsIdCharacter(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '_';
}

bool IsHost(std::string_view host, bool is_bracketed) {
  if (host.empty() || host.size() > kHostSizeMax) {
    return false;
  }
  return std::ranges::all_of(host, [is_bracketed](char c) {
    return IsHostCharacter(c) || (is_bracketed && (c == ':' || c == '%'));
  });
}

// An error of a value inside the file gets the key as its place.
template <typename T>
Result<T> At(Result<T> result, std::string_view key) {
  if (!result.ok() && result.error().place.empty()) {
    result.error().place = key;
  }
  return result;
}

Result<Endpoint> ReadEndpoint(const Config& config, std::string_view key) {
  MUSUBI_TRY(const std::string text, config.String(key));
  return At(Endpoint::Parse(text), key);
}

Error Bad(std::string_view key, std::string_view message) {
  return Error{ErrorCode::kInvalid, std::string(message), std::string(key)};
}

Result<void> ReadIdentity(const Config& config, NodeConfig& node) {
  MUSUBI_TRY(node.id, config.String("node.id"));
  if (!IsNodeId(node.id)) {
    return Bad("node.id", "a node id is lower-case letters, digits and hyphens, like hub");
  }
  MUSUBI_TRY(node.mode, config.String("node.mode"));
  if (node.mode != "live" && node.mode != "test") {
    return Bad("node.mode", "must be \"live\" or \"test\"");
  }
  if (config.Has("node.listen")) {
    MUSUBI_TRY(node.listen, ReadEndpoint(config, "node.listen"));
  }
  return Ok();
}

}  // namespace

Result<Endpoint> Endpoint::Parse(std::string_view text) {
  const Error error{ErrorCode::kInvalid, "must be host:port, like 127.0.0.1:18441"};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return error;
  }
  std::string_view host = text.substr(0, colon);
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (is_bracketed) {
    host = host.substr(1, host.size() - 2);
  }
  const std::string_view digits = text.substr(colon + 1);
  Endpoint endpoint{std::string(host), 0};
  const char* end = digits.data() + digits.size();
  const auto [stop, code] = std::from_chars(digits.data(), end, endpoint.port);
  if (!IsHost(host, is_bracketed) || digits.empty() || code != std::errc() || stop != end) {
    return error;
  }
  return endpoint;
}

Result<NodeConfig> NodeConfig::Read(const Config& config) {
  NodeConfig node;
  node.config_folder = config.folder();
  MUSUBI_CHECK_OK(ReadIdentity(config, node));
  MUSUBI_TRY(node.folder, config.Path("node.folder"));
  MUSUBI_TRY(node.store, config.String("node.store", ""));
  MUSUBI_TRY(node.log, config.Path("node.log", ""));
  MUSUBI_TRY(node.certificate, config.Path("tls.certificate"));
  MUSUBI_TRY(node.key, config.Path("tls.key"));
  MUSUBI_TRY(node.authority, config.Path("tls.authority"));
  MUSUBI_TRY(node.crl, config.Path("tls.crl"));
  return node;
}

Result<Endpoint> ReadPeer(const Config& config, std::string_view name) {
  const std::string key = "peers." + std::string(name) + ".address";
  MUSUBI_TRY(Endpoint endpoint, ReadEndpoint(config, key));
  if (endpoint.port == 0) {
    return Bad(key, "the port must not be 0");
  }
  return endpoint;
}

}  // namespace musubi::ops
