// Memory that must not outlive its use: keys, passphrases, Individual Numbers in bulk.
//
// What always holds: the memory is overwritten before it is given back (also when a vector grows
// or an exception passes), it is never copied by accident and has no way to be printed.
// WipeMemory is not removed by the optimiser. SetFreedMemoryWiping adds a second net for what
// libraries allocate themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace musubi {

void WipeMemory(void* data, std::size_t size);

// Overwrites the part of this thread's stack that calls made before may have used (64 kB below the
// caller), for threads that handled secrets and live on.
void ScrubStack();

// Freed memory is overwritten, so that buffers of Asio or the C++ library do not keep what passed
// through them. Two nets: operator delete of this program always wipes (secret.cc), and from this
// call on free() does (glibc M_PERTURB; it leaves blocks under about 1 kB out, which OpenSSL's own
// allocator, see crypto/wiping.h, and operator delete cover). Once, before anything secret.
void SetFreedMemoryWiping();

// No core file of this process, and no attaching debugger without privilege.
void ForbidCoreDumps();

// Compares without telling by its time where the difference is.
[[nodiscard]] bool EqualInConstantTime(BytesView a, BytesView b);

template <typename T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;

  template <typename U>
  WipingAllocator(const WipingAllocator<U>& /*other*/) {
  }  // NOLINT(google-explicit-constructor): rebind

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }

  void deallocate(T* data, std::size_t count) {
    WipeMemory(data, count * sizeof(T));
    std::allocator<T>().deallocate(data, count);
  }

  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

// A vector whose memory is wiped; movable, not copyable.
template <typename T>
class SecretVector : public std::vector<T, WipingAllocator<T>> {
 public:
  using std::vector<T, WipingAllocator<T>>::vector;
  SecretVector(const SecretVector&) = delete;
  SecretVector& operator=(const SecretVector&) = delete;
  SecretVector(SecretVector&&) noexcept = default;
  SecretVector& operator=(SecretVector&&) noexcept = default;
  SecretVector() = default;
  ~SecretVector() = default;
};

using SecretBytes = SecretVector<std::uint8_t>;

[[nodiscard]] SecretBytes CopyToSecret(BytesView bytes);

}  // namespace musubi
