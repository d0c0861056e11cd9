// `musubi serve ROLE`: one role in this process, until SIGINT or SIGTERM.
#pragma once

#include <filesystem>
#include <string>

namespace musubi::apps {

struct ServeOptions {
  std::string role;  // hub, network, ...; or a node id: institution-131016
  std::filesystem::path config;
};

[[nodiscard]] int Serve(const ServeOptions& options);

}  // namespace musubi::apps
