#include <cstdlib>
#include <cstring>

#include "ledger/checkpoint.h"

// Lists of hashes are read one way only; proofs of any sizes end, and none shows anything about
// roots that nobody can know.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace musubi::ledger;  // NOLINT(google-build-using-namespace): a fuzz target's only
                                   // scope
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  if (size < sizeof first + sizeof second) {
    return 0;
  }
  std::memcpy(&first, data, sizeof first);
  std::memcpy(&second, data + sizeof first, sizeof second);
  const std::string_view text = musubi::AsText({data + 16, size - 16});
  const auto proof = ParseProof(text);
  if (!proof) {
    return 0;
  }
  if (FormatProof(*proof) != text) {
    std::abort();
  }
  static const Digest kUnknown = musubi::crypto::Sha256Of(musubi::AsBytes("nobody's root"));
  const Digest known = LeafHash(musubi::AsBytes("an entry"));
  if (VerifyInclusion({first, second, known, kUnknown}, *proof).ok() ||
      VerifyConsistency({first, second, known, kUnknown}, *proof).ok()) {
    std::abort();
  }
  return 0;
}
