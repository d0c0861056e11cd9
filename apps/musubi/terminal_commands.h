// `musubi terminal ...`: the integrated dedicated terminal's commands.
//
// `upload` prints the batch's id alone on the first line, as soon as the hub has given it, also
// with --json (the JSON object is then the second line): whoever is interrupted can ask for it.
#pragma once

#include <filesystem>
#include <string>

namespace musubi::apps {

struct TerminalUploadOptions {
  std::filesystem::path config;
  std::filesystem::path file;
  bool wait = false;
  bool json = false;
};

[[nodiscard]] int TerminalUpload(const TerminalUploadOptions& options);

struct TerminalBatchOptions {
  std::filesystem::path config;
  std::string batch;
  bool wait = false;
  bool json = false;
};

[[nodiscard]] int TerminalBatch(const TerminalBatchOptions& options);

struct TerminalDownloadOptions {
  std::filesystem::path config;
  std::string batch;
  std::filesystem::path out;
};

[[nodiscard]] int TerminalDownload(const TerminalDownloadOptions& options);

struct TerminalAckOptions {
  std::filesystem::path config;
  std::string batch;
};

[[nodiscard]] int TerminalAck(const TerminalAckOptions& options);

struct TerminalLinkOptions {
  std::filesystem::path config;
  std::string insured;  // NUMBER-BRANCH
  std::string reason = "doubtful";
};

// At once, at the hub; the association's own register is `insurer review --stop`.
[[nodiscard]] int TerminalStop(const TerminalLinkOptions& options);
[[nodiscard]] int TerminalResume(const TerminalLinkOptions& options);

}  // namespace musubi::apps
