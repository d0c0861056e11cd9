// The calls by which anybody of the scheme reads a node's log: GET /log/checkpoint, /log/witnessed,
// /log/vkey, /log/tile/... (docs/formats/log.md). The log holds commitments only, so every trusted
// role may read it; a witness hands its cosignature in by POST /log/cosignatures.
#pragma once

#include "audit/record_book.h"
#include "http/server.h"

namespace musubi::audit {

// `book` outlives the router.
void AddLogRoutes(http::Router& router, RecordBook& book);

}  // namespace musubi::audit
