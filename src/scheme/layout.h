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

// A role that serves. Adding one is a line in kServingRoles.
struct ServingRole {
  std::string_view role;
  std::uint16_t port_step;  // its first node listens at the base port plus this
};

// In the order in which they are started and asked: the hub needs those before it.
inline constexpr std::array kServingRoles = {
    ServingRole{"network", 2},
    ServingRole{"jlis", 3},
    ServingRole{"support", 4},
    ServingRole{"hub", 1},
    ServingRole{"institution", 6},  // several nodes, one port after the other
    ServingRole{"portal", 5},
};

// The other institutions 他機関 of every scheme: a municipality and a health insurance society.
struct Institution {
  std::string_view name;   // of the node: "institution-131016"
  std::string_view kinds;  // codes of rules/permission
  std::string_view japanese;
};

inline constexpr std::array kInstitutions = {
    Institution{"131016", "municipality welfare-municipality", "見本区"},
    Institution{"06139992", "health-insurance-society", "見本健康保険組合"},
};

// The witness of every scheme: it remembers what the logs of the others have promised. Nobody
// starts it but its operator, and it listens nowhere.
inline constexpr std::string_view kWitness = "witness-1";

inline constexpr std::uint16_t kBasePortDefault = 18440;
inline constexpr std::uint16_t kPortCount = 10;  // a scheme uses fewer above its base port

// "institution-131016" is "institution" and "131016", "hub" is "hub" and nothing.
[[nodiscard]] std::string_view RoleOf(std::string_view node);
[[nodiscard]] std::string_view NameOf(std::string_view node);

// hub P+1, network P+2, jlis P+3, support P+4, portal P+5, institutions P+6 and on; 0 for anybody
// else.
[[nodiscard]] std::uint16_t PortOf(std::string_view node, std::uint16_t base_port);

[[nodiscard]] bool IsServing(std::string_view node);

// Nodes of a new scheme that serve, in the order of kServingRoles.
[[nodiscard]] std::vector<std::string> ServingNodesOfScheme();

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
  [[nodiscard]] std::filesystem::path OutputOf(std::string_view node) const;
  // Ids of every node with a configuration here, serving ones first, then in order of the
  // alphabet. kNotFound: this folder is no scheme.
  [[nodiscard]] Result<std::vector<std::string>> Nodes() const;
  // Those which `scheme up` starts, in the order of kServingRoles. kNotFound as above.
  [[nodiscard]] Result<std::vector<std::string>> StartedNodes() const;
  // "133033", "133264".
  [[nodiscard]] Result<std::vector<std::string>> Insurers() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace musubi::scheme
