// The gateway's own description, OpenAPI 3.1 (docs/formats/openapi/support.json).
#pragma once

#include <string_view>

namespace musubi::national::support {

[[nodiscard]] std::string_view OpenApiDocument();

}  // namespace musubi::national::support
