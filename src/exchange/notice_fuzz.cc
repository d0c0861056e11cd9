// Rows and blocks of notices from arbitrary bytes: what is accepted is written back the same, and
// holds the limits.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "exchange/csv_record.h"
#include "exchange/notice.h"

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

// Written by `write` into a package and read again, the fields of the one row.
template <typename Write>
std::vector<std::string> Again(const Write& write) {
  exchange::PackageHeader header;
  header.kind = "NT";
  header.sender = "insurer-133033";
  header.recipient = "hub";
  header.sequence = 1;
  musubi::MemorySink sink;
  auto writer = exchange::ContentWriter::Create(sink, header).value();
  MUSUBI_CHECK(write(writer).ok() && writer.Finish().ok());
  std::vector<std::string> again;
  exchange::Expected expected;
  expected.recipient = "hub";
  exchange::ContentReader reader(expected, {}, [&again](auto, auto, auto fields) {
    again.assign(fields.begin(), fields.end());
    return musubi::Ok();
  });
  MUSUBI_CHECK(reader.Take(sink.bytes()).ok() && reader.Finish().ok());
  return again;
}

void CheckRow(const std::vector<std::string_view>& fields) {
  const auto row = exchange::ReadNoticeRow(fields);
  if (row.fault_field.empty()) {
    MUSUBI_CHECK(row.text.title.size() <= exchange::kNoticeTitleSizeMax);
    MUSUBI_CHECK(row.text.body.size() <= exchange::kNoticeBodySizeMax);
    MUSUBI_CHECK(exchange::IsUtf8(row.text.title) && exchange::IsUtf8(row.text.body));
    const auto again =
        Again([&row](auto& writer) { return exchange::WriteNoticeRow(writer, row); });
    MUSUBI_CHECK(std::equal(again.begin(), again.end(), fields.begin(), fields.end()));
  }
  const auto delivered = exchange::ReadDeliveredNotice(fields);
  if (delivered.ok()) {
    const auto again = Again([&delivered](auto& writer) {
      return exchange::WriteDeliveredNotice(writer, *delivered);
    });
    MUSUBI_CHECK(again.size() == fields.size() && again[3] == fields[3]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = musubi::AsText({data, size});
  CheckRow(Split(text));
  const auto block = exchange::ReadNoticeBlock(text);
  if (block.ok()) {
    musubi::SecretVector<char> lines;
    exchange::AppendNoticeBlock(*block, lines);
    const auto again = exchange::ReadNoticeBlock({lines.data(), lines.size()});
    MUSUBI_CHECK(again.ok() && *again == *block);
  }
  return 0;
}
