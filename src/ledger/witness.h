// A witness: remembers the last checkpoint of every log it watches and cosigns only trees that
// begin with what it has seen. Whoever demands its cosignature cannot be shown a private version of
// the log (c2sp.org/tlog-witness, tlog-cosignature).
//
// What always holds: the new checkpoint is durable in the witness's folder before its cosignature
// leaves; a witness that lost its folder must get a new key. Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/checkpoint.h"
#include "ledger/note.h"

namespace musubi::ledger {

enum class Verdict {
  kCosigned,    // consistent with all that was seen before
  kUnknownLog,  // not a log this witness watches
  kBadNote,     // malformed, or not signed by the log
  kBehind,      // the proof begins at another size than the one seen last: try again from there
  kShrunk,      // smaller than what was seen: the log was cut
  kForked,      // same size and another root, or a proof that does not verify: another history
};

[[nodiscard]] std::string_view VerdictName(Verdict verdict);  // "cosigned", "forked", ...

struct WitnessAnswer {
  Verdict verdict = Verdict::kBadNote;
  std::string reason = {};         // for an operator
  std::uint64_t known_size = 0;    // what the witness has seen of this log before the call
  NoteSignature cosignature = {};  // only with kCosigned
};

class Witness {
 public:
  // `key` of kind kWitness. kCorrupt: what was remembered cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<Witness>> Open(
      const std::filesystem::path& folder, SigningKey key, std::vector<VerifierKey> logs
  );
  ~Witness();

  // `old_size`: where `proof` begins; must be known_size (0: nothing was seen, no proof). An error
  // means the witness could not remember; its answer is a value.
  [[nodiscard]] Result<WitnessAnswer> Cosign(
      std::string_view checkpoint_note,
      std::uint64_t old_size,
      std::span<const Digest> proof,
      Instant now
  );
  // 0: nothing yet.
  [[nodiscard]] std::uint64_t KnownSize(std::string_view origin) const;
  // The checkpoint cosigned last, signed by its log: the other half of the evidence of a fork.
  // kNotFound: nothing yet.
  [[nodiscard]] Result<std::string> KnownNote(std::string_view origin) const;

 private:
  struct State;

  explicit Witness(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace musubi::ledger
