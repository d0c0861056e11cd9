// Lines of the address look-up from arbitrary bytes: what is accepted is written back the same.
#include <cstddef>
#include <cstdint>

#include "exchange/address_query.h"
#include "exchange/resident_query.h"
#include "exchange/written_line_for_test.h"

namespace {

namespace exchange = musubi::exchange;
using Fields = std::span<const std::string_view>;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = musubi::AsText({data, size});
  [[maybe_unused]] const auto done = exchange::EachLine(text, [](std::uint64_t, Fields fields) {
    musubi::SecretVector<char> line;
    if (const auto row = exchange::ReadAddressQuery(fields); row.is_readable) {
      AppendAddressQuery(row, line);
      exchange::CheckWritten(fields, line);
    }
    line.clear();
    if (const auto row = exchange::ReadAddressAnswer(fields); row.ok()) {
      AppendAddressAnswer(*row, line);
      exchange::CheckWritten(fields, line);
    }
    return musubi::Ok();
  });
  return 0;
}
