// From HTTP messages to Resolve and back; see docs/formats/messages.md.
#pragma once

#include <functional>
#include <string_view>

#include "http/server.h"
#include "national/jlis/resident_index.h"

namespace musubi::national::jlis {

using SendToNetwork = std::function<Result<http::Response>(const http::Request&)>;

// `index` outlives the router.
[[nodiscard]] http::Router MakeRouter(const ResidentIndex& index, SendToNetwork send);

// The service's own description, OpenAPI 3.1 (docs/formats/openapi/jlis.json).
[[nodiscard]] std::string_view OpenApiDocument();

}  // namespace musubi::national::jlis
