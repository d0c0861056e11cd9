#include "hub/routes.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <thread>

#include <boost/json.hpp>

#include "base/io.h"
#include "hub/batch_record.h"

extern "C" const char musubi_hub_openapi_begin[];
extern "C" const char musubi_hub_openapi_end[];

namespace musubi::hub {

std::string_view OpenApiDocument() {
  return {musubi_hub_openapi_begin, musubi_hub_openapi_end};
}

namespace {

constexpr std::uint64_t kPieceSizeMax = std::uint64_t{8} << 20U;
constexpr std::uint64_t kWaitMsMax = 20000;
constexpr int kWaitersMax = 4;  // of the handler threads; who comes later is answered at once
constexpr std::chrono::milliseconds kWaitStep{20};

Error BadField(std::string_view field) {
  return Error{ErrorCode::kInvalid, "missing or malformed", std::string(field)};
}

Result<boost::json::object> JsonOf(const http::Request& request) {
  boost::system::error_code code;
  const boost::json::value value = boost::json::parse(request.body_text(), code);
  if (code || !value.is_object()) {
    return Error{ErrorCode::kInvalid, "the body is not a JSON object"};
  }
  return value.as_object();
}

Result<std::string> TextField(const boost::json::object& json, std::string_view name) {
  const boost::json::value* value = json.if_contains(name);
  if (value == nullptr || !value->is_string()) {
    return BadField(name);
  }
  return std::string(value->as_string());
}

Result<std::uint64_t> NumberField(const boost::json::object& json, std::string_view name) {
  const boost::json::value* value = json.if_contains(name);
  if (value == nullptr || !value->is_int64() || value->as_int64() < 0) {
    return BadField(name);
  }
  return static_cast<std::uint64_t>(value->as_int64());
}

Result<std::uint64_t> QueryNumber(const http::Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) {
    return std::uint64_t{0};
  }
  std::uint64_t value = 0;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return BadField(name);
  }
  return value;
}

Result<BatchId> IdOf(const http::Request& request) {
  const auto id = BatchIdOf(request.parameters.at("id"));
  if (!id.has_value()) {
    return Error{ErrorCode::kNotFound, "there is no such batch"};
  }
  return *id;
}

bool IsHex64(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

http::Response Answer(const Result<Batch>& batch) {
  return batch.ok() ? http::JsonResponse(BatchJson(*batch)) : http::ProblemResponse(batch.error());
}

Result<Batch> Open(BatchBook& book, const crypto::Identity& node, const http::Request& request) {
  MUSUBI_TRY(const boost::json::object json, JsonOf(request));
  MUSUBI_TRY(const std::string package, TextField(json, "package"));
  MUSUBI_TRY(const std::string kind, TextField(json, "kind"));
  if (!IsHex64(package)) {
    return BadField("package");
  }
  if (kind != kListBatch && kind != kCopiesBatch && kind != kNoticesBatch) {
    return Error{ErrorCode::kInvalid, "this kind of package is not taken", "kind"};
  }
  return book.OpenBatch(request.peer.name(), kind, package, node);
}

http::Response Append(BatchBook& book, const http::Request& request) {
  std::uint64_t end = 0;
  const Result<std::uint64_t> offset = [&]() -> Result<std::uint64_t> {
    MUSUBI_TRY(const BatchId id, IdOf(request));
    MUSUBI_TRY(const std::uint64_t at, QueryNumber(request, "offset"));
    if (request.body.size() > kPieceSizeMax) {
      return Error{ErrorCode::kExhausted, "a piece holds at most 8 MiB"};
    }
    return book.Append(request.peer.name(), id, at, AsBytes(request.body_text()), &end);
  }();
  if (offset.ok()) {
    return http::JsonResponse(boost::json::serialize(boost::json::object{{"offset", *offset}}));
  }
  http::Response response = http::ProblemResponse(offset.error());
  if (offset.error().code == ErrorCode::kConflict) {
    response.headers["x-offset"] = std::to_string(end);
  }
  return response;
}

Result<Batch> Complete(
    BatchBook& book, const http::Request& request, const std::function<void(BatchId)>& on_complete
) {
  MUSUBI_TRY(const BatchId id, IdOf(request));
  MUSUBI_TRY(const boost::json::object json, JsonOf(request));
  MUSUBI_TRY(const std::uint64_t size, NumberField(json, "size"));
  MUSUBI_TRY(const std::string digest, TextField(json, "sha256"));
  bool became_working = false;
  MUSUBI_TRY(Batch batch, book.Complete(request.peer.name(), id, size, digest, &became_working));
  if (became_working) {
    on_complete(id);
  }
  return batch;
}

// Counts the requests that wait, so that waiting never takes all handler threads.
class Waiter {
 public:
  Waiter() : may_wait_(count_.fetch_add(1) < kWaitersMax) {}

  ~Waiter() { count_.fetch_sub(1); }

  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  [[nodiscard]] bool may_wait() const { return may_wait_; }

 private:
  static inline std::atomic<int> count_ = 0;
  bool may_wait_;
};

Result<Batch> Status(BatchBook& book, const http::Request& request) {
  MUSUBI_TRY(const BatchId id, IdOf(request));
  MUSUBI_TRY(const std::uint64_t wait_ms, QueryNumber(request, "wait_ms"));
  const Waiter waiter;
  const std::chrono::milliseconds patience(
      waiter.may_wait() ? static_cast<std::int64_t>(std::min(wait_ms, kWaitMsMax)) : 0
  );
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    MUSUBI_TRY(Batch batch, book.Get(request.peer.name(), id));
    if (batch.state != BatchState::kWorking || std::chrono::steady_clock::now() >= until) {
      return batch;
    }
    std::this_thread::sleep_for(kWaitStep);
  }
}

Result<http::Response> Pairs(BatchBook& book, const http::Request& request) {
  MUSUBI_TRY(const BatchId id, IdOf(request));
  MUSUBI_TRY(const std::uint64_t offset, QueryNumber(request, "offset"));
  MUSUBI_TRY(const Batch batch, book.Get(request.peer.name(), id));
  if (batch.state != BatchState::kReady && batch.state != BatchState::kAcknowledged) {
    return Error{
        ErrorCode::kPrecondition,
        std::string("the batch is ") + std::string(BatchStateName(batch.state)) +
            ", its pairs are not ready"
    };
  }
  MUSUBI_TRY(auto piece, ReadPiece(book.PairsPath(id), offset, kPieceSizeMax));
  http::Response response;
  response.content_type = http::kOctets;
  response.headers["x-total-size"] = std::to_string(batch.pairs_size);
  response.body = http::MakeBody(AsText(piece));
  return response;
}

Result<number::InsuredNumber> InsuredOf(const boost::json::object& json) {
  MUSUBI_TRY(const std::string number, TextField(json, "insured_number"));
  MUSUBI_TRY(const std::string branch, TextField(json, "branch"));
  return number::InsuredNumber::Parse(number, branch);
}

std::uint32_t InsurerOf(const http::Request& request) {
  std::uint32_t insurer = 0;
  const std::string_view name = request.peer.name();
  std::from_chars(name.data(), name.data() + name.size(), insurer);
  return insurer;
}

Result<void> Stop(LinkDesk& links, const http::Request& request) {
  MUSUBI_TRY(const boost::json::object json, JsonOf(request));
  MUSUBI_TRY(const number::InsuredNumber insured, InsuredOf(json));
  MUSUBI_TRY(const std::string reason, TextField(json, "reason"));
  return links.Stop(InsurerOf(request), insured, reason);
}

Result<void> Resume(LinkDesk& links, const http::Request& request) {
  MUSUBI_TRY(const boost::json::object json, JsonOf(request));
  MUSUBI_TRY(const number::InsuredNumber insured, InsuredOf(json));
  return links.Resume(InsurerOf(request), insured);
}

http::Response Done(const Result<void>& result) {
  return result.ok() ? http::JsonResponse("{}") : http::ProblemResponse(result.error());
}

}  // namespace

http::Router MakeRouter(
    BatchBook& book,
    LinkDesk& links,
    const crypto::Identity& node,
    std::function<void(BatchId)> on_complete
) {
  http::Router router;
  const std::vector<std::string> terminals = {"terminal"};
  router.Handle("POST", "/v1/batches", terminals, [&book, &node](const http::Request& request) {
    return Answer(Open(book, node, request));
  });
  router.Handle(
      "PUT",
      "/v1/batches/{id}/content",
      terminals,
      [&book](const http::Request& request) { return Append(book, request); }
  );
  router.Handle(
      "POST",
      "/v1/batches/{id}/complete",
      terminals,
      [&book, on_complete = std::move(on_complete)](const http::Request& request) {
        return Answer(Complete(book, request, on_complete));
      }
  );
  router.Handle("GET", "/v1/batches/{id}", terminals, [&book](const http::Request& request) {
    return Answer(Status(book, request));
  });
  router.Handle("GET", "/v1/batches/{id}/pairs", terminals, [&book](const http::Request& request) {
    Result<http::Response> response = Pairs(book, request);
    return response.ok() ? std::move(response).value() : http::ProblemResponse(response.error());
  });
  router.Handle(
      "POST",
      "/v1/batches/{id}/acknowledge",
      terminals,
      [&book](const http::Request& request) {
        const Result<BatchId> id = IdOf(request);
        return id.ok() ? Answer(book.Acknowledge(request.peer.name(), *id))
                       : http::ProblemResponse(id.error());
      }
  );
  router.Handle("POST", "/v1/links/stop", terminals, [&links](const http::Request& request) {
    return Done(Stop(links, request));
  });
  router.Handle("POST", "/v1/links/resume", terminals, [&links](const http::Request& request) {
    return Done(Resume(links, request));
  });
  return router;
}

}  // namespace musubi::hub
