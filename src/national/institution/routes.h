// The doors of an institution: orders and notices from the network, and the desk of its own clerks,
// which only a holder of the node's own certificate gets to
// (docs/formats/openapi/institution.json).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "audit/record_book.h"
#include "http/server.h"
#include "inquiry/asking_desk.h"
#include "inquiry/providing_desk.h"
#include "national/institution/record_register.h"

namespace musubi::national::institution {

// Everything pointed to outlives the router.
struct Desk {
  std::string node;         // id in the certificate
  std::string institution;  // id in the network's directory
  std::string recipient;    // DER of the node's certificate: answers are sealed to it
  const RecordRegister* records = nullptr;
  inquiry::AskingDesk* asking = nullptr;
  inquiry::ProvidingDesk* providing = nullptr;
  audit::RecordBook* book = nullptr;
  const Clock* clock = nullptr;
  std::vector<ledger::VerifierKey> witnesses = {};  // whose cosignatures of the log count
};

[[nodiscard]] http::Router MakeRouter(const Desk& desk);

// The service's own description, OpenAPI 3.1.
[[nodiscard]] std::string_view OpenApiDocument();

}  // namespace musubi::national::institution
