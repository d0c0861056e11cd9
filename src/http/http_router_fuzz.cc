// Any request target is either refused or routed, and what was decoded encodes back to itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "http/server.h"
#include "http/wire.h"

namespace {

musubi::http::Router MakeRouter() {
  musubi::http::Router router;
  const auto handler = [](const musubi::http::Request& request) {
    if (request.parameters.at("id").empty()) {
      std::abort();
    }
    return musubi::http::Response();
  };
  router.Handle("GET", "/v1/batches/{id}", {"terminal"}, handler);
  router.Handle("PUT", "/v1/batches/{id}/content", {"terminal"}, handler);
  return router;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const musubi::http::Router router = MakeRouter();
  musubi::http::Request request;
  if (!musubi::http::ParseTarget(musubi::AsText({data, size}), request).ok()) {
    return 0;
  }
  musubi::http::Request again;
  if (!musubi::http::ParseTarget(musubi::http::MakeTarget(request), again).ok() ||
      again.path != request.path || again.query != request.query) {
    std::abort();
  }
  request.method = "GET";
  request.peer.id = "terminal-133033";
  const int status = router.Route(request).status;
  return status == 200 || status == 404 || status == 405 ? 0 : (std::abort(), 1);
}
