// Where things stand in a scheme 結 (all roles of the system on one machine), and who is in it.
//
//   DIR/authority/      the scheme's own certificate authority
//   DIR/<node id>.toml  one configuration a node, paths relative to DIR
//   DIR/<node id>/      everything the node keeps: certificate, key, store, spool, log, pid
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace musubi::scheme {

// In the order in which they are started: the hub needs the others.
inline constexpr std::array<std::string_view, 4> kServingRoles = {
    "network", "jlis", "support", "hub"
};

inline constexpr std::uint16_t kBasePortDefault = 18440;

// hub P+1, network P+2, jlis P+3, support P+4; 0 for anybody else.
[[nodiscard]] std::uint16_t PortOf(std::string_view role, std::uint16_t base_port);

[[nodiscard]] bool IsServingRole(std::string_view role);

class Layout {
 public:
  explicit Layout(std::filesystem::path folder);  // made absolute

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  [[nodiscard]] std::filesystem::path Authority() const { return folder_ / "authority"; }

  [[nodiscard]] std::filesystem::path ConfigOf(std::string_view node) const;
  [[nodiscard]] std::filesystem::path FolderOf(std::string_view node) const;
  [[nodiscard]] std::filesystem::path CertificateOf(std::string_view node) const;
  [[nodiscard]] std::filesystem::path KeyOf(std::string_view node) const;
  [[nodiscard]] std::filesystem::path PidOf(std::string_view node) const;
  [[nodiscard]] std::filesystem::path OutputOf(std::string_view role) const;
  // Ids of every node with a configuration here, serving roles first, then in order of the
  // alphabet. kNotFound: this folder is no scheme.
  [[nodiscard]] Result<std::vector<std::string>> Nodes() const;
  // "133033", "133264".
  [[nodiscard]] Result<std::vector<std::string>> Insurers() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace musubi::scheme
