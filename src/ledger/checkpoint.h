// A checkpoint (c2sp.org/tlog-checkpoint) is a promise to outsiders: "the log `origin` has `size`
// entries and this root".
//
// What always holds
//   1. A log never signs two checkpoints of which one does not begin the other. Two of one size
//      have one root.
//   2. A checkpoint leaves the log only after its entries are durable: a crash may lose a promise
//      nobody has seen, never what was promised.
//
// Plain values: any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/merkle.h"
#include "ledger/note.h"

namespace musubi::ledger {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root{};
  std::vector<std::string> extensions = {};  // not covered by anything we check

  // The text of the note. Parse accepts exactly what Text can produce.
  [[nodiscard]] static Result<Checkpoint> Parse(std::string_view text);
  [[nodiscard]] std::string Text() const;

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

struct SignedCheckpoint {
  Checkpoint checkpoint;
  Note note;
};

// The signed note of a checkpoint.
[[nodiscard]] std::string SignCheckpoint(const Checkpoint& checkpoint, const SigningKey& key);

// Parses a note and verifies the log's signature; the origin must be the key's name. kInvalid:
// malformed; kRefused: not signed by this key, or another origin.
[[nodiscard]] Result<SignedCheckpoint> OpenCheckpoint(
    std::string_view note, const VerifierKey& log_key
);

// Standard base64 of one hash of 32 bytes; "b64,b64,.." (empty: no hash). What the command line
// and the HTTP answers use.
[[nodiscard]] Result<Digest> ParseDigest(std::string_view base64);
[[nodiscard]] Result<Proof> ParseProof(std::string_view list);
[[nodiscard]] std::string FormatProof(std::span<const Digest> proof);

}  // namespace musubi::ledger
