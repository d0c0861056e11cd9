// Any bytes are either a configuration or an error with a place.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "ops/config.h"
#include "ops/node.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = musubi::AsText(musubi::BytesView(data, size));
  const auto endpoint = musubi::ops::Endpoint::Parse(text);
  if (endpoint.ok() && endpoint.value().host.empty()) {
    std::abort();
  }
  const auto config = musubi::ops::Config::Parse(text, "fuzz.toml");
  if (!config.ok()) {
    if (config.error().place.empty()) {
      std::abort();
    }
    return 0;
  }
  static_cast<void>(musubi::ops::NodeConfig::Read(config.value()));
  static_cast<void>(config.value().RefuseUnknown());
  return 0;
}
