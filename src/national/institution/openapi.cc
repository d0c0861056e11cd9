// docs/formats/openapi/institution.json, brought into the program by openapi.S.
#include "national/institution/routes.h"

extern "C" const char musubi_institution_openapi_begin[];
extern "C" const char musubi_institution_openapi_end[];

namespace musubi::national::institution {

std::string_view OpenApiDocument() {
  return {musubi_institution_openapi_begin, musubi_institution_openapi_end};
}

}  // namespace musubi::national::institution
