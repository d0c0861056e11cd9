// Lines of an inquiry from arbitrary bytes: what is accepted is written back and read the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "exchange/inquiry.h"

namespace {

namespace exchange = musubi::exchange;

template <typename Line>
void Check(musubi::Result<std::vector<Line>> (*read)(std::string_view), std::string_view text) {
  const auto lines = read(text);
  if (!lines.ok()) {
    return;
  }
  musubi::SecretVector<char> written;
  for (const Line& line : *lines) {
    exchange::AppendLine(line, written);
  }
  const auto again = read({written.data(), written.size()});
  if (!again.ok() || *again != *lines) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = musubi::AsText({data, size});
  Check(&exchange::ReadInquiryQuestions, text);
  Check(&exchange::ReadInquiryOrders, text);
  Check(&exchange::ReadInquiryReplies, text);
  Check(&exchange::ReadInquiryResults, text);
  const auto facts = exchange::ReadFactsText(text);
  if (facts.ok() && exchange::ReadFactsText(exchange::FactsText(*facts)).value() != *facts) {
    std::abort();
  }
  return 0;
}
