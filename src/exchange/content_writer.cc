#include <algorithm>

#include "exchange/content.h"
#include "exchange/csv_record.h"
#include "exchange/package_header.h"

namespace musubi::exchange {

namespace {

constexpr std::size_t kBatchSize = std::size_t{64} << 10U;

void Append(std::string_view text, SecretVector<char>& out) {
  out.insert(out.end(), text.begin(), text.end());
}

BytesView BytesOf(const SecretVector<char>& text) {
  return AsBytes({text.data(), text.size()});
}

// find_first_of calls a function for each character.
bool IsSpecial(char c) {
  return c == ',' || c == '"' || c == '\r' || c == '\n';
}

bool IsWritable(std::string_view field) {
  return field.find('\0') == std::string_view::npos && IsUtf8(field);
}

}  // namespace

void AppendCsvField(std::string_view field, SecretVector<char>& out) {
  if (std::ranges::none_of(field, IsSpecial)) {
    Append(field, out);
    return;
  }
  out.push_back('"');
  for (const char c : field) {
    if (c == '"') {
      out.push_back('"');
    }
    out.push_back(c);
  }
  out.push_back('"');
}

Result<ContentWriter> ContentWriter::Create(ByteSink& sink, const PackageHeader& header) {
  MUSUBI_CHECK_OK(CheckHeader(header));
  ContentWriter writer(sink);
  writer.buffer_.reserve(kBatchSize + kRecordSizeMax);  // grows no more: each growth wipes
  Append(HeaderText(header), writer.buffer_);
  return writer;
}

Result<void> ContentWriter::WriteRecord(std::span<const std::string_view> fields) {
  if (fields.size() + 1 > kFieldCountMax) {
    return Error{ErrorCode::kInvalid, "too many fields for one record"};
  }
  const std::size_t start = buffer_.size();
  buffer_.push_back('D');
  for (const std::string_view field : fields) {
    if (!IsWritable(field)) {
      buffer_.resize(start);
      return Error{ErrorCode::kInvalid, "a field holds a NUL byte or is not UTF-8"};
    }
    buffer_.push_back(',');
    AppendCsvField(field, buffer_);
  }
  Append("\r\n", buffer_);
  if (buffer_.size() - start > kRecordSizeMax) {
    buffer_.resize(start);
    return Error{ErrorCode::kInvalid, "the record is too long"};
  }
  ++record_count_;
  return buffer_.size() < kBatchSize ? Ok() : Flush();
}

Result<void> ContentWriter::WriteRawRecord(std::string_view record) {
  constexpr std::size_t kAroundSize = 4;  // "D," and CRLF
  if (record.size() > kRecordSizeMax - kAroundSize) {
    return Error{ErrorCode::kInvalid, "the record is too long"};
  }
  const std::size_t start = buffer_.size();
  buffer_.resize(start + record.size() + kAroundSize);
  char* out = buffer_.data() + start;
  *out++ = 'D';
  *out++ = ',';
  out = std::copy(record.begin(), record.end(), out);
  *out++ = '\r';
  *out = '\n';
  ++record_count_;
  return buffer_.size() < kBatchSize ? Ok() : Flush();
}

Result<void> ContentWriter::Flush() {
  digest_.Update(BytesOf(buffer_));
  auto written = sink_->Write(BytesOf(buffer_));
  WipeMemory(buffer_.data(), buffer_.size());
  buffer_.clear();
  return written;
}

Result<void> ContentWriter::Finish() {
  MUSUBI_CHECK_OK(Flush());
  const crypto::Digest digest = digest_.Finish();
  const std::string trailer = "T," + std::to_string(record_count_) + "," + ToHex(digest) + "\r\n";
  return sink_->Write(AsBytes(trailer));
}

}  // namespace musubi::exchange
