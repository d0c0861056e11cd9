#include "base/check.h"
#include "national/network/link_lines.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace network = musubi::national::network;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto rows = network::ReadLinkRows(body);
  if (rows.ok()) {
    MUSUBI_CHECK(rows->record_codes.size() == rows->count() * 11);
    const musubi::Bytes outcomes(rows->count(), 0);
    const auto answer = network::WriteLinkAnswer(body, outcomes);
    MUSUBI_CHECK(answer.size() == rows->count() * 41);
  }
  return 0;
}
