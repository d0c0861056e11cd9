// The records as they are served: the file, the codes the network gave for its residents, and what
// became of it since.
//
// What always holds
//   1. Nothing is served before every resident has been asked for at the network; that is repeated
//      until the network is there.
//   2. Who took the records keeps them: an answer comes from one version of the file.
//   3. A changed file is taken over while the role serves. One that cannot be read changes nothing,
//      and the log says file, line and field.
//   4. Records that were changed or taken back are told once the new ones are served
//      (`on_gone`), also when the file was changed while the role was down: the file last served is
//      kept as `records.served` in the node's folder, and put there after `on_gone` has said yes.
//
// Codes are asked for in blocks, and again only for residents that are new. The file is looked at
// every `look_every`; put a new one in place by renaming. Safe from every thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "http/message.h"
#include "national/institution/record_index.h"

namespace musubi::national::institution {

inline constexpr std::size_t kCodeBlock = 1000;

// Asks the network; http::PeerLine::Send.
using SendToNetwork = std::function<Result<http::Response>(const http::Request&)>;
// Words (WordOf) of records that were wrong; an error: they are told again later.
using OnGone = std::function<Result<void>(const std::vector<std::string>& words)>;

struct RegisterOptions {
  std::filesystem::path file;
  std::filesystem::path served;  // copy of the file last served
  std::chrono::milliseconds look_every{1000};
};

class RecordRegister {
 public:
  // Reads the file: an error in it is told here. Call Run to go on.
  [[nodiscard]] static Result<std::unique_ptr<RecordRegister>> Open(
      RegisterOptions options, SendToNetwork send, OnGone on_gone
  );
  ~RecordRegister();
  RecordRegister(const RecordRegister&) = delete;
  RecordRegister& operator=(const RecordRegister&) = delete;

  // Starts the thread that asks for codes and watches the file.
  void Run();
  void Stop();

  // kUnavailable: the codes are not here yet. shared_ptr: the other owners are answers on their
  // way.
  [[nodiscard]] Result<std::shared_ptr<const RecordIndex>> Now() const;

 private:
  // What tells one state of the file from another.
  struct Stamp {
    std::int64_t changed_ns = 0;
    std::uint64_t size = 0;
    std::uint64_t inode = 0;  // 0: there is no file

    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  RecordRegister(RegisterOptions options, SendToNetwork send, OnGone on_gone);

  [[nodiscard]] Stamp Look() const;
  void Work(const std::stop_token& stop);
  // What cannot be done now is tried again at the next look.
  void GoOn();
  void ReadChanged();
  [[nodiscard]] Result<void> TakeOver();
  [[nodiscard]] Result<void> FetchCodes(RecordIndex& index);
  [[nodiscard]] Result<void> FetchBlock(std::span<const Person* const> people);
  [[nodiscard]] Result<void> TellGone(const RecordIndex& now);

  const RegisterOptions options_;
  const SendToNetwork send_;
  const OnGone on_gone_;
  // Of the worker: what is not served yet, what is served and not told yet, codes so far.
  std::shared_ptr<RecordIndex> next_;
  std::shared_ptr<const RecordIndex> untold_;
  std::map<std::uint64_t, std::optional<Code16>> codes_;
  Stamp loaded_;
  mutable std::mutex mutex_;  // guards now_
  std::shared_ptr<const RecordIndex> now_;
  std::jthread worker_;
};

}  // namespace musubi::national::institution
