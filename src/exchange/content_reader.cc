#include <algorithm>
#include <optional>

#include "exchange/content.h"
#include "exchange/csv_record.h"
#include "exchange/package_header.h"

namespace musubi::exchange {

// A record that is whole in the caller's bytes is read where it lies. Only what a piece ends in the
// middle of is kept (`pending`, at most one record) and completed by the next piece. The digest
// runs over whole runs of records, up to the byte before T.
struct ContentReader::State {
  State(Expected wanted, OnHeader header_callback, OnRecord record_callback)
      : expected(std::move(wanted)),
        on_header(std::move(header_callback)),
        on_record(std::move(record_callback)) {}

  [[nodiscard]] Result<void> TakeAll(std::string_view data);
  [[nodiscard]] Result<void> TakeWhole(std::string_view data);
  [[nodiscard]] Result<std::size_t> ParseNext(std::string_view data);
  [[nodiscard]] Result<std::size_t> CompletePending(std::string_view data);
  [[nodiscard]] Result<void> CheckEnd() const;
  [[nodiscard]] Result<void> Dispatch();
  [[nodiscard]] Result<void> TakeHeader();
  [[nodiscard]] Result<void> TakeTrailer();
  [[nodiscard]] Error Fault(std::string message) const;
  [[nodiscard]] Error Unending(std::string_view beginning, std::string_view otherwise);
  void Hash(const char* from, const char* to);

  [[nodiscard]] bool IsTrailer() const { return record.fields[0] == "T"; }

  Expected expected;
  OnHeader on_header;
  OnRecord on_record;
  PackageHeader header;
  bool has_header = false;
  bool has_trailer = false;
  std::uint64_t record_count = 0;
  std::uint64_t line = 1;  // where the next record begins
  SecretVector<char> pending;
  bool is_pending_quoted = false;
  SecretVector<char> scratch;
  CsvRecord record;
  crypto::Sha256 digest;
  std::optional<Error> failure;
};

namespace {

constexpr std::string_view kTooLong = "a record longer than 65536 bytes";
constexpr std::string_view kAfterTrailer = "there are bytes after the T record";

std::uint64_t LinesOf(std::string_view record) {
  return static_cast<std::uint64_t>(std::ranges::count(record, '\n'));
}

}  // namespace

Error ContentReader::State::Fault(std::string message) const {
  return Error{ErrorCode::kInvalid, std::move(message), "line " + std::to_string(line)};
}

// The fault that made a record never end (most often a bare quote), or `otherwise`.
Error ContentReader::State::Unending(std::string_view beginning, std::string_view otherwise) {
  const CsvFault fault = ParseAnyRecord(beginning, scratch, record);
  return Fault(std::string(fault == CsvFault::kUnfinished ? otherwise : CsvFaultText(fault)));
}

void ContentReader::State::Hash(const char* from, const char* to) {
  if (from != to) {
    digest.Update(AsBytes({from, static_cast<std::size_t>(to - from)}));
  }
}

Result<void> ContentReader::State::TakeHeader() {
  const std::span fields(record.fields.data(), record.field_count);
  if (has_header) {
    return Fault("a second H record");
  }
  if (fields[0] != "H") {
    return Fault("the first record is not H");
  }
  auto read = ReadHeader(fields, expected);
  if (!read.ok()) {
    return Fault(std::move(read).error().message);
  }
  header = std::move(read).value();
  has_header = true;
  return on_header ? on_header(header) : Ok();
}

Result<void> ContentReader::State::TakeTrailer() {
  constexpr std::size_t kTrailerFieldCount = 3;
  if (record.field_count != kTrailerFieldCount) {
    return Fault("the T record does not have 3 fields");
  }
  std::uint64_t count = 0;
  if (!ReadDecimal(record.fields[1], count) || count != record_count) {
    return Fault("the T record counts other than " + std::to_string(record_count) + " D records");
  }
  crypto::Digest claimed{};
  if (!ReadHex(record.fields[2], claimed) || claimed != digest.Finish()) {
    return Fault("the hash in the T record is not that of the content before it");
  }
  has_trailer = true;
  return Ok();
}

Result<void> ContentReader::State::Dispatch() {
  const std::string_view type = record.fields[0];
  if (type == "D" && has_header) {
    const std::span<const std::string_view> fields(record.fields.data(), record.field_count);
    return on_record(record_count++, line, fields.subspan(1));
  }
  if (type == "H" || !has_header) {
    return TakeHeader();
  }
  if (type == "T") {
    return TakeTrailer();
  }
  return Fault("a record that is neither D nor T");
}

// Parses the record at the front of `data`; 0: its end is not there yet.
Result<std::size_t> ContentReader::State::ParseNext(std::string_view data) {
  const std::string_view window = data.substr(0, kRecordSizeMax);
  if (ParsePlainRecord(window, record)) {
    return record.size;
  }
  bool is_quoted = false;
  const std::size_t size = FindRecordEnd(window, is_quoted);
  if (size == 0 && window.size() == kRecordSizeMax) {
    return Unending(window, kTooLong);
  }
  if (size == 0) {
    pending.assign(data.begin(), data.end());
    is_pending_quoted = is_quoted;
    return size;
  }
  const CsvFault fault = ParseAnyRecord(window.substr(0, size), scratch, record);
  if (fault != CsvFault::kNone) {
    return Fault(std::string(CsvFaultText(fault)));
  }
  return size;
}

Result<void> ContentReader::State::TakeWhole(std::string_view data) {
  const char* unhashed = data.data();
  while (!data.empty()) {
    if (has_trailer) {
      return Fault(std::string(kAfterTrailer));
    }
    MUSUBI_TRY(const std::size_t size, ParseNext(data));
    if (size == 0) {
      break;
    }
    if (IsTrailer()) {
      Hash(unhashed, data.data());
      unhashed = data.data() + size;
    }
    MUSUBI_CHECK_OK(Dispatch());
    line += record.fields[0].data() == data.data() ? 1 : LinesOf(data.substr(0, size));
    data.remove_prefix(size);
  }
  Hash(unhashed, data.data());
  return Ok();
}

// How much of `data` went into the pending record, whole or not.
Result<std::size_t> ContentReader::State::CompletePending(std::string_view data) {
  const std::string_view window = data.substr(0, kRecordSizeMax - pending.size());
  const std::size_t end = FindRecordEnd(window, is_pending_quoted);
  const std::size_t taken = end == 0 ? window.size() : end;
  pending.insert(pending.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(taken));
  const std::string_view whole(pending.data(), pending.size());
  if (end == 0) {
    if (whole.size() == kRecordSizeMax) {
      return Unending(whole, kTooLong);
    }
    return taken;
  }
  const CsvFault fault = ParseAnyRecord(whole, scratch, record);
  if (fault != CsvFault::kNone) {
    return Fault(std::string(CsvFaultText(fault)));
  }
  if (!IsTrailer()) {
    digest.Update(AsBytes(whole));
  }
  MUSUBI_CHECK_OK(Dispatch());
  line += LinesOf(whole);
  pending.clear();
  return taken;
}

Result<void> ContentReader::State::TakeAll(std::string_view data) {
  if (!pending.empty() && !data.empty()) {
    MUSUBI_TRY(const std::size_t taken, CompletePending(data));
    data.remove_prefix(taken);
  }
  return TakeWhole(data);
}

Result<void> ContentReader::State::CheckEnd() const {
  if (!has_header) {
    return Fault("the content is empty: no H record");
  }
  if (!has_trailer) {
    return Fault("the content ends without a T record");
  }
  return Ok();
}

ContentReader::ContentReader(Expected expected, OnHeader on_header, OnRecord on_record)
    : state_(
          std::make_unique<State>(std::move(expected), std::move(on_header), std::move(on_record))
      ) {}

ContentReader::~ContentReader() = default;

Result<void> ContentReader::Take(BytesView bytes) {
  if (state_->failure) {
    return *state_->failure;
  }
  auto taken = state_->TakeAll(AsText(bytes));
  if (!taken.ok()) {
    state_->failure = taken.error();
  }
  return taken;
}

Result<void> ContentReader::Finish() {
  if (state_->failure) {
    return *state_->failure;
  }
  const SecretVector<char>& pending = state_->pending;
  if (!pending.empty()) {
    return state_->Unending({pending.data(), pending.size()}, CsvFaultText(CsvFault::kUnfinished));
  }
  return state_->CheckEnd();
}

const PackageHeader& ContentReader::header() const {
  return state_->header;
}

std::uint64_t ContentReader::record_count() const {
  return state_->record_count;
}

}  // namespace musubi::exchange
