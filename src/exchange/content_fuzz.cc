// ContentReader on arbitrary bytes: never a crash, and the same answer however they are cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "exchange/content.h"

namespace {

using musubi::exchange::ContentReader;

// The first byte chooses the pieces, so that the fuzzer can look for the bad cut.
std::string Read(musubi::BytesView content, std::size_t piece) {
  std::string seen;
  ContentReader reader(
      {.kind = "NL", .recipient = "hub", .sender = {}},
      nullptr,
      [&](std::uint64_t row, std::uint64_t line, auto fields) {
        seen += std::to_string(row) + "@" + std::to_string(line);
        for (const std::string_view field : fields) {
          seen.append("|").append(field);
        }
        return musubi::Ok();
      }
  );
  while (!content.empty()) {
    const std::size_t size = std::min(piece, content.size());
    if (!reader.Take(content.first(size)).ok()) {
      break;
    }
    content = content.subspan(size);
  }
  const auto finished = reader.Finish();
  return seen + (finished.ok() ? "ok" : finished.error().Text());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const musubi::BytesView content(data + 1, size - 1);
  if (Read(content, SIZE_MAX) != Read(content, std::size_t{data[0]} + 1)) {
    std::abort();
  }
  return 0;
}
