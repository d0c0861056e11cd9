#include "inquiry/clerk.h"

#include <thread>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "crypto/sealed_package.h"
#include "exchange/inquiry.h"
#include "ops/node.h"

namespace musubi::inquiry {

namespace {

namespace json = boost::json;

constexpr http::RetryPolicy kRetry{.first_ms = 100, .most_ms = 1000, .patience_ms = 15000};
constexpr int kWaitMs = 10000;
constexpr std::chrono::milliseconds kPause{100};
constexpr std::string_view kInstitutionPrefix = "institution-";

std::string_view TextAt(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                : std::string_view();
}

bool IsFinal(const json::object& inquiry) {
  const json::value* value = inquiry.if_contains("final");
  return value != nullptr && value->is_bool() && value->get_bool();
}

// An id becomes part of a path.
Result<std::string> PathOf(std::string_view place, std::string_view id, std::string_view rest) {
  exchange::InquiryId parsed{};
  if (!ReadHex(id, parsed)) {
    return Error{ErrorCode::kUsage, "the id of an inquiry has 32 hex digits"};
  }
  return std::string("/v1/desk/").append(place).append("/").append(ToHex(parsed)).append(rest);
}

// Institutions speak for themselves; the hub speaks for the insurers it serves.
bool MaySignFor(std::string_view signer, std::string_view provider) {
  return provider.starts_with(kInstitutionPrefix) ? signer == provider : signer == "hub";
}

Result<json::object> ParseObject(std::string_view text) {
  json::error_code code;
  json::value value = json::parse(text, code);
  if (code || !value.is_object()) {
    return Error{ErrorCode::kInvalid, "not a JSON object"};
  }
  return std::move(value.as_object());
}

}  // namespace

Clerk::Clerk(
    http::ClientOptions options,
    crypto::Identity identity,
    std::shared_ptr<const crypto::Trust> trust,
    const Clock& clock
)
    : identity_(std::move(identity)),
      trust_(std::move(trust)),
      client_(std::move(options), identity_, trust_),
      clock_(&clock) {}

Result<std::unique_ptr<Clerk>> Clerk::Open(
    const ops::Config& config, std::string_view system, const Clock& clock
) {
  MUSUBI_TRY(const ops::NodeConfig node, ops::NodeConfig::Read(config));
  MUSUBI_TRY(crypto::Identity identity, crypto::Identity::Load(node.certificate, node.key));
  MUSUBI_TRY(auto trust, crypto::Trust::Load(node.authority, node.crl));
  http::ClientOptions options;
  ops::Endpoint endpoint = node.listen;
  if (!system.empty()) {
    MUSUBI_TRY(endpoint, ops::ReadPeer(config, system));
  }
  options.host = endpoint.host;
  options.port = endpoint.port;
  options.peer_id = system.empty() ? node.id : std::string(system);
  return std::unique_ptr<Clerk>(
      new Clerk(std::move(options), std::move(identity), std::move(trust), clock)
  );
}

std::string Clerk::DrawId() {
  return ToHex(exchange::DrawInquiryId(SystemClock().Now()));
}

Result<json::object> Clerk::Call(
    std::string_view method,
    const std::string& path,
    const json::object& body,
    int wait_ms,
    const std::map<std::string, std::string>& query
) {
  http::Request request;
  request.method = method;
  request.path = path;
  request.query = query;
  if (wait_ms > 0) {
    request.query["wait_ms"] = std::to_string(wait_ms);
  }
  if (method == "POST") {
    request.headers["idempotency-key"] = DrawId();
    request.headers["content-type"] = "application/json";
    request.body = http::MakeBody(json::serialize(body));
  }
  MUSUBI_TRY(const http::Response response, http::SendWithRetry(client_, request, kRetry));
  if (response.status != 200) {
    return http::ErrorOfProblem(response);
  }
  return ParseObject(response.body_text());
}

Result<json::object> Clerk::Ask(const Question& question) {
  json::object body = {
      {"id", question.id},
      {"person", question.person},
      {"procedure", question.procedure},
      {"information", question.information},
      {"hidden", question.is_hidden},
      {"certificate", ToBase64(identity_.certificate.Der())},
  };
  const auto add = [&body](std::string_view name, const std::string& text) {
    if (!text.empty()) {
      body[name] = text;
    }
  };
  add("provider", question.provider);
  add("from", question.from);
  add("to", question.to);
  return Call("POST", "/v1/desk/inquiries", body);
}

Result<json::object> Clerk::Wait(const std::string& id, std::chrono::milliseconds patience) {
  MUSUBI_TRY(const std::string path, PathOf("inquiries", id, ""));
  const Instant end = clock_->Now() + patience;
  for (;;) {
    MUSUBI_TRY(json::object inquiry, Call("GET", path, {}, kWaitMs));
    if (IsFinal(inquiry)) {
      return inquiry;
    }
    if (clock_->Now() >= end) {
      return Error{
          ErrorCode::kTimeout,
          "the inquiry is not answered yet: " + std::string(TextAt(inquiry, "outcome")),
          id,
          "look again later under the same id"
      };
    }
    std::this_thread::sleep_for(kPause);  // the role may have been too busy to let us wait
  }
}

Result<json::object> Clerk::Answer(const std::string& id, const std::string& by) {
  MUSUBI_TRY(const std::string path, PathOf("inquiries", id, "/answer"));
  json::object body;
  if (!by.empty()) {
    body["by"] = by;
  }
  MUSUBI_TRY(json::object inquiry, Call("POST", path, body));
  const std::string_view answer = TextAt(inquiry, "answer");
  if (!answer.empty()) {
    MUSUBI_TRY(const Bytes package, FromBase64(answer));
    MUSUBI_TRY(
        json::object content,
        OpenAnswer(AsText(package), TextAt(inquiry, "id"), TextAt(inquiry, "provider"))
    );
    inquiry.erase("answer");
    inquiry["content"] = std::move(content);
  }
  return inquiry;
}

Result<json::object> Clerk::OpenAnswer(
    std::string_view package, std::string_view id, std::string_view provider
) const {
  MemorySource source(AsBytes(package));
  SecretVector<char> text;
  MUSUBI_TRY(
      const crypto::OpenedPackage opened,
      crypto::OpenPackage(
          source,
          identity_,
          *trust_,
          clock_->Now(),
          [&text](BytesView piece) -> Result<void> {
            const std::string_view view = AsText(piece);
            text.insert(text.end(), view.begin(), view.end());
            return text.size() <= exchange::kInquiryAnswerSizeMax
                       ? Ok()
                       : Error{ErrorCode::kExhausted, "the answer is too large"};
          }
      )
  );
  MUSUBI_TRY(json::object content, ParseObject({text.data(), text.size()}));
  if (TextAt(content, "inquiry") != id) {
    return Error{ErrorCode::kRefused, "the answer belongs to another inquiry"};
  }
  if (!MaySignFor(opened.signer.id(), provider)) {
    return Error{
        ErrorCode::kRefused,
        "the answer is signed by " + opened.signer.id() + ", not by its provider"
    };
  }
  return content;
}

Result<json::object> Clerk::List() {
  return Call("GET", "/v1/desk/inquiries");
}

Result<json::object> Clerk::Waiting() {
  return Call("GET", "/v1/desk/waiting");
}

Result<void> Clerk::Release(const std::string& id, const std::string& by) {
  MUSUBI_TRY(const std::string path, PathOf("waiting", id, "/release"));
  MUSUBI_TRY([[maybe_unused]] const json::object done, Call("POST", path, {{"by", by}}));
  return Ok();
}

Result<void> Clerk::Refuse(const std::string& id, const std::string& by) {
  MUSUBI_TRY(const std::string path, PathOf("waiting", id, "/refuse"));
  MUSUBI_TRY([[maybe_unused]] const json::object done, Call("POST", path, {{"by", by}}));
  return Ok();
}

}  // namespace musubi::inquiry
