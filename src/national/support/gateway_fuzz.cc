#include "base/check.h"
#include "national/support/gateway.h"

// The input is a question and, after a zero byte, the answer to it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace support = musubi::national::support;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\0');
  if (end == std::string_view::npos) {
    return 0;
  }
  const std::string_view answer = input.substr(end + 1);
  if (support::CheckAnswer(input.substr(0, end), answer).ok() && end > 0) {
    MUSUBI_CHECK(support::CheckAnswer(answer, answer).ok());
  }
  return 0;
}
