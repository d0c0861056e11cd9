// BER (ITU-T X.690) as far as CMS packages need it: read in one pass from a source of any length,
// written from small pieces.
//
// BerReader promises bounded memory and time whatever the bytes are: nesting and every element that
// is held in memory have limits, lengths are checked against what encloses them before anything is
// read, and the content of long octet strings passes through in views of the one buffer. Definite
// and indefinite lengths are taken; tags above 30 and octet strings nested in pieces of pieces are
// not, since no CMS writer makes them.
//
// Malformed input is kInvalid with the reader's `name` in the message; an error of the source is
// passed on as it is.
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>

#include "base/io.h"
#include "base/result.h"

namespace musubi::crypto {

namespace ber {
inline constexpr std::uint8_t kInteger = 0x02;
inline constexpr std::uint8_t kBitString = 0x03;
inline constexpr std::uint8_t kOctetString = 0x04;
inline constexpr std::uint8_t kObjectId = 0x06;
inline constexpr std::uint8_t kSequence = 0x30;
inline constexpr std::uint8_t kSet = 0x31;
inline constexpr std::uint8_t kConstructed = 0x20;

// Context-specific: [n] around an element, or in place of a primitive one's tag.
constexpr std::uint8_t Context(unsigned n) {
  return static_cast<std::uint8_t>(0xa0U + n);
}

constexpr std::uint8_t ContextPrimitive(unsigned n) {
  return static_cast<std::uint8_t>(0x80U + n);
}

// One element with a definite, minimal length.
[[nodiscard]] Bytes Element(std::uint8_t tag, std::initializer_list<BytesView> parts);
// "tag, indefinite length"; closed by kEnd.
void AppendOpen(Bytes& out, std::uint8_t tag);
void AppendEnds(Bytes& out, int count);
// The header of an octet string of `size` bytes.
[[nodiscard]] Bytes OctetStringHeader(std::size_t size);
void Append(Bytes& out, BytesView bytes);
}  // namespace ber

class BerReader {
 public:
  // `name` stands in messages: "the package". The reader's buffer is wiped.
  BerReader(ByteSource& source, std::string_view name, std::size_t buffer_size);
  ~BerReader();
  BerReader(const BerReader&) = delete;
  BerReader& operator=(const BerReader&) = delete;

  [[nodiscard]] Result<void> Enter(std::uint8_t tag);  // a constructed element
  [[nodiscard]] Result<void> Leave();                  // refuses anything left in it
  [[nodiscard]] Result<bool> AtEnd();                  // of the element entered last
  [[nodiscard]] Result<std::uint8_t> PeekTag();        // 0 at the end

  // A primitive element's content.
  [[nodiscard]] Result<Bytes> ReadPrimitive(std::uint8_t tag, std::size_t size_max);
  // A whole element of definite length, header included, whatever it is.
  [[nodiscard]] Result<Bytes> ReadElement(std::size_t size_max);
  // The same, when its value is known beforehand.
  [[nodiscard]] Result<void> Expect(BytesView element, std::string_view what);

  // Begins an octet string in one piece (`tag`) or in pieces (`tag` | kConstructed); NextContent
  // gives a view of some of it that lives until the next call, and an empty one at its end.
  [[nodiscard]] Result<void> BeginOctetString(std::uint8_t tag);
  [[nodiscard]] Result<BytesView> NextContent(std::size_t size_max);

  // After the outermost element: nothing may follow.
  [[nodiscard]] Result<void> ExpectEndOfSource();

  [[nodiscard]] Error Invalid(std::string_view what) const;

 private:
  struct Header {
    std::uint8_t tag = 0;
    bool is_indefinite = false;
    std::uint64_t length = 0;
    std::size_t header_size = 0;
  };

  [[nodiscard]] Result<std::size_t> Fill(std::size_t wanted);  // how much is there, up to `wanted`
  [[nodiscard]] Result<Header> PeekHeader();
  [[nodiscard]] Result<void> ReadLength(Header& header);
  [[nodiscard]] Result<void> CheckFits(const Header& header) const;
  [[nodiscard]] std::uint64_t LeftInFrame() const;
  void Consume(std::size_t size);

  [[nodiscard]] BytesView Buffered() const { return {buffer_.get() + begin_, end_ - begin_}; }

  // Where an entered element ends, as a position in the source.
  struct Frame {
    std::uint64_t end = 0;
    bool is_indefinite = false;
  };

  ByteSource& source_;
  std::string name_;
  // Not a SecretBytes: nothing needs its first bytes to be zero, and opening is done often.
  std::unique_ptr<std::uint8_t[]> buffer_;
  std::size_t buffer_size_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t position_ = 0;
  std::vector<Frame> frames_;
  bool is_in_pieces_ = false;
  std::uint64_t piece_left_ = 0;
};

}  // namespace musubi::crypto
