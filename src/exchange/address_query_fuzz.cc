// Lines of the address look-up from arbitrary bytes: what is accepted is written back the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "exchange/address_query.h"
#include "exchange/resident_query.h"

namespace {

namespace exchange = musubi::exchange;
using Fields = std::span<const std::string_view>;

void CheckWritten(Fields fields, musubi::SecretVector<char>& line) {
  exchange::AppendLineEnd(line);
  bool is_same = false;
  const auto count =
      exchange::EachLine({line.data(), line.size()}, [&](std::uint64_t, Fields read) {
        is_same = std::equal(read.begin(), read.end(), fields.begin(), fields.end());
        return musubi::Ok();
      });
  if (!count.ok() || *count != 1 || !is_same) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = musubi::AsText({data, size});
  [[maybe_unused]] const auto done = exchange::EachLine(text, [](std::uint64_t, Fields fields) {
    musubi::SecretVector<char> line;
    if (const auto row = exchange::ReadAddressQuery(fields); row.is_readable) {
      AppendAddressQuery(row, line);
      CheckWritten(fields, line);
    }
    line.clear();
    if (const auto row = exchange::ReadAddressAnswer(fields); row.ok()) {
      AppendAddressAnswer(*row, line);
      CheckWritten(fields, line);
    }
    return musubi::Ok();
  });
  return 0;
}
