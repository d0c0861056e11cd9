// Rows of NL and NP from arbitrary fields: what is accepted is written back the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "exchange/number_list.h"

namespace {

namespace exchange = musubi::exchange;

// Fields are what stands between bytes 0xff.
std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> fields;
  for (std::size_t start = 0;;) {
    const std::size_t end = text.find('\xff', start);
    fields.push_back(text.substr(start, end == std::string_view::npos ? end : end - start));
    if (end == std::string_view::npos) {
      return fields;
    }
    start = end + 1;
  }
}

std::string Join(const std::vector<std::string_view>& fields) {
  std::string text;
  for (const std::string_view field : fields) {
    text.append(text.empty() ? "\r\nD," : ",").append(field);
  }
  return text + "\r\n";
}

template <typename Write>
void CheckWritten(const std::vector<std::string_view>& fields, const Write& write) {
  exchange::PackageHeader header;
  header.kind = "NL";
  header.sender = "insurer-133033";
  header.recipient = "hub";
  header.sequence = 1;
  musubi::MemorySink sink;
  auto writer = exchange::ContentWriter::Create(sink, header).value();
  const bool is_written = write(writer).ok() && writer.Finish().ok();
  if (!is_written || musubi::AsText(sink.bytes()).find(Join(fields)) == std::string_view::npos) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto fields = Split(musubi::AsText({data, size}));
  const auto listed = exchange::ReadNumberListRow(fields);
  if (!listed.fault) {
    CheckWritten(fields, [&](auto& writer) { return WriteNumberListRow(writer, listed); });
  }
  const auto pair = exchange::ReadNumberPairRow(fields);
  if (pair.ok()) {
    CheckWritten(fields, [&](auto& writer) { return WriteNumberPairRow(writer, *pair); });
  }
  return 0;
}
