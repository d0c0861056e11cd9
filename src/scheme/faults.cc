#include "scheme/faults.h"

#include <fmt/format.h>

#include "base/io.h"

namespace musubi::scheme {

namespace {

Result<std::filesystem::path> FaultPath(const Layout& layout, std::string_view role) {
  if (role != "network" && role != "jlis" && role != "support") {
    return Error{ErrorCode::kUsage, "only the stand-ins network, jlis and support can be made ill"};
  }
  std::error_code code;
  if (!std::filesystem::exists(layout.ConfigOf(role), code)) {
    return Error{ErrorCode::kNotFound, "this folder holds no scheme", layout.folder().string()};
  }
  return layout.FolderOf(role) / "faults.toml";
}

bool IsShare(double value) {
  return value >= 0 && value <= 1;
}

}  // namespace

Result<void> WriteFaults(const Layout& layout, std::string_view role, const FaultOptions& options) {
  if (!IsShare(options.busy) || !IsShare(options.drop) || !IsShare(options.lose_answer) ||
      options.slow_ms < 0) {
    return Error{ErrorCode::kUsage, "shares go from 0 to 1, and slow-ms is not below 0"};
  }
  MUSUBI_TRY(const auto path, FaultPath(layout, role));
  return WriteFile(
      path,
      fmt::format(
          "# Illness on purpose; read again when it changes. Remove the file to be well.\n"
          "busy = {:.6f}\n"
          "slow_ms = {}\n"
          "closed = {}\n"
          "drop = {:.6f}\n"
          "lose_answer = {:.6f}\n"
          "seed = 1\n",
          options.busy,
          options.slow_ms,
          options.closed,
          options.drop,
          options.lose_answer
      ),
      0600
  );
}

Result<void> RemoveFaults(const Layout& layout, std::string_view role) {
  MUSUBI_TRY(const auto path, FaultPath(layout, role));
  std::error_code code;
  std::filesystem::remove(path, code);
  if (code) {
    return Error{ErrorCode::kInternal, "cannot remove the fault file", path.string()};
  }
  return Ok();
}

}  // namespace musubi::scheme
