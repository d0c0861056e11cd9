#include "crypto/wiping.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <malloc.h>
#include <openssl/crypto.h>

#include "base/secret.h"

namespace musubi::crypto {

namespace {

void* Allocate(std::size_t size, const char* /*file*/, int /*line*/) {
  return std::malloc(size);
}

void Free(void* data, const char* /*file*/, int /*line*/) {
  if (data != nullptr) {
    WipeMemory(data, ::malloc_usable_size(data));
    std::free(data);
  }
}

// Never in place: what moves away is wiped where it was.
void* Reallocate(void* data, std::size_t size, const char* file, int line) {
  if (data == nullptr) {
    return Allocate(size, file, line);
  }
  if (size == 0) {
    Free(data, file, line);
    return nullptr;
  }
  void* moved = std::malloc(size);
  if (moved != nullptr) {
    std::memcpy(moved, data, std::min(size, ::malloc_usable_size(data)));
    Free(data, file, line);
  }
  return moved;
}

}  // namespace

bool WipeWhatOpenSslFrees() {
  return CRYPTO_set_mem_functions(&Allocate, &Reallocate, &Free) == 1;
}

}  // namespace musubi::crypto
