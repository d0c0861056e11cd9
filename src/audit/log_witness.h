// A witness at work: looks at the logs of other nodes over HTTP and cosigns what only grew.
//
// What always holds: a log is cosigned only after its tiles have proven that it begins with all
// that was seen of it (ledger/witness.h). What is refused is kept as evidence: <folder>/refused
// holds the note that was shown, and beside it the one cosigned before, both signed by the log.
//
// One object writes a folder (lock file). One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"
#include "ledger/witness.h"

namespace musubi::audit {

struct WatchedLog {
  std::string node;         // who serves it: "network"
  ledger::VerifierKey key;  // that must have signed it, got by another way than from the node
};

// One request to a node.
using SendToNode =
    std::function<Result<http::Response>(const std::string& node, const http::Request& request)>;

// "It does not prove what its checkpoint promises": its tiles are missing or damaged. The other
// verdicts are ledger::VerdictName's.
inline constexpr std::string_view kUnproven = "unproven";

struct LogSighting {
  std::string node;
  std::string origin;
  std::string_view verdict;             // "cosigned", "forked", "shrunk", "bad-note", "unproven"
  std::string reason = {};              // for an operator; empty when cosigned
  std::uint64_t known_size = 0;         // what was seen before
  std::uint64_t size = 0;               // what was shown; 0 for a bad note
  std::filesystem::path evidence = {};  // file with the refused note

  [[nodiscard]] bool is_cosigned() const;
};

class LogWitness {
 public:
  // `key` of kind kWitness. kConflict: another process works in this folder; kCorrupt: what was
  // remembered cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<LogWitness>> Open(
      const std::filesystem::path& folder,
      ledger::SigningKey key,
      std::vector<WatchedLog> logs,
      SendToNode send,
      const Clock& clock
  );
  ~LogWitness();

  // Looks at one log, cosigns it and hands the cosignature in. An error: the node could not be
  // asked, or did not take the cosignature; the next look does it again.
  [[nodiscard]] Result<LogSighting> Look(const WatchedLog& log);

  [[nodiscard]] const std::vector<WatchedLog>& logs() const;

 private:
  struct State;

  explicit LogWitness(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace musubi::audit
