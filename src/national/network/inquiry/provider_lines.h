// The network's lines to the nodes that speak for institutions: [peers.<node>] of its
// configuration.
//
// A node that could not be reached is left alone for a while, longer each time up to eight times
// `rest`, so that those who ask others do not wait for it; until then it is kUnavailable at once.
// Safe from every thread.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "http/peer_line.h"

namespace musubi::national::network {

class ProviderLines {
 public:
  explicit ProviderLines(std::chrono::milliseconds rest = std::chrono::seconds(1)) : rest_(rest) {}

  // Before the first Post.
  void Add(const std::string& node, std::unique_ptr<http::PeerLine> line);
  // Lines there and lines back. Anything but 200 is an error.
  [[nodiscard]] Result<SecretVector<char>> Post(
      const std::string& node, std::string_view path, std::string_view lines
  );

 private:
  struct Line {
    std::unique_ptr<http::PeerLine> line;
    std::chrono::steady_clock::time_point away_until = {};  // guarded by mutex_, as failures
    unsigned failures = 0;                                  // one after the other
  };

  void NoteOutcome(Line& line, bool is_there);

  const std::chrono::milliseconds rest_;
  std::mutex mutex_;
  std::map<std::string, Line, std::less<>> lines_;
};

}  // namespace musubi::national::network
