// 統合専用端末 (the integrated dedicated terminal): the only door between an association and the
// hub.
//
// What always holds
//   1. Nothing is sent before the whole file has been opened and checked here: it is a number list,
//      record copies 副本 or notices お知らせ, sealed to this terminal, signed by our own
//      association with a certificate in force. Its header says which; the batch is of that kind.
//   2. The numbers never lie on this machine in the clear: the file goes from one envelope to the
//      next in memory, the signature of the association stays as it is.
//   3. Every call may be repeated and every transfer goes on where it stopped, also after this
//      program or the hub was killed: the spool keeps the very bytes a half-done transfer began
//      with, for as long as the hub asks for them under the same certificate.
//   4. When the hub has lost its batch key (it does not outlive the hub's process), the transfer
//      starts over by itself.
//
// Whatever is transient (the hub is away, busy, answers late) is tried again for `patience_s`
// seconds without progress ([terminal] patience_s, 600). The hub's sealing certificate is accepted
// because it comes over the mutually authenticated channel of the hub; it is not checked again.
//
// Configuration: [node], [tls], [peers.hub], [terminal] insurer. One thread at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "http/client.h"
#include "number/insured_number.h"
#include "ops/config.h"
#include "terminal/batch.h"

namespace musubi::terminal {

inline constexpr std::size_t kPieceSize = std::size_t{4} << 20U;

enum class Wait { kNo, kYes };

// Called whenever the terminal has learnt something new about the batch.
using OnBatch = std::function<void(const Batch&)>;

class Terminal {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Terminal>> Open(
      const ops::Config& config, const Clock& clock = SystemClock()
  );

  // Brings the file to the hub; with Wait::kYes stays until the batch is ready or refused. A
  // refused batch is a value. kInvalid, kRefused: the file is not one we may send.
  [[nodiscard]] Result<Batch> Upload(
      const std::filesystem::path& file, Wait wait, const OnBatch& on_batch
  );
  [[nodiscard]] Result<Batch> Show(const std::string& batch_id, Wait wait, const OnBatch& on_batch);
  // The pairing package, whole or not at all; returns its size.
  [[nodiscard]] Result<std::uint64_t> Download(
      const std::string& batch_id, const std::filesystem::path& out
  );
  [[nodiscard]] Result<Batch> Acknowledge(const std::string& batch_id);

  // Stops the link of an insured person at the hub, or lifts the stop; both may be repeated.
  // `reason`: a word such as birth-date-differs. kNotFound: not one of ours.
  [[nodiscard]] Result<void> StopLink(
      const number::InsuredNumber& insured, const std::string& reason
  );
  [[nodiscard]] Result<void> ResumeLink(const number::InsuredNumber& insured);

  [[nodiscard]] const crypto::Certificate& certificate() const { return identity_.certificate; }

 private:
  struct Settings {
    std::filesystem::path spool;
    std::string insurer;  // "insurer-133033"
    std::string mode;
    http::RetryPolicy retry;
  };

  // The file on its way: what is known about it from beginning to end.
  struct Transfer {
    std::filesystem::path file;
    std::string kind;  // "NL", "RC", "NT"
    std::string package_id;
    int start_count = 0;
  };

  Terminal(
      Settings settings,
      crypto::Identity identity,
      std::shared_ptr<const crypto::Trust> trust,
      http::ClientOptions hub,
      const Clock& clock
  );

  // Returns the kind of package it is.
  [[nodiscard]] Result<std::string> CheckFile(const std::filesystem::path& file) const;
  [[nodiscard]] Result<Batch> OpenBatch(const Transfer& transfer);
  [[nodiscard]] Result<Batch> Advance(Transfer& transfer, const Batch& batch);
  [[nodiscard]] Result<Batch> SendContent(const Transfer& transfer, const Batch& batch);
  [[nodiscard]] Result<Batch> SendPieces(
      const std::filesystem::path& spooled, std::uint64_t size, const Batch& batch
  );
  [[nodiscard]] Result<Batch> Complete(
      const Batch& batch, std::uint64_t size, const std::string& digest
  );
  [[nodiscard]] Result<Batch> Fetch(const std::string& batch_id, Wait wait);
  [[nodiscard]] Result<http::Response> Call(http::Request request);
  [[nodiscard]] Result<Batch> CallForBatch(http::Request request);

  Settings settings_;
  crypto::Identity identity_;
  std::shared_ptr<const crypto::Trust> trust_;  // the client is the second owner
  http::Client client_;
  const Clock* clock_;
};

}  // namespace musubi::terminal
