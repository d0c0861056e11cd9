// The content of every package: UTF-8 CSV (RFC 4180, CRLF), first field of every record its type.
//
//   H,<kind>,<layout version>,<mode: live|test>,<sender>,<recipient>,<created>,<sequence>
//   D,...                                   one per row
//   T,<number of D records>,<sha-256 of everything before this record, hex>
//
// ContentReader takes bytes in pieces of any size and calls back per record; fields are borrowed
// and wiped with the reader's buffer. A wrong count, hash, kind, version, mode, recipient, a
// missing or repeated H or T, bytes after T, bad UTF-8, a NUL byte, a bare quote or line feed, or
// a record over kRecordSizeMax refuse the whole package: kInvalid with "line N" in `place`. What is
// wrong inside a D record is the business of the kind's own reader.
//
// One thread each. A sender's and recipient's id is a node id ("insurer-133033", "hub").
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/io.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/digest.h"

namespace musubi::exchange {

inline constexpr std::size_t kRecordSizeMax = std::size_t{64} << 10U;
inline constexpr std::size_t kFieldCountMax = 64;

enum class Mode { kLive, kTest };

[[nodiscard]] std::string_view ModeName(Mode mode);

struct PackageHeader {
  std::string kind;  // "NL", "NP"
  int layout_version = 1;
  Mode mode = Mode::kTest;
  std::string sender;
  std::string recipient;
  Instant created = {};
  std::uint64_t sequence = 0;  // 1..9999999999, never twice from one sender for one kind and mode
};

// "<KIND>_<sender>_<YYYYMMDD>_<sequence, 4 digits>.p7m"; a convenience, the header decides.
[[nodiscard]] std::string PackageFileName(const PackageHeader& header);

// Escapes a field when it holds a comma, a quote, CR or LF.
void AppendCsvField(std::string_view field, SecretVector<char>& out);

class ContentWriter {
 public:
  // Writes H at once.
  [[nodiscard]] static Result<ContentWriter> Create(ByteSink& sink, const PackageHeader& header);
  // Fields after the leading D.
  [[nodiscard]] Result<void> WriteRecord(std::span<const std::string_view> fields);
  // A ready record without "D," and CRLF, already escaped: for hot loops.
  [[nodiscard]] Result<void> WriteRawRecord(std::string_view record);
  [[nodiscard]] Result<void> Finish();  // T

  [[nodiscard]] std::uint64_t record_count() const { return record_count_; }

 private:
  explicit ContentWriter(ByteSink& sink) : sink_(&sink) {}

  [[nodiscard]] Result<void> Flush();

  ByteSink* sink_;
  SecretVector<char> buffer_;
  crypto::Sha256 digest_;
  std::uint64_t record_count_ = 0;
};

// What a receiver accepts.
struct Expected {
  std::string kind;  // empty: any (the caller looks at the header)
  int layout_version_max = 1;
  Mode mode = Mode::kTest;
  std::string recipient;
  std::string sender;  // empty: any (the caller compares with the signer)
};

// `row` counts D records from 0; `line` counts lines of the content from 1; fields without the D.
using OnRecord = std::function<
    Result<void>(std::uint64_t row, std::uint64_t line, std::span<const std::string_view> fields)>;
using OnHeader = std::function<Result<void>(const PackageHeader&)>;

class ContentReader {
 public:
  ContentReader(Expected expected, OnHeader on_header, OnRecord on_record);
  ~ContentReader();
  [[nodiscard]] Result<void> Take(BytesView bytes);
  [[nodiscard]] Result<void> Finish();  // everything came, count and hash agree

  [[nodiscard]] const PackageHeader& header() const;
  [[nodiscard]] std::uint64_t record_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace musubi::exchange
