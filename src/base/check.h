// MUSUBI_CHECK: always on; a broken promise of our own code stops the process (ledger, keys,
// transaction state). Never for input.
#pragma once

namespace musubi {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}

#define MUSUBI_CHECK(condition)                             \
  do {                                                      \
    if (!(condition)) {                                     \
      ::musubi::CheckFailed(#condition, __FILE__, __LINE__); \
    }                                                       \
  } while (false)
