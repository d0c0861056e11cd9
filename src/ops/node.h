// What every role's configuration file has: who it is, where it keeps things, how it is reached.
//
//   [node]
//   id = "hub"                      # equals the certificate's CN
//   folder = "hub"                  # everything the role stores lies under it
//   listen = "127.0.0.1:18441"      # serving roles only
//   store = "sqlite:hub/hub.db"     # or postgresql://...; roles without a store leave it out
//   mode = "test"                   # live | test: stands in every package header
//   log = "hub/hub.log"             # optional; default standard error
//   [tls]
//   certificate = "hub/node.pem"
//   key = "hub/node.key"
//   authority = "authority/authority.pem"
//   crl = "authority/crl.pem"
//   [peers.network]
//   address = "127.0.0.1:18442"
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "ops/config.h"

namespace musubi::ops {

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;

  // "127.0.0.1:18441", "[::1]:18441", "hub.example:443".
  [[nodiscard]] static Result<Endpoint> Parse(std::string_view text);
};

struct NodeConfig {
  std::string id;
  std::filesystem::path folder;
  Endpoint listen;
  std::string store;
  std::string mode;  // "live" or "test"
  std::filesystem::path log;
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::filesystem::path authority;
  std::filesystem::path crl;
  std::filesystem::path config_folder;

  [[nodiscard]] static Result<NodeConfig> Read(const Config& config);
};

// [peers.NAME] address.
[[nodiscard]] Result<Endpoint> ReadPeer(const Config& config, std::string_view name);

}  // namespace musubi::ops
