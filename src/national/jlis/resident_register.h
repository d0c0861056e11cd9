// The residents' register as it is served: both indexes of one file, exchanged as a whole when the
// file changes while answers go on.
//
// What always holds
//   1. Who took the indexes keeps them: an answer comes from one version of the register.
//   2. A file that cannot be read changes nothing: the old indexes stay, and the log says file,
//   line
//      and field. It is tried again when it changes again.
//   3. While a new file is read two versions are in memory (resident_index.h and
//      attribute_queries.h say how much each takes); the old one goes with its last answer.
//
// The file is looked at once a second (time, size, inode) and read when it has stood still for one
// look. Put a new one in place by renaming: one cut off at a line end cannot be told from a small
// one. Safe from every thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/result.h"
#include "national/jlis/attribute_queries.h"
#include "national/jlis/resident_index.h"

namespace musubi::national::jlis {

struct Residents {
  ResidentIndex numbers;
  std::optional<AttributeIndex> attributes;  // nothing: `match_index = false`
};

class ResidentRegister {
 public:
  enum class Attributes : std::uint8_t { kNo, kYes };

  // Reads the file, then watches it until the object goes.
  [[nodiscard]] static Result<std::unique_ptr<ResidentRegister>> Open(
      std::filesystem::path file,
      Attributes attributes,
      std::chrono::milliseconds look_every = std::chrono::seconds(1)
  );
  ~ResidentRegister();
  ResidentRegister(const ResidentRegister&) = delete;
  ResidentRegister& operator=(const ResidentRegister&) = delete;

  // shared_ptr: the other owners are answers on their way.
  [[nodiscard]] std::shared_ptr<const Residents> Now() const;

 private:
  // What tells one state of the file from another.
  struct Stamp {
    std::int64_t changed_ns = 0;
    std::uint64_t size = 0;
    std::uint64_t inode = 0;  // 0: there is no file

    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  ResidentRegister(std::filesystem::path file, Attributes attributes);

  [[nodiscard]] Stamp Look() const;
  [[nodiscard]] Result<std::shared_ptr<const Residents>> Load() const;
  void Watch(const std::stop_token& stop, std::chrono::milliseconds look_every, Stamp loaded);
  void Exchange();

  const std::filesystem::path file_;
  const Attributes attributes_;
  std::shared_ptr<const text::Normaliser> normaliser_;  // one for all versions
  mutable std::mutex mutex_;                            // guards now_
  std::shared_ptr<const Residents> now_;
  std::jthread watcher_;
};

}  // namespace musubi::national::jlis
