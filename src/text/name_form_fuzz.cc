// Normaliser::Name on any bytes: form_fuzz.h says what must hold.
#include "text/form_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  musubi::text::CheckForms(&musubi::text::Normaliser::Name, data, size);
  return 0;
}
