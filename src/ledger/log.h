// 台帳 (ledger): an append-only log of opaque entries, kept in one folder, served as tlog-tiles.
//
// What always holds
//   1. What Append has returned is on the disk, signed and served. After a crash at any instant the
//      log opens with everything that was ever published; a group that was not is cut off whole.
//   2. Open recomputes the root over the unsealed edge and compares it with what was promised: a
//      folder that lost or changed published entries is refused with kCorrupt, never "repaired".
//   3. One process writes a folder (lock file). One thread at a time appends, any number reads.
//   4. Memory is bounded by the edge (a few MB), not by the size of the log; so is start-up.
//
// Cost of a group: one write and one fdatasync, however many entries it has; so callers append in
// groups. Every few thousand entries the complete tiles move to files of their own.
//
// The layout of the folder is docs/formats/log.md. Entries are never interpreted here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "ledger/note.h"
#include "ledger/tile.h"

namespace musubi::ledger {

enum class Sync { kNo, kYes };  // kNo: for measurements and simulations only

struct LogOptions {
  SigningKey key;  // kind kLog; its name is the log's origin
  Sync sync = Sync::kYes;
};

struct Position {
  std::uint64_t first = 0;  // index of the group's first entry; the others follow
  std::uint64_t size = 0;   // of the log after the group: what Checkpoint promises at least
};

class Log {
 public:
  // Creates the folder if there is none. kConflict: another process writes it. kCorrupt: see 2.
  [[nodiscard]] static Result<std::unique_ptr<Log>> Open(
      const std::filesystem::path& folder, LogOptions options
  );
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // All entries of the group or none. kInvalid: an entry is larger than kEntrySizeMax, or the group
  // is empty. After any other error the log refuses to append until it is opened again, because
  // what reached the disk is not known.
  [[nodiscard]] Result<Position> Append(std::span<const BytesView> entries);

  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] Digest root() const;
  // The newest signed checkpoint, as a note.
  [[nodiscard]] std::string Checkpoint() const;
  // "checkpoint", "tile/0/x001/234.p/17", "tile/entries/000", "vkey" (our public key) and
  // "witnessed" (below). Any width up to what is there, also of a tile that has become full.
  // kInvalid: no such spelling; kNotFound: beyond the end.
  [[nodiscard]] Result<Bytes> ReadResource(std::string_view path) const;
  [[nodiscard]] Result<Bytes> ReadEntry(std::uint64_t index) const;

  // Within the tree of `size` entries, which must not be larger than size().
  [[nodiscard]] Result<Proof> InclusionProof(std::uint64_t index, std::uint64_t size) const;
  // The same for many, in their order; quicker the more neighbours there are among them.
  [[nodiscard]] Result<std::vector<Proof>> InclusionProofs(
      std::span<const std::uint64_t> indices, std::uint64_t size
  ) const;
  [[nodiscard]] Result<Proof> ConsistencyProof(std::uint64_t first, std::uint64_t second) const;
  [[nodiscard]] Result<Digest> RootAt(std::uint64_t size) const;

  // Keeps a witness's cosignature of one of our checkpoints: "witnessed" is the largest checkpoint
  // that has one, with all that came for it. The checkpoint must be ours; the cosignature must be
  // verified by `witness`, which the caller has reason to take for one: kRefused otherwise.
  [[nodiscard]] Result<void> AddCosignature(
      std::string_view checkpoint_note, const NoteSignature& cosignature, const VerifierKey& witness
  );

 private:
  struct State;

  explicit Log(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

// Reads the folder of a log, also while its process writes: resources as of one instant, the moment
// of the call. Checks the edge like Open, but needs no key and changes nothing.
[[nodiscard]] Result<ReadResource> OpenFolder(const std::filesystem::path& folder);

}  // namespace musubi::ledger
