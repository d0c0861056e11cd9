#include "scheme/faults.h"

#include <fmt/format.h>

#include "base/io.h"

namespace musubi::scheme {

namespace {

constexpr std::string_view kNote =
    "# Illness on purpose; read again when it changes. Remove the file to be well.\n";

Result<void> CheckNode(const Layout& layout, std::string_view node) {
  if (!IsServing(node) || node == "hub") {
    return Error{
        ErrorCode::kUsage,
        "only the stand-ins network, jlis, support, portal and institution-... can be made ill"
    };
  }
  std::error_code code;
  if (!std::filesystem::exists(layout.ConfigOf(node), code)) {
    return Error{
        ErrorCode::kNotFound, "this folder holds no scheme with this node", layout.folder().string()
    };
  }
  return Ok();
}

std::filesystem::path FaultPath(const Layout& layout, std::string_view node) {
  return layout.FolderOf(node) / "faults.toml";
}

std::filesystem::path AnswerFaultPath(const Layout& layout, std::string_view node) {
  return layout.FolderOf(node) / "answer-faults.toml";
}

Result<void> WriteAnswerFaults(
    const Layout& layout, std::string_view node, const FaultOptions& options
) {
  return WriteFile(
      AnswerFaultPath(layout, node),
      fmt::format(
          "{}silent = {}\nwrong_records = {:.6f}\nseed = 1\n",
          kNote,
          options.is_silent,
          options.wrong_records
      ),
      0600
  );
}

bool IsShare(double value) {
  return value >= 0 && value <= 1;
}

}  // namespace

Result<void> WriteFaults(const Layout& layout, std::string_view node, const FaultOptions& options) {
  if (!IsShare(options.busy) || !IsShare(options.drop) || !IsShare(options.lose_answer) ||
      !IsShare(options.wrong_records) || options.slow_ms < 0) {
    return Error{ErrorCode::kUsage, "shares go from 0 to 1, and slow-ms is not below 0"};
  }
  MUSUBI_CHECK_OK(CheckNode(layout, node));
  if (RoleOf(node) == "institution") {
    MUSUBI_CHECK_OK(WriteAnswerFaults(layout, node, options));
  } else if (options.is_silent || options.wrong_records > 0) {
    return Error{ErrorCode::kUsage, "only an institution can be silent or answer wrongly"};
  }
  return WriteFile(
      FaultPath(layout, node),
      fmt::format(
          "{}"
          "busy = {:.6f}\n"
          "slow_ms = {}\n"
          "closed = {}\n"
          "drop = {:.6f}\n"
          "lose_answer = {:.6f}\n"
          "seed = 1\n",
          kNote,
          options.busy,
          options.slow_ms,
          options.closed,
          options.drop,
          options.lose_answer
      ),
      0600
  );
}

Result<void> RemoveFaults(const Layout& layout, std::string_view node) {
  MUSUBI_CHECK_OK(CheckNode(layout, node));
  for (const auto& path : {FaultPath(layout, node), AnswerFaultPath(layout, node)}) {
    std::error_code code;
    std::filesystem::remove(path, code);
    if (code) {
      return Error{ErrorCode::kInternal, "cannot remove the fault file", path.string()};
    }
  }
  return Ok();
}

}  // namespace musubi::scheme
