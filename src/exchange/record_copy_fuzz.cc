// Rows of RC and RR from arbitrary fields: what is accepted is written back the same, and items
// kept are items got back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "exchange/csv_record.h"
#include "exchange/record_copy.h"

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

void Require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

// Written by `write` and read again, the fields of the one row.
template <typename Write>
std::vector<std::string> Again(const Write& write) {
  exchange::PackageHeader header;
  header.kind = "RC";
  header.sender = "insurer-133033";
  header.recipient = "hub";
  header.sequence = 1;
  musubi::MemorySink sink;
  auto writer = exchange::ContentWriter::Create(sink, header).value();
  Require(write(writer).ok() && writer.Finish().ok());
  std::vector<std::string> again;
  exchange::Expected expected;
  expected.recipient = "hub";
  exchange::ContentReader reader(expected, {}, [&again](auto, auto, auto fields) {
    again.assign(fields.begin(), fields.end());
    return musubi::Ok();
  });
  Require(reader.Take(sink.bytes()).ok() && reader.Finish().ok());
  return again;
}

bool IsText(const std::vector<std::string_view>& fields) {
  for (const std::string_view field : fields) {
    if (!exchange::IsUtf8(field) || field.find('\0') != std::string_view::npos) {
      return false;
    }
  }
  return true;
}

void CheckItems(std::span<const std::string_view> items) {
  std::string kept;
  exchange::AppendItems(items, kept);
  const auto split = exchange::SplitItems(kept);
  // One empty item and none look the same; no layout allows an empty item.
  if (items.size() > 1 || (items.size() == 1 && !items[0].empty())) {
    Require(split.ok() && std::equal(items.begin(), items.end(), split->begin(), split->end()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto fields = Split(musubi::AsText({data, size}));
  const auto row = exchange::ReadRecordCopyRow(fields);
  if (row.fault_field.empty() && IsText(fields)) {
    CheckItems(row.items);
    const auto again =
        Again([&row](auto& writer) { return exchange::WriteRecordCopyRow(writer, row); });
    const std::vector<std::string_view> views(again.begin(), again.end());
    const auto same = exchange::ReadRecordCopyRow(views);
    Require(same.fault_field.empty() && same.number == row.number && same.key == row.key);
    Require(same.valid_to == row.valid_to && same.is_delete == row.is_delete);
    Require(std::equal(row.items.begin(), row.items.end(), same.items.begin(), same.items.end()));
  }
  const auto result = exchange::ReadCopyResultRow(fields);
  if (result.ok() && IsText(fields) &&
      fields[2].find_first_of(",\"\r\n") == std::string_view::npos) {
    const auto again =
        Again([&result](auto& writer) { return exchange::WriteCopyResultRow(writer, *result); });
    Require(again.size() == fields.size() && again[1] == fields[1] && again[2] == fields[2]);
  }
  return 0;
}
