#include "base/secret.h"

#include <cstdlib>

#include <malloc.h>
#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is not in <cstring>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace musubi {

void WipeMemory(void* data, std::size_t size) {
  if (size > 0) {
    explicit_bzero(data, size);
  }
}

[[gnu::noinline]] void ScrubStack() {
  std::uint8_t area[std::size_t{64} << 10U];
  WipeMemory(area, sizeof area);
}

void SetFreedMemoryWiping() {
  constexpr int kFill = 0xa5;
  mallopt(M_PERTURB, kFill);
}

void ForbidCoreDumps() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

bool EqualInConstantTime(BytesView a, BytesView b) {
  if (a.size() != b.size()) {
    return false;
  }
  volatile std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

SecretBytes CopyToSecret(BytesView bytes) {
  SecretBytes copy;
  copy.assign(bytes.begin(), bytes.end());
  return copy;
}

}  // namespace musubi

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !(defined(__has_feature) &&                                        \
      (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer)))

// The C++ library's forms for arrays, sizes and nothrow end in these two.
void operator delete(void* data) noexcept {
  if (data != nullptr) {
    musubi::WipeMemory(data, ::malloc_usable_size(data));
    ::free(data);
  }
}

void operator delete(void* data, std::size_t /*size*/) noexcept {
  operator delete(data);
}

#endif
