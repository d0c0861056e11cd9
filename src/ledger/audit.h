// 監査: derives a whole log anew from its tiles and says whether it is what its checkpoint
// promises.
//
// Needs nothing but a way to read resources and public keys. Streams: memory is bounded by a few
// tiles per level, whatever the size of the log. One thread per call.
//
// What "intact" means: the checkpoint is signed by the log (and by the witnesses asked for), every
// entry hashes to its leaf, every tile of every level holds what the level below gives, and the
// root is the promised one. What it does not mean: that the entries are true, or that nobody was
// shown another log: for that, compare views (below) or ask for a witness.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/checkpoint.h"
#include "ledger/tile.h"

namespace musubi::ledger {

struct Finding {
  std::string resource;                // "tile/entries/x001/234", "checkpoint"
  std::optional<std::uint64_t> index;  // the first entry (or hash of the tile's level) at fault
  std::string reason;
};

struct AuditOptions {
  VerifierKey log_key;
  std::vector<VerifierKey> witnesses = {};  // each must have cosigned a checkpoint of this log
  // Every entry in order, after its bundle was found to hash to its tile. An error stops the audit
  // and is handed on.
  std::function<Result<void>(std::uint64_t index, BytesView entry)> on_entry = {};
  std::function<void(std::uint64_t done, std::uint64_t total)> on_progress = {};
};

struct AuditReport {
  Checkpoint checkpoint;
  std::optional<Finding> finding;  // none: intact
  std::uint64_t entry_count = 0;   // checked
  std::uint64_t tile_count = 0;
  // Of the checkpoint the witnesses asked for have cosigned; may be smaller than the newest.
  std::optional<std::uint64_t> witnessed_size;

  [[nodiscard]] bool is_intact() const { return !finding.has_value(); }
};

// A fault of the log is a value in the report; an error is a fault of the way there (kUnavailable:
// the server is away) or of the caller.
[[nodiscard]] Result<AuditReport> Audit(const ReadResource& read, const AuditOptions& options);

struct View {
  Checkpoint checkpoint;
  ReadResource read;
};

enum class Agreement {
  kSame,        // one checkpoint
  kConsistent,  // the larger begins with the smaller
  kForked,      // two histories under one name
};

[[nodiscard]] std::string_view AgreementName(Agreement agreement);

// Two views of one log that were audited each: computes the root of the smaller tree out of the
// larger one's tiles. kUsage: different origins.
[[nodiscard]] Result<Agreement> CompareViews(const View& one, const View& other);

}  // namespace musubi::ledger
