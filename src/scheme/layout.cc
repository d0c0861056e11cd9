#include "scheme/layout.h"

#include <algorithm>

namespace musubi::scheme {

namespace {

constexpr std::string_view kInsurerPrefix = "insurer-";

}  // namespace

std::uint16_t PortOf(std::string_view role, std::uint16_t base_port) {
  constexpr std::array<std::string_view, 4> kInOrder = {"hub", "network", "jlis", "support"};
  for (std::size_t i = 0; i < kInOrder.size(); ++i) {
    if (kInOrder[i] == role) {
      return static_cast<std::uint16_t>(base_port + 1 + i);
    }
  }
  return 0;
}

bool IsServingRole(std::string_view role) {
  return std::find(kServingRoles.begin(), kServingRoles.end(), role) != kServingRoles.end();
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

std::filesystem::path Layout::OutputOf(std::string_view role) const {
  return FolderOf(role) / (std::string(role) + ".out");
}

Result<std::vector<std::string>> Layout::Nodes() const {
  std::vector<std::string> others;
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, code)) {
    if (entry.path().extension() == ".toml" && !IsServingRole(entry.path().stem().string())) {
      others.push_back(entry.path().stem().string());
    }
  }
  std::vector<std::string> nodes;
  for (const std::string_view role : kServingRoles) {
    if (std::filesystem::exists(ConfigOf(role), code)) {
      nodes.emplace_back(role);
    }
  }
  if (nodes.size() < kServingRoles.size()) {
    return Error{
        ErrorCode::kNotFound,
        "this folder holds no scheme",
        folder_.string(),
        "make one with: musubi scheme init DIR"
    };
  }
  std::sort(others.begin(), others.end());
  nodes.insert(nodes.end(), others.begin(), others.end());
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
