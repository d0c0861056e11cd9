#include "crypto/ber.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "base/secret.h"

namespace musubi::crypto {

namespace {
constexpr std::size_t kNestingMax = 24;
constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kLengthMax = std::uint64_t{1} << 40U;
constexpr std::size_t kHeaderSizeMax = 10;
constexpr std::uint8_t kIndefinite = 0x80;
}  // namespace

namespace ber {

void Append(Bytes& out, BytesView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

namespace {

void AppendHeader(Bytes& out, std::uint8_t tag, std::size_t size) {
  out.push_back(tag);
  if (size < kIndefinite) {
    out.push_back(static_cast<std::uint8_t>(size));
    return;
  }
  unsigned byte_count = 1;
  while (byte_count < sizeof(size) && (size >> (8U * byte_count)) != 0) {
    ++byte_count;
  }
  out.push_back(static_cast<std::uint8_t>(kIndefinite | byte_count));
  while (byte_count > 0) {
    --byte_count;
    out.push_back(static_cast<std::uint8_t>(size >> (8U * byte_count)));
  }
}

}  // namespace

Bytes Element(std::uint8_t tag, std::initializer_list<BytesView> parts) {
  std::size_t size = 0;
  for (const BytesView part : parts) {
    size += part.size();
  }
  Bytes element;
  element.reserve(size + kHeaderSizeMax);
  AppendHeader(element, tag, size);
  for (const BytesView part : parts) {
    Append(element, part);
  }
  return element;
}

void AppendOpen(Bytes& out, std::uint8_t tag) {
  out.push_back(tag);
  out.push_back(kIndefinite);
}

void AppendEnds(Bytes& out, int count) {
  out.resize(out.size() + 2 * static_cast<std::size_t>(count), 0);
}

Bytes OctetStringHeader(std::size_t size) {
  Bytes header;
  AppendHeader(header, kOctetString, size);
  return header;
}

}  // namespace ber

BerReader::BerReader(ByteSource& source, std::string_view name, std::size_t buffer_size)
    : source_(source), name_(name), buffer_size_(std::max(buffer_size, 2 * kHeaderSizeMax)) {
  buffer_ = std::make_unique_for_overwrite<std::uint8_t[]>(buffer_size_);
}

BerReader::~BerReader() {
  WipeMemory(buffer_.get(), buffer_size_);
}

Error BerReader::Invalid(std::string_view what) const {
  return {ErrorCode::kInvalid, name_ + " " + std::string(what)};
}

Result<std::size_t> BerReader::Fill(std::size_t wanted) {
  MUSUBI_CHECK(wanted <= buffer_size_);
  if (end_ - begin_ < wanted && begin_ > 0) {
    std::copy(buffer_.get() + begin_, buffer_.get() + end_, buffer_.get());
    end_ -= begin_;
    begin_ = 0;
  }
  while (end_ - begin_ < wanted) {
    MUSUBI_TRY(
        const std::size_t count, source_.Read(std::span(buffer_.get() + end_, buffer_size_ - end_))
    );
    if (count == 0) {
      break;
    }
    MUSUBI_CHECK(count <= buffer_size_ - end_);
    end_ += count;
  }
  return std::min(wanted, end_ - begin_);
}

void BerReader::Consume(std::size_t size) {
  begin_ += size;
  position_ += size;
}

// To the nearest end that is known; an indefinite element inside a definite one is bounded too.
std::uint64_t BerReader::LeftInFrame() const {
  return frames_.empty() || frames_.back().end == kNoEnd ? kNoEnd : frames_.back().end - position_;
}

Result<void> BerReader::ReadLength(Header& header) {
  const BytesView bytes = Buffered();
  const std::uint8_t first = bytes[1];
  header.header_size = 2;
  if (first < kIndefinite) {
    header.length = first;
    return Ok();
  }
  const std::size_t byte_count = first & 0x7fU;
  if (byte_count == 0) {
    if ((header.tag & ber::kConstructed) == 0) {
      return Invalid("is malformed: a primitive element of indefinite length");
    }
    header.is_indefinite = true;
    return Ok();
  }
  if (byte_count > sizeof(header.length)) {
    return Invalid("is malformed: a length is too long");
  }
  header.header_size += byte_count;
  MUSUBI_TRY(const std::size_t there, Fill(header.header_size));
  if (there < header.header_size) {
    return Invalid("is truncated");
  }
  for (const std::uint8_t byte : Buffered().subspan(2, byte_count)) {
    header.length = header.length << 8U | byte;
  }
  if (header.length > kLengthMax) {
    return Invalid("is malformed: a length is too long");
  }
  return Ok();
}

Result<void> BerReader::CheckFits(const Header& header) const {
  const std::uint64_t left = LeftInFrame();
  const std::uint64_t size = header.header_size + header.length;
  if (size > left) {
    return Invalid("is malformed: an element is longer than what encloses it");
  }
  return Ok();
}

Result<BerReader::Header> BerReader::PeekHeader() {
  MUSUBI_TRY(const std::size_t there, Fill(2));
  if (there < 2) {
    return Invalid("is truncated");
  }
  Header header;
  header.tag = Buffered()[0];
  constexpr std::uint8_t kLongTag = 0x1f;
  if ((header.tag & kLongTag) == kLongTag || header.tag == 0) {
    return Invalid("is malformed: an element that cannot stand there");
  }
  MUSUBI_CHECK_OK(ReadLength(header));
  MUSUBI_CHECK_OK(CheckFits(header));
  return header;
}

Result<void> BerReader::Enter(std::uint8_t tag) {
  MUSUBI_TRY(const Header header, PeekHeader());
  if (header.tag != tag) {
    return Invalid("is malformed: an unexpected element");
  }
  if (frames_.size() == kNestingMax) {
    return Invalid("is malformed: nested too deeply");
  }
  const std::uint64_t outer_end = frames_.empty() ? kNoEnd : frames_.back().end;
  Consume(header.header_size);
  const std::uint64_t end = header.is_indefinite ? outer_end : position_ + header.length;
  frames_.push_back({end, header.is_indefinite});
  return Ok();
}

Result<bool> BerReader::AtEnd() {
  MUSUBI_CHECK(!frames_.empty());
  if (!frames_.back().is_indefinite) {
    return position_ == frames_.back().end;
  }
  if (LeftInFrame() < 2) {
    return Invalid("is malformed: an element without its end");
  }
  MUSUBI_TRY(const std::size_t there, Fill(2));
  if (there < 2) {
    return Invalid("is truncated");
  }
  return Buffered()[0] == 0 && Buffered()[1] == 0;
}

Result<void> BerReader::Leave() {
  MUSUBI_TRY(const bool is_at_end, AtEnd());
  if (!is_at_end) {
    return Invalid("is malformed: an unexpected element");
  }
  if (frames_.back().is_indefinite) {
    Consume(2);
  }
  frames_.pop_back();
  return Ok();
}

Result<std::uint8_t> BerReader::PeekTag() {
  MUSUBI_TRY(const bool is_at_end, AtEnd());
  if (is_at_end) {
    return std::uint8_t{0};
  }
  MUSUBI_TRY(const Header header, PeekHeader());
  return header.tag;
}

Result<Bytes> BerReader::ReadElement(std::size_t size_max) {
  MUSUBI_TRY(const Header header, PeekHeader());
  if (header.is_indefinite) {
    return Invalid("is malformed: an indefinite length where none is accepted");
  }
  if (header.length > size_max) {
    return Invalid("has an element that is larger than accepted");
  }
  std::uint64_t left = header.header_size + header.length;
  Bytes element;
  element.reserve(static_cast<std::size_t>(left));
  while (left > 0) {
    MUSUBI_TRY(const std::size_t there, Fill(1));
    if (there == 0) {
      return Invalid("is truncated");
    }
    const std::size_t count =
        static_cast<std::size_t>(std::min<std::uint64_t>(left, end_ - begin_));
    ber::Append(element, Buffered().first(count));
    Consume(count);
    left -= count;
  }
  return element;
}

Result<Bytes> BerReader::ReadPrimitive(std::uint8_t tag, std::size_t size_max) {
  MUSUBI_TRY(const Header header, PeekHeader());
  if (header.tag != tag) {
    return Invalid("is malformed: an unexpected element");
  }
  MUSUBI_TRY(Bytes element, ReadElement(size_max));
  element.erase(element.begin(), element.begin() + static_cast<std::ptrdiff_t>(header.header_size));
  return element;
}

Result<void> BerReader::Expect(BytesView element, std::string_view what) {
  const auto found = ReadElement(element.size());
  if (!found) {
    return found.error();
  }
  if (!std::equal(found->begin(), found->end(), element.begin(), element.end())) {
    return Invalid(what);
  }
  return Ok();
}

Result<void> BerReader::BeginOctetString(std::uint8_t tag) {
  MUSUBI_TRY(const Header header, PeekHeader());
  is_in_pieces_ = header.tag == (tag | ber::kConstructed);
  piece_left_ = 0;
  if (is_in_pieces_) {
    return Enter(header.tag);
  }
  if (header.tag != tag) {
    return Invalid("is malformed: an unexpected element");
  }
  Consume(header.header_size);
  piece_left_ = header.length;
  return Ok();
}

Result<BytesView> BerReader::NextContent(std::size_t size_max) {
  while (piece_left_ == 0) {
    if (!is_in_pieces_) {
      return BytesView();
    }
    MUSUBI_TRY(const bool is_at_end, AtEnd());
    if (is_at_end) {
      is_in_pieces_ = false;
      MUSUBI_CHECK_OK(Leave());
      return BytesView();
    }
    MUSUBI_TRY(const Header header, PeekHeader());
    if (header.tag != ber::kOctetString) {
      return Invalid("is malformed: an unexpected element");
    }
    Consume(header.header_size);
    piece_left_ = header.length;
  }
  MUSUBI_TRY(const std::size_t there, Fill(1));
  if (there == 0) {
    return Invalid("is truncated");
  }
  const std::size_t count = static_cast<std::size_t>(
      std::min<std::uint64_t>(piece_left_, std::min(size_max, end_ - begin_))
  );
  const BytesView content = Buffered().first(count);
  Consume(count);
  piece_left_ -= count;
  return content;
}

Result<void> BerReader::ExpectEndOfSource() {
  MUSUBI_TRY(const std::size_t there, Fill(1));
  if (there > 0) {
    return Invalid("has something after its end");
  }
  return Ok();
}

}  // namespace musubi::crypto
