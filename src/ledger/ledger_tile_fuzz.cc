#include <algorithm>
#include <cstdlib>

#include "ledger/tile.h"

// A path or bundle that is accepted must be written back as the very same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace musubi::ledger;  // NOLINT(google-build-using-namespace): a fuzz target's only
                                   // scope
  const musubi::BytesView bytes(data, size);
  if (const auto tile = Tile::Parse(musubi::AsText(bytes)); tile.ok()) {
    if (tile->Path() != musubi::AsText(bytes)) {
      std::abort();
    }
  }
  if (size == 0) {
    return 0;
  }
  const musubi::BytesView content = bytes.subspan(1);
  if (const auto entries = ParseBundle(content, data[0]); entries.ok()) {
    musubi::Bytes again;
    for (const musubi::BytesView entry : *entries) {
      AddToBundle(entry, again);
    }
    if (!std::equal(again.begin(), again.end(), content.begin(), content.end())) {
      std::abort();
    }
  }
  if (ParseTile(content, data[0]).ok() && content.size() != data[0] * std::size_t{32}) {
    std::abort();
  }
  return 0;
}
