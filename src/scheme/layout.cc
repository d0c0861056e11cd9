#include "scheme/layout.h"

#include <algorithm>

namespace musubi::scheme {

namespace {

constexpr std::string_view kInsurerPrefix = "insurer-";
constexpr std::string_view kInstitution = "institution";
constexpr std::array<std::string_view, 4> kNeeded = {"network", "jlis", "support", "hub"};

const ServingRole* FindRole(std::string_view node) {
  return std::ranges::find(kServingRoles, RoleOf(node), &ServingRole::role);
}

// Serving nodes in the order of their roles, then by name; the others after them.
bool ComesBefore(std::string_view a, std::string_view b) {
  const auto* const role_of_a = FindRole(a);
  const auto* const role_of_b = FindRole(b);
  return role_of_a == role_of_b ? a < b : role_of_a < role_of_b;
}

}  // namespace

std::string_view RoleOf(std::string_view node) {
  return node.substr(0, node.find('-'));
}

std::string_view NameOf(std::string_view node) {
  const std::size_t hyphen = node.find('-');
  return hyphen == std::string_view::npos ? std::string_view() : node.substr(hyphen + 1);
}

std::uint16_t PortOf(std::string_view node, std::uint16_t base_port) {
  const auto* const role = FindRole(node);
  if (role == kServingRoles.end()) {
    return 0;
  }
  std::size_t place = 0;
  if (!NameOf(node).empty()) {
    const auto* const found = std::ranges::find(kInstitutions, NameOf(node), &Institution::name);
    place = static_cast<std::size_t>(found - kInstitutions.begin());
  }
  return static_cast<std::uint16_t>(base_port + role->port_step + place);
}

bool IsServing(std::string_view node) {
  return FindRole(node) != kServingRoles.end();
}

std::vector<std::string> ServingNodesOfScheme() {
  std::vector<std::string> nodes;
  for (const ServingRole& each : kServingRoles) {
    if (each.role != kInstitution) {
      nodes.emplace_back(each.role);
      continue;
    }
    for (const Institution& institution : kInstitutions) {
      nodes.push_back(std::string(kInstitution) + "-" + std::string(institution.name));
    }
  }
  return nodes;
}

Layout::Layout(std::filesystem::path folder)
    : folder_(std::filesystem::absolute(folder).lexically_normal()) {}

std::filesystem::path Layout::ConfigOf(std::string_view node) const {
  return folder_ / (std::string(node) + ".toml");
}

std::filesystem::path Layout::FolderOf(std::string_view node) const {
  return folder_ / node;
}

std::filesystem::path Layout::CertificateOf(std::string_view node) const {
  return FolderOf(node) / "node.pem";
}

std::filesystem::path Layout::KeyOf(std::string_view node) const {
  return FolderOf(node) / "node.key";
}

std::filesystem::path Layout::PidOf(std::string_view node) const {
  return FolderOf(node) / "pid";
}

std::filesystem::path Layout::OutputOf(std::string_view node) const {
  return FolderOf(node) / (std::string(node) + ".out");
}

Result<std::vector<std::string>> Layout::Nodes() const {
  std::vector<std::string> nodes;
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, code)) {
    if (entry.path().extension() == ".toml") {
      nodes.push_back(entry.path().stem().string());
    }
  }
  const bool is_scheme = std::ranges::all_of(kNeeded, [&nodes](std::string_view role) {
    return std::ranges::find(nodes, role) != nodes.end();
  });
  if (!is_scheme) {
    return Error{
        ErrorCode::kNotFound,
        "this folder holds no scheme",
        folder_.string(),
        "make one with: musubi scheme init DIR"
    };
  }
  std::ranges::sort(nodes, ComesBefore);
  return nodes;
}

Result<std::vector<std::string>> Layout::StartedNodes() const {
  MUSUBI_TRY(std::vector<std::string> nodes, Nodes());
  std::erase_if(nodes, [](const std::string& node) {
    const auto* const role = FindRole(node);
    return role == kServingRoles.end();
  });
  return nodes;
}

Result<std::vector<std::string>> Layout::Insurers() const {
  MUSUBI_TRY(const auto nodes, Nodes());
  std::vector<std::string> insurers;
  for (const std::string& node : nodes) {
    if (node.starts_with(kInsurerPrefix)) {
      insurers.push_back(node.substr(kInsurerPrefix.size()));
    }
  }
  return insurers;
}

}  // namespace musubi::scheme
