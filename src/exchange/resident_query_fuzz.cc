// Lines of the query calls from arbitrary bytes: what is accepted is written back the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "exchange/resident_query.h"

namespace {

namespace exchange = musubi::exchange;
using Fields = std::span<const std::string_view>;

// Reads the one line that was written; its fields must be those it was written from.
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
    if (const auto row = exchange::ReadResidentQuery(fields); row.is_readable) {
      AppendResidentQuery(row, line);
      CheckWritten(fields, line);
    }
    line.clear();
    if (const auto row = exchange::ReadVerificationQuery(fields); row.is_readable) {
      AppendVerificationQuery(row, line);
      CheckWritten(fields, line);
    }
    line.clear();
    if (const auto row = exchange::ReadResidentAnswer(fields); row.ok()) {
      AppendResidentAnswer(*row, line);
      CheckWritten(fields, line);
    }
    line.clear();
    if (const auto row = exchange::ReadVerificationAnswer(fields); row.ok()) {
      AppendVerificationAnswer(*row, line);
      CheckWritten(fields, line);
    }
    return musubi::Ok();
  });
  return 0;
}
