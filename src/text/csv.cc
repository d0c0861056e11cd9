#include "text/csv.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/secret.h"

namespace musubi::text {

namespace {

constexpr std::size_t kBlockSize = std::size_t{256} << 10U;
constexpr char kDosEndOfFile = 0x1a;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

char* FindByte(char* at, const char* end, char byte) {
  const auto size = static_cast<std::size_t>(end - at);
  return size == 0 ? nullptr : static_cast<char*>(std::memchr(at, byte, size));
}

std::string_view View(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

CsvReader::CsvReader(ByteSource& source, std::string_view name, std::size_t record_size_max)
    : source_(source),
      name_(name),
      record_size_max_(record_size_max),
      buffer_size_(record_size_max + kBlockSize),
      buffer_(std::make_unique_for_overwrite<char[]>(buffer_size_)) {}

CsvReader::~CsvReader() {
  WipeMemory(buffer_.get(), used_size_);
}

BytesView CsvReader::Ahead() const {
  return AsBytes(View(buffer_.get() + begin_, buffer_.get() + end_));
}

Error CsvReader::Refuse(std::string_view message, std::string_view field) const {
  std::string place = name_ + ":" + std::to_string(line_);
  if (!field.empty()) {
    place.append(": ").append(field);
  }
  return Error{ErrorCode::kInvalid, std::string(message), std::move(place)};
}

// Moves what is left to the front and fills the buffer up behind it, until it is full or the source
// has ended.
Result<void> CsvReader::Fill() {
  std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
  scan_ -= begin_;
  end_ -= begin_;
  begin_ = 0;
  const std::size_t wanted = std::min(buffer_size_, end_ + kBlockSize);
  while (end_ < wanted && !is_at_end_) {
    auto* const room = reinterpret_cast<std::uint8_t*>(buffer_.get() + end_);
    MUSUBI_TRY(const std::size_t count, source_.Read({room, wanted - end_}));
    is_at_end_ = count == 0;
    end_ += count;
    used_size_ = std::max(used_size_, end_);
  }
  if (is_at_end_ && end_ > 0 && buffer_[end_ - 1] == kDosEndOfFile) {
    --end_;
    scan_ = std::min(scan_, end_);
  }
  return Ok();
}

Result<void> CsvReader::Start() {
  is_started_ = true;
  line_ = 1;
  MUSUBI_CHECK_OK(Fill());
  const std::string_view text(buffer_.get(), end_);
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    Error error = Refuse("the file is UTF-16");
    error.advice = "save it as UTF-8 or CP932";
    return error;
  }
  if (text.starts_with(kByteOrderMark)) {
    begin_ = scan_ = kByteOrderMark.size();
  }
  return Ok();
}

// Looks on from scan_ for the line end that is not in quotes; scan_ is then behind it.
bool CsvReader::FindEnd() {
  char* const base = buffer_.get();
  const char* const end = base + end_;
  while (scan_ < end_) {
    char* const at = base + scan_;
    char* const line_end = is_in_quotes_ ? nullptr : FindByte(at, end, '\n');
    char* const quote = FindByte(at, line_end != nullptr ? line_end : end, '"');
    if (quote != nullptr) {
      is_in_quotes_ = !is_in_quotes_;
      has_quotes_ = true;
      scan_ = static_cast<std::size_t>(quote - base) + 1;
    } else if (line_end != nullptr) {
      scan_ = static_cast<std::size_t>(line_end - base) + 1;
      return true;
    } else {
      scan_ = end_;
    }
  }
  return false;
}

// `record` becomes the next record with its line end; empty at the end of the file.
Result<bool> CsvReader::FindRecord(std::string_view& record) {
  is_in_quotes_ = false;
  has_quotes_ = false;
  scan_ = begin_;
  line_ = next_line_;
  while (!FindEnd()) {
    if (is_at_end_) {
      break;
    }
    if (end_ - begin_ > record_size_max_) {
      return Refuse(is_in_quotes_ ? "a quote is not closed" : "the line is too long");
    }
    MUSUBI_CHECK_OK(Fill());
  }
  record = View(buffer_.get() + begin_, buffer_.get() + scan_);
  if (is_in_quotes_) {
    return Refuse("a quote is not closed");
  }
  if (record.size() > record_size_max_) {
    return Refuse("the line is too long");
  }
  begin_ = scan_;
  return !record.empty();
}

Result<bool> CsvReader::Next() {
  if (!is_started_) {
    MUSUBI_CHECK_OK(Start());
  }
  for (;;) {
    std::string_view record;
    MUSUBI_TRY(const bool is_there, FindRecord(record));
    if (!is_there) {
      return false;
    }
    const bool has_line_end = record.ends_with('\n');
    next_line_ += has_quotes_ ? static_cast<std::uint64_t>(std::ranges::count(record, '\n'))
                              : std::uint64_t{has_line_end};
    char* const at = buffer_.get() + (begin_ - record.size());
    record.remove_suffix(has_line_end ? 1 : 0);
    record.remove_suffix(record.ends_with('\r') ? 1 : 0);
    if (record.empty()) {
      continue;
    }
    char* const end = at + record.size();
    if (FindByte(at, end, '\0') != nullptr) {
      return Refuse("there is a NUL byte");
    }
    fields_.clear();
    MUSUBI_CHECK_OK(has_quotes_ ? SplitQuoted(at, end) : Split(at, end));
    return true;
  }
}

Result<void> CsvReader::Split(char* at, char* end) {
  if (FindByte(at, end, '\r') != nullptr) {
    return Refuse("there is a carriage return inside the line");
  }
  for (;;) {
    char* const comma = FindByte(at, end, ',');
    fields_.push_back(View(at, comma != nullptr ? comma : end));
    if (comma == nullptr) {
      return Ok();
    }
    at = comma + 1;
  }
}

// Unquotes where the text lies: it only gets shorter.
Result<void> CsvReader::SplitQuoted(char* at, char* end) {
  for (;;) {
    const char* const begin = at;
    char* out = at;
    const bool is_quoted = at != end && *at == '"';
    if (is_quoted) {
      for (++at;; ++at) {
        if (at == end) {
          return Refuse("a quote is not closed");
        }
        if (*at == '"' && (++at == end || *at != '"')) {
          break;
        }
        *out++ = *at;
      }
    } else {
      while (at != end && *at != ',' && *at != '"' && *at != '\r') {
        ++at;
      }
      out = at;
    }
    fields_.push_back(View(begin, out));
    if (at == end) {
      return Ok();
    }
    if (*at != ',') {
      return Refuse("a quote or carriage return is where none may be");
    }
    ++at;
  }
}

}  // namespace musubi::text
