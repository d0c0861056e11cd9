// docs/formats/openapi/support.json, brought into the program by openapi.S.
#include "national/support/openapi.h"

extern "C" const char musubi_support_openapi_begin[];
extern "C" const char musubi_support_openapi_end[];

namespace musubi::national::support {

std::string_view OpenApiDocument() {
  return {musubi_support_openapi_begin, musubi_support_openapi_end};
}

}  // namespace musubi::national::support
