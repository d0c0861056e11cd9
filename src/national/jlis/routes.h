// From HTTP messages to Resolve and back; see docs/formats/messages.md.
#pragma once

#include <functional>
#include <string_view>

#include "http/server.h"
#include "national/jlis/attribute_queries.h"
#include "national/jlis/resident_index.h"

namespace musubi::national::jlis {

using SendToNetwork = std::function<Result<http::Response>(const http::Request&)>;

// The indexes outlive the router. `attributes` null: no match index, the two routes of queries by
// attributes answer 503.
[[nodiscard]] http::Router MakeRouter(
    const ResidentIndex& index, const AttributeIndex* attributes, SendToNetwork send
);

// The service's own description, OpenAPI 3.1 (docs/formats/openapi/jlis.json).
[[nodiscard]] std::string_view OpenApiDocument();

}  // namespace musubi::national::jlis
