// The scheme in which inquiries are measured: one association whose people are tied, a municipality
// that answers by itself, every role a process on this machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "crypto/certificate.h"
#include "scheme/layout.h"

namespace musubi::bench {

inline constexpr const char* kTerminal = "terminal-133033";
inline constexpr const char* kTown = "institution-131016";
inline constexpr std::uint16_t kBasePort = 24440;

// Who asks, as its own configuration says.
struct Caller {
  crypto::Identity identity;
  std::shared_ptr<const crypto::Trust> trust;  // shared with the clients
  std::string certificate;                     // base64 DER

  [[nodiscard]] static Result<Caller> Open(const std::filesystem::path& config_file);
};

// Files only: nothing runs yet.
[[nodiscard]] Result<void> MakeExchangeScheme(const scheme::Layout& layout, std::uint64_t people);
// With all roles running: the association's whole way from roster to tied people. Returns
// "00000012-01" of everybody who is tied.
[[nodiscard]] Result<std::vector<std::string>> TiePeople(const scheme::Layout& layout);
// An inquiry under a new id about one person's local tax, as the terminal puts it to the hub.
[[nodiscard]] std::string QuestionText(const Caller& caller, const std::string& person);

}  // namespace musubi::bench
