// From HTTP messages to Resolve and back; see docs/formats/messages.md.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "http/server.h"
#include "national/jlis/query_packages.h"
#include "national/jlis/resident_register.h"

namespace musubi::national::jlis {

using SendToNetwork = std::function<Result<http::Response>(const http::Request&)>;

// The register as it is now; asked once a request, so that an answer comes from one version.
using TakeResidents = std::function<std::shared_ptr<const Residents>()>;

// `packages` outlives the router. Without a match index all but resolutions answer 503.
[[nodiscard]] http::Router MakeRouter(
    TakeResidents residents, QueryPackages& packages, SendToNetwork send
);

// The service's own description, OpenAPI 3.1 (docs/formats/openapi/jlis.json).
[[nodiscard]] std::string_view OpenApiDocument();

}  // namespace musubi::national::jlis
