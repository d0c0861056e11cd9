#include "base/check.h"
#include "national/institution/record_index.h"

// The input is a file of records. What is read is written and read again to the same words.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace musubi;
  using national::institution::RecordIndex;
  MemorySource source({data, size});
  const auto index = RecordIndex::Read(source, "records.csv");
  if (!index.ok()) {
    MUSUBI_CHECK(index.error().place.starts_with("records.csv:"));
    return 0;
  }
  std::string text = std::string(national::institution::kRecordsHeading) + "\r\n";
  for (const auto& record : index->records()) {
    national::institution::AppendRecord(record, text);
    text += "\r\n";
  }
  MemorySource written(AsBytes(text));
  const auto again = RecordIndex::Read(written, "written.csv");
  MUSUBI_CHECK(again.ok());
  MUSUBI_CHECK(again->records().size() == index->records().size());
  MUSUBI_CHECK(national::institution::WordsGone(*index, *again).empty());
  return 0;
}
