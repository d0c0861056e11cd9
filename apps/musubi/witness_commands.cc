#include "apps/musubi/witness_commands.h"

#include <chrono>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/musubi/output.h"
#include "audit/log_routes.h"
#include "audit/log_witness.h"
#include "http/client.h"
#include "ops/node.h"

namespace musubi::apps {

namespace {

constexpr int kConnectTimeoutMs = 5000;
constexpr int kRequestTimeoutMs = 30000;
constexpr std::size_t kResponseSizeMax = std::size_t{1} << 20U;  // tiles are 8 KiB
constexpr int kPatienceMs = 5000;                                // the next look comes anyway

using Clients = std::map<std::string, http::Client>;

Error Bad(std::string message, std::string place) {
  return {ErrorCode::kInvalid, std::move(message), std::move(place)};
}

// [witness] logs = ["network"], keys = ["network/log.vkey"]: a log and its key by place.
Result<std::vector<audit::WatchedLog>> ReadLogs(const ops::Config& config) {
  MUSUBI_TRY(const std::vector<std::string> nodes, config.Strings("witness.logs"));
  MUSUBI_TRY(const std::vector<std::string> keys, config.Strings("witness.keys"));
  if (nodes.empty()) {
    return Bad("no log to watch", "witness.logs");
  }
  if (nodes.size() != keys.size()) {
    return Bad("must name one key for each of witness.logs", "witness.keys");
  }
  std::vector<audit::WatchedLog> logs;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto key = audit::ReadVerifierKey(config.folder() / keys[i], ledger::KeyKind::kLog);
    if (!key.ok() && key.error().code == ErrorCode::kNotFound) {
      key.error().advice = "a node makes its log.vkey when it starts for the first time";
    }
    MUSUBI_TRY(ledger::VerifierKey found, std::move(key));
    logs.push_back({nodes[i], std::move(found)});
  }
  return logs;
}

Result<std::shared_ptr<Clients>> MakeClients(
    const ops::Config& config,
    const ops::NodeConfig& node,
    const std::vector<audit::WatchedLog>& logs
) {
  MUSUBI_TRY(const auto identity, crypto::Identity::Load(node.certificate, node.key));
  MUSUBI_TRY(const auto trust, crypto::Trust::Load(node.authority, node.crl));
  auto clients = std::make_shared<Clients>();
  for (const audit::WatchedLog& log : logs) {
    MUSUBI_TRY(const ops::Endpoint endpoint, ops::ReadPeer(config, log.node));
    http::ClientOptions there;
    there.host = endpoint.host;
    there.port = endpoint.port;
    there.peer_id = log.node;
    there.connect_timeout_ms = kConnectTimeoutMs;
    there.request_timeout_ms = kRequestTimeoutMs;
    there.response_size_max = kResponseSizeMax;
    clients->try_emplace(log.node, there, identity, trust);
  }
  return clients;
}

Result<std::unique_ptr<audit::LogWitness>> OpenWitness(const std::string& file) {
  MUSUBI_TRY(const ops::Config config, ops::Config::Load(file));
  MUSUBI_TRY(const ops::NodeConfig node, ops::NodeConfig::Read(config));
  MUSUBI_TRY(std::vector<audit::WatchedLog> logs, ReadLogs(config));
  // shared_ptr: std::function wants to be copied; all copies use the same connections.
  MUSUBI_TRY(const std::shared_ptr<Clients> clients, MakeClients(config, node, logs));
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  MUSUBI_TRY(
      ledger::SigningKey key,
      ledger::SigningKey::OpenOrCreate(
          node.folder / "witness", "musubi/" + node.id, ledger::KeyKind::kWitness
      )
  );
  return audit::LogWitness::Open(
      node.folder,
      std::move(key),
      std::move(logs),
      [clients](const std::string& peer, const http::Request& request) {
        return http::SendWithRetry(clients->at(peer), request, {.patience_ms = kPatienceMs});
      },
      SystemClock()
  );
}

void Print(const audit::LogSighting& sighting, bool json) {
  if (json) {
    boost::json::object object{
        {"log", sighting.node},
        {"origin", sighting.origin},
        {"verdict", sighting.verdict},
        {"known_size", sighting.known_size},
        {"size", sighting.size}
    };
    if (!sighting.is_cosigned()) {
      object["reason"] = sighting.reason;
      object["evidence"] = sighting.evidence.string();
    }
    PrintJson(object);
    return;
  }
  if (sighting.is_cosigned()) {
    PrintLine(fmt::format(
        "{}: cosigned: {} entries (before: {})",
        sighting.node,
        FormatCount(sighting.size),
        FormatCount(sighting.known_size)
    ));
    return;
  }
  PrintLine(fmt::format(
      "{}: {}: {} (seen before: {} entries, shown: {}; evidence: {})",
      sighting.node,
      sighting.verdict,
      sighting.reason,
      FormatCount(sighting.known_size),
      FormatCount(sighting.size),
      sighting.evidence.empty() ? "not kept, there is too much of it" : sighting.evidence.string()
  ));
}

// An error says nothing about the log, so it never has the exit code of a refusal.
void Print(const std::string& node, const Error& error, bool json) {
  if (json) {
    PrintJson(
        boost::json::object{{"log", node}, {"verdict", "not-looked-at"}, {"reason", error.Text()}}
    );
    return;
  }
  Warn(node + ": " + error.Text());
}

// All logs are looked at, whatever one of them shows.
int LookAtAll(audit::LogWitness& witness, bool json) {
  int code = kExitDone;
  for (const audit::WatchedLog& log : witness.logs()) {
    const Result<audit::LogSighting> sighting = witness.Look(log);
    if (!sighting.ok()) {
      Print(log.node, sighting.error(), json);
      code = code == kExitRefused ? code : kExitCouldNot;
      continue;
    }
    Print(*sighting, json);
    code = sighting->is_cosigned() ? code : kExitRefused;
  }
  return code;
}

}  // namespace

int LedgerWitness(const LedgerWitnessOptions& options) {
  const auto witness = OpenWitness(options.config);
  if (!witness.ok()) {
    // 1 is kept for a log that was refused.
    const int code = Fail(witness.error());
    return code == kExitRefused ? kExitCouldNot : code;
  }
  for (;;) {
    const int code = LookAtAll(**witness, options.json);
    if (options.is_once || code == kExitRefused) {
      return code;
    }
    // Stopped by a signal at any time: what was cosigned is durable.
    std::this_thread::sleep_for(std::chrono::seconds(options.every_s));
  }
}

}  // namespace musubi::apps
