#include "apps/musubi/ledger_views.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/io.h"
#include "http/client.h"
#include "ledger/log.h"
#include "ops/node.h"

namespace musubi::apps {

namespace {
constexpr std::string_view kScheme = "https://";
constexpr std::size_t kVkeyFileSizeMax = 4096;

Result<ledger::VerifierKey> ReadKey(const std::string& key_or_file) {
  auto key = ledger::VerifierKey::Parse(key_or_file);
  if (std::error_code ignored; key.ok() || !std::filesystem::exists(key_or_file, ignored)) {
    return key.ok() ? key
                    : Result<ledger::VerifierKey>(
                          Error{ErrorCode::kUsage, "neither a verifier key nor a file", key_or_file}
                      );
  }
  MUSUBI_TRY(const std::string text, ReadFile(key_or_file, kVkeyFileSizeMax));
  return ledger::VerifierKey::Parse(text);
}

Result<std::vector<ledger::VerifierKey>> ReadKeys(
    const std::vector<std::string>& texts, ledger::KeyKind kind
) {
  std::vector<ledger::VerifierKey> keys;
  for (const std::string& text : texts) {
    MUSUBI_TRY(ledger::VerifierKey key, ReadKey(text));
    if (key.kind() != kind) {
      return Error{
          ErrorCode::kUsage, "a key of a log where one of a witness belongs, or the other way"
      };
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

struct Address {
  ops::Endpoint endpoint;
  std::string prefix;  // "/log", without a slash at its end
};

Result<Address> ParseUrl(std::string_view url) {
  url.remove_prefix(kScheme.size());
  const std::size_t slash = std::min(url.find('/'), url.size());
  Address address;
  MUSUBI_TRY(address.endpoint, ops::Endpoint::Parse(url.substr(0, slash)));
  address.prefix = url.substr(slash);
  while (address.prefix.ends_with('/')) {
    address.prefix.pop_back();
  }
  return address;
}

// The role of the configuration that answers at this address.
Result<std::string> FindPeer(
    const ops::Config& config, const ops::NodeConfig& node, const ops::Endpoint& there
) {
  const auto is_there = [&](const ops::Endpoint& endpoint) {
    return endpoint.host == there.host && endpoint.port == there.port;
  };
  if (is_there(node.listen)) {
    return node.id;
  }
  for (const std::string& id : config.KeysOf("peers")) {
    MUSUBI_TRY(const ops::Endpoint endpoint, ops::ReadPeer(config, id));
    if (is_there(endpoint)) {
      return id;
    }
  }
  return Error{
      ErrorCode::kUsage,
      "nobody known answers at this address",
      there.host + ":" + std::to_string(there.port),
      "say who with --peer, or add [peers.ID] address to --config"
  };
}

Result<Bytes> Fetch(http::Client& client, const std::string& path) {
  http::Request request;
  request.method = "GET";
  request.path = path;
  MUSUBI_TRY(const http::Response response, http::SendWithRetry(client, request, {}));
  if (response.status != 200) {
    return http::ErrorOfProblem(response);
  }
  const BytesView bytes = AsBytes(response.body_text());
  return Bytes(bytes.begin(), bytes.end());
}

Result<ledger::ReadResource> OpenUrl(const std::string& url, const LedgerAuditOptions& options) {
  if (options.config.empty()) {
    return Error{ErrorCode::kUsage, "a URL needs the certificate of a node", url, "add --config"};
  }
  MUSUBI_TRY(const Address address, ParseUrl(url));
  MUSUBI_TRY(const ops::Config config, ops::Config::Load(options.config));
  MUSUBI_TRY(const ops::NodeConfig node, ops::NodeConfig::Read(config));
  http::ClientOptions there;
  there.host = address.endpoint.host;
  there.port = address.endpoint.port;
  there.peer_id = options.peer;
  if (options.peer.empty()) {
    MUSUBI_TRY(there.peer_id, FindPeer(config, node, address.endpoint));
  }
  MUSUBI_TRY(const crypto::Identity identity, crypto::Identity::Load(node.certificate, node.key));
  MUSUBI_TRY(auto trust, crypto::Trust::Load(node.authority, node.crl));
  // shared_ptr: std::function wants to be copied; all copies use one connection.
  auto client = std::make_shared<http::Client>(there, identity, trust);
  return ledger::ReadResource([client, prefix = address.prefix](const std::string& path) {
    return Fetch(*client, prefix + "/" + path);
  });
}

// A damaged folder is a finding of the audit: everything read from it says what is wrong.
Result<ledger::ReadResource> OpenLogFolder(const std::string& place) {
  Result<ledger::ReadResource> opened = ledger::OpenFolder(place);
  const bool is_damaged = !opened.ok() && (opened.error().code == ErrorCode::kCorrupt ||
                                           opened.error().code == ErrorCode::kInvalid);
  if (!is_damaged) {
    return opened;
  }
  return ledger::ReadResource([fault = opened.error()](const std::string&) -> Result<Bytes> {
    return fault;
  });
}

// The name that stands in the checkpoint; believed only after its signature was checked.
Result<std::string> OriginOf(const ledger::ReadResource& read) {
  MUSUBI_TRY(const Bytes note, read("checkpoint"));
  const std::string_view text = AsText(note);
  return std::string(text.substr(0, text.find('\n')));
}

// A log's key where no --key was given.
Result<std::optional<LedgerView>> TakeOwnKey(const std::string& place, ledger::ReadResource read) {
  if (place.starts_with(kScheme)) {
    MUSUBI_TRY(const Bytes text, read("vkey"));
    MUSUBI_TRY(ledger::VerifierKey key, ledger::VerifierKey::Parse(AsText(text)));
    return std::optional(LedgerView{place, read, std::move(key), "the server itself"});
  }
  std::filesystem::path folder = std::filesystem::absolute(place).lexically_normal();
  folder = folder.has_filename() ? folder : folder.parent_path();
  for (const std::filesystem::path& file :
       {std::filesystem::path(folder.string() + ".vkey"), folder / "log.vkey"}) {
    if (std::error_code ignored; std::filesystem::exists(file, ignored)) {
      MUSUBI_TRY(ledger::VerifierKey key, ReadKey(file.string()));
      return std::optional(LedgerView{place, read, std::move(key), file.string()});
    }
  }
  return std::optional<LedgerView>();
}

}  // namespace

Result<LedgerKeys> ReadLedgerKeys(const LedgerAuditOptions& options) {
  LedgerKeys keys;
  MUSUBI_TRY(keys.logs, ReadKeys(options.keys, ledger::KeyKind::kLog));
  MUSUBI_TRY(keys.witnesses, ReadKeys(options.witnesses, ledger::KeyKind::kWitness));
  return keys;
}

Result<void> LookAgain(LedgerView& view) {
  if (!view.place.starts_with(kScheme)) {
    MUSUBI_TRY(view.read, OpenLogFolder(view.place));
  }
  return Ok();
}

Result<LedgerView> OpenLedgerView(
    const std::string& place, const LedgerAuditOptions& options, const LedgerKeys& keys
) {
  MUSUBI_TRY(
      ledger::ReadResource read,
      place.starts_with(kScheme) ? OpenUrl(place, options) : OpenLogFolder(place)
  );
  if (!keys.logs.empty()) {
    const Result<std::string> origin = OriginOf(read);
    for (const ledger::VerifierKey& key : keys.logs) {
      if (keys.logs.size() == 1 || (origin.ok() && key.name() == *origin)) {
        return LedgerView{place, std::move(read), key, "--key"};
      }
    }
  }
  MUSUBI_TRY(std::optional<LedgerView> view, TakeOwnKey(place, read));
  if (!view) {
    return Error{ErrorCode::kUsage, "the log's public key is not beside it", place, "add --key"};
  }
  return std::move(*view);
}

}  // namespace musubi::apps
