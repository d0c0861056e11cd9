// docs/formats/openapi/jlis.json, brought into the program by openapi.S.
#include "national/jlis/routes.h"

extern "C" const char musubi_jlis_openapi_begin[];
extern "C" const char musubi_jlis_openapi_end[];

namespace musubi::national::jlis {

std::string_view OpenApiDocument() {
  return {musubi_jlis_openapi_begin, musubi_jlis_openapi_end};
}

}  // namespace musubi::national::jlis
