// The calls by which anybody of the scheme reads a node's log: GET /log/checkpoint, /log/witnessed,
// /log/vkey, /log/tile/... (docs/formats/log.md). The log holds commitments only, so every trusted
// role may read it; a witness hands its cosignature in by POST /log/cosignatures.
//
// What always holds: a cosignature counts only under a key this node was configured with. Anybody
// can make a key, so one that comes with the request would prove nothing.
#pragma once

#include <vector>

#include "audit/record_book.h"
#include "http/server.h"
#include "ledger/note.h"
#include "ops/config.h"

namespace musubi::audit {

// `book` outlives the router. Without `witnesses` no cosignature is taken.
void AddLogRoutes(
    http::Router& router, RecordBook& book, std::vector<ledger::VerifierKey> witnesses = {}
);

// [ledger] witnesses = ["witness-1/witness.vkey"]: files with the public keys of the witnesses this
// node trusts; missing: none. kInvalid: a file holds no key, or one that is not a witness's.
[[nodiscard]] Result<std::vector<ledger::VerifierKey>> ReadWitnesses(const ops::Config& config);

// The public key in a .vkey file. kInvalid: it holds none, or one of another kind.
[[nodiscard]] Result<ledger::VerifierKey> ReadVerifierKey(
    const std::filesystem::path& file, ledger::KeyKind kind
);

}  // namespace musubi::audit
