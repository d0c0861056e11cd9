// Lines of the query calls from arbitrary bytes: what is accepted is written back the same.
#include <cstddef>
#include <cstdint>

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
    if (const auto row = exchange::ReadResidentQuery(fields); row.is_readable) {
      AppendResidentQuery(row, line);
      exchange::CheckWritten(fields, line);
    }
    line.clear();
    if (const auto row = exchange::ReadVerificationQuery(fields); row.is_readable) {
      AppendVerificationQuery(row, line);
      exchange::CheckWritten(fields, line);
    }
    line.clear();
    if (const auto row = exchange::ReadResidentAnswer(fields); row.ok()) {
      AppendResidentAnswer(*row, line);
      exchange::CheckWritten(fields, line);
    }
    line.clear();
    if (const auto row = exchange::ReadVerificationAnswer(fields); row.ok()) {
      AppendVerificationAnswer(*row, line);
      exchange::CheckWritten(fields, line);
    }
    return musubi::Ok();
  });
  return 0;
}
