// docs/formats/openapi/network.json, brought into the program by openapi.S.
#include "national/network/routes.h"

extern "C" const char musubi_network_openapi_begin[];
extern "C" const char musubi_network_openapi_end[];

namespace musubi::national::network {

std::string_view OpenApiDocument() {
  return {musubi_network_openapi_begin, musubi_network_openapi_end};
}

}  // namespace musubi::national::network
