// From HTTP messages to Registrar calls and back; see docs/formats/messages.md.
#pragma once

#include <string_view>

#include "http/server.h"
#include "national/network/registrar_pool.h"

namespace musubi::national::network {

// `pool` outlives the router.
[[nodiscard]] http::Router MakeRouter(RegistrarPool& pool);

// The service's own description, OpenAPI 3.1 (docs/formats/openapi/network.json).
[[nodiscard]] std::string_view OpenApiDocument();

}  // namespace musubi::national::network
