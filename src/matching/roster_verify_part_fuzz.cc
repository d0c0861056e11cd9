// A part file from arbitrary bytes: hits name rows of the roster, and what is whole stays whole.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "matching/roster_verify_part.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kRows = 100;
  musubi::matching::VerifyPartReader reader("x", kRows);
  std::string_view text = musubi::AsText({data, size});
  if (!reader.TakeLine("musubi-verify-part,1,x")) {
    std::abort();
  }
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (!reader.TakeLine(text.substr(0, end))) {
      return 0;
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  reader.DropOpenHits();
  for (const auto& hit : reader.hits()) {
    if (hit.row >= kRows || !reader.is_whole()) {
      std::abort();
    }
  }
  return 0;
}
