#include "audit/log_routes.h"

#include <algorithm>

#include <boost/json.hpp>

#include "base/io.h"

namespace musubi::audit {

namespace {

constexpr std::size_t kVkeyFileSizeMax = 4096;

// Everybody who has a certificate: promises are worth what many eyes have seen.
const std::vector<std::string>& Readers() {
  static const std::vector<std::string> kRoles = {
      "auditor",
      "witness",
      "hub",
      "network",
      "institution",
      "portal",
      "terminal",
      "insurer",
      "jlis",
      "support"
  };
  return kRoles;
}

http::Response Read(const RecordBook& book, std::string_view resource) {
  const Result<Bytes> bytes = book.log().ReadResource(resource);
  if (!bytes.ok()) {
    return http::ProblemResponse(bytes.error());
  }
  http::Response response;
  response.content_type =
      resource.starts_with("tile/") ? std::string(http::kOctets) : "text/plain; charset=utf-8";
  response.body = http::MakeBody(AsText(*bytes));
  return response;
}

Result<std::string> TextField(const boost::json::object& json, std::string_view name) {
  const boost::json::value* value = json.if_contains(name);
  if (value == nullptr || !value->is_string()) {
    return Error{ErrorCode::kInvalid, "missing or malformed", std::string(name)};
  }
  return std::string(value->as_string());
}

// A witness hands in what it has cosigned: {"checkpoint": note, "cosignature": line}.
Result<void> TakeCosignature(
    RecordBook& book,
    const std::vector<ledger::VerifierKey>& witnesses,
    const http::Request& request
) {
  boost::system::error_code code;
  const boost::json::value value = boost::json::parse(request.body_text(), code);
  if (code || !value.is_object()) {
    return Error{ErrorCode::kInvalid, "the body is not a JSON object"};
  }
  MUSUBI_TRY(const std::string checkpoint, TextField(value.as_object(), "checkpoint"));
  MUSUBI_TRY(const std::string line, TextField(value.as_object(), "cosignature"));
  MUSUBI_TRY(const auto cosignature, ledger::NoteSignature::ParseLine(line));
  const auto key = std::ranges::find_if(witnesses, [&](const ledger::VerifierKey& each) {
    return each.name() == cosignature.key_name && each.id() == cosignature.key_id;
  });
  if (key == witnesses.end()) {
    return Error{
        ErrorCode::kRefused,
        "not a witness this node trusts",
        {},
        "name its public key in [ledger] witnesses of the node's configuration"
    };
  }
  return book.log().AddCosignature(checkpoint, cosignature, *key);
}

}  // namespace

void AddLogRoutes(
    http::Router& router, RecordBook& book, std::vector<ledger::VerifierKey> witnesses
) {
  for (const char* name : {"checkpoint", "witnessed", "vkey"}) {
    router.Handle(
        "GET",
        std::string("/log/") + name,
        Readers(),
        [&book, name](const http::Request&) { return Read(book, name); }
    );
  }
  // tile/<L>/<N>, where N has up to seven groups, and a partial one two segments more.
  constexpr int kSegmentsMax = 10;
  std::string pattern = "/log/tile/{level}";
  for (int i = 1; i <= kSegmentsMax; ++i) {
    pattern += "/{part" + std::to_string(i) + "}";
    router.Handle("GET", pattern, Readers(), [&book](const http::Request& request) {
      return Read(book, std::string_view(request.path).substr(std::string_view("/log/").size()));
    });
  }
  router.Handle(
      "POST",
      "/log/cosignatures",
      {"witness"},
      [&book, keys = std::move(witnesses)](const http::Request& request) {
        const Result<void> taken = TakeCosignature(book, keys, request);
        return taken.ok() ? http::JsonResponse("{}") : http::ProblemResponse(taken.error());
      }
  );
}

Result<ledger::VerifierKey> ReadVerifierKey(
    const std::filesystem::path& file, ledger::KeyKind kind
) {
  MUSUBI_TRY(const std::string text, ReadFile(file, kVkeyFileSizeMax));
  auto key = ledger::VerifierKey::Parse(text);
  if (!key.ok()) {
    return Error{ErrorCode::kInvalid, key.error().message, file.string()};
  }
  if (key->kind() != kind) {
    return Error{
        ErrorCode::kInvalid,
        "a key of a log where one of a witness belongs, or the other way",
        file.string()
    };
  }
  return key;
}

Result<std::vector<ledger::VerifierKey>> ReadWitnesses(const ops::Config& config) {
  std::vector<ledger::VerifierKey> keys;
  MUSUBI_TRY(const std::vector<std::string> files, config.Strings("ledger.witnesses"));
  for (const std::string& file : files) {
    MUSUBI_TRY(
        ledger::VerifierKey key, ReadVerifierKey(config.folder() / file, ledger::KeyKind::kWitness)
    );
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace musubi::audit
