// The hub's calls for terminals: docs/formats/messages.md. Reads requests, asks the book, writes
// answers; no decision of its own.
#pragma once

#include <functional>
#include <string_view>

#include "crypto/certificate.h"
#include "http/server.h"
#include "hub/batch_book.h"
#include "hub/link_stop.h"

namespace musubi::hub {

// `on_complete` is told of a batch that has just become working.
[[nodiscard]] http::Router MakeRouter(
    BatchBook& book,
    LinkDesk& links,
    const crypto::Identity& node,
    std::function<void(BatchId)> on_complete
);

// docs/formats/openapi/hub.json.
[[nodiscard]] std::string_view OpenApiDocument();

}  // namespace musubi::hub
