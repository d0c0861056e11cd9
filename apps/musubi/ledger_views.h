// Where a log is read from: its folder, or a URL over mutual TLS; and the key that must have signed
// it.
#pragma once

#include <string>
#include <vector>

#include "apps/musubi/ledger_commands.h"
#include "base/result.h"
#include "ledger/note.h"
#include "ledger/tile.h"

namespace musubi::apps {

struct LedgerKeys {
  std::vector<ledger::VerifierKey> logs;  // from --key
  std::vector<ledger::VerifierKey> witnesses;
};

struct LedgerView {
  std::string place;  // as the caller named it
  ledger::ReadResource read;
  ledger::VerifierKey key;
  std::string key_from;  // "--key", a file's path, or "the server itself"
};

// Each of --key and --witness: a verifier key, or the path of a file that holds one.
[[nodiscard]] Result<LedgerKeys> ReadLedgerKeys(const LedgerAuditOptions& options);

// The key is the one of --key that bears the name of the log's checkpoint; without --key the
// .vkey file beside a folder, or what a server says of itself under its certificate.
[[nodiscard]] Result<LedgerView> OpenLedgerView(
    const std::string& place, const LedgerAuditOptions& options, const LedgerKeys& keys
);

// A folder is seen as it was at one instant: this makes it now. A server is asked each time anyway.
[[nodiscard]] Result<void> LookAgain(LedgerView& view);

}  // namespace musubi::apps
