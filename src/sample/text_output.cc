#include "sample/text_output.h"

#include <cstring>

#include <iconv.h>
#include <zlib.h>

#include "base/io.h"

namespace musubi::sample {

namespace {

// zlib's own stream writes gzip with this window size.
constexpr int kGzipWindow = 15 + 16;
constexpr int kMemoryLevel = 8;

class Gzip {
 public:
  Gzip() = default;
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  ~Gzip() { deflateEnd(&stream_); }

  [[nodiscard]] bool Start() {
    return deflateInit2(
               &stream_, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY
           ) == Z_OK;
  }

  // `flush`: Z_NO_FLUSH or, at the end, Z_FINISH.
  [[nodiscard]] Result<void> Write(std::string_view text, int flush, ByteSink& sink) {
    const BytesView bytes = AsBytes(text);
    stream_.next_in = const_cast<Bytef*>(bytes.data()
    );  // NOLINT(cppcoreguidelines-pro-type-const-cast): zlib only reads
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = out_.data();
      stream_.avail_out = static_cast<uInt>(out_.size());
      if (deflate(&stream_, flush) == Z_STREAM_ERROR) {
        return Error{ErrorCode::kInternal, "zlib refused to compress"};
      }
      MUSUBI_CHECK_OK(sink.Write(BytesView(out_).first(out_.size() - stream_.avail_out)));
    } while (stream_.avail_out == 0);
    return Ok();
  }

 private:
  z_stream stream_ = {};
  Bytes out_ = Bytes(std::size_t{256} << 10U);
};

class Cp932 {
 public:
  Cp932() = default;
  Cp932(const Cp932&) = delete;
  Cp932& operator=(const Cp932&) = delete;

  ~Cp932() {
    if (is_open_) {
      iconv_close(handle_);
    }
  }

  [[nodiscard]] bool Start() {
    handle_ = iconv_open("CP932", "UTF-8");
    is_open_ = handle_ != reinterpret_cast<iconv_t>(-1);
    return is_open_;
  }

  // What CP932 does not have becomes ●, as old systems print it.
  [[nodiscard]] std::string Encode(std::string_view text) {
    constexpr std::string_view kUnknown = "\x81\x9c";
    std::string out(text.size() * 2, '\0');
    std::string copy(text);  // iconv wants char*
    char* from = copy.data();
    std::size_t from_left = copy.size();
    char* to = out.data();
    std::size_t to_left = out.size();
    while (iconv(handle_, &from, &from_left, &to, &to_left) == static_cast<std::size_t>(-1)) {
      std::memcpy(to, kUnknown.data(), kUnknown.size());
      to += kUnknown.size();
      to_left -= kUnknown.size();
      do {
        ++from;
        --from_left;
      } while (from_left > 0 && (static_cast<unsigned char>(*from) & 0xc0U) == 0x80U);
    }
    out.resize(out.size() - to_left);
    return out;
  }

 private:
  iconv_t handle_ = {};
  bool is_open_ = false;
};

}  // namespace

struct TextOutput::State {
  std::unique_ptr<FileSink> file;
  std::unique_ptr<Gzip> gzip;
  std::unique_ptr<Cp932> cp932;

  [[nodiscard]] Result<void> Write(std::string_view text, int flush) {
    if (gzip) {
      return gzip->Write(text, flush, *file);
    }
    return file->Write(AsBytes(cp932 ? cp932->Encode(text) : std::string(text)));
  }
};

TextOutput::TextOutput(std::unique_ptr<State> state) : state_(std::move(state)) {
  buffer_.reserve(kBatchSize + (std::size_t{4} << 10U));
}

TextOutput::~TextOutput() = default;

Result<std::unique_ptr<TextOutput>> TextOutput::Create(
    const std::filesystem::path& path, OutputEncoding encoding
) {
  auto state = std::make_unique<State>();
  MUSUBI_TRY(state->file, FileSink::Create(path));
  bool has_started = true;
  if (path.extension() == ".gz") {
    state->gzip = std::make_unique<Gzip>();
    has_started = state->gzip->Start();
  } else if (encoding == OutputEncoding::kCp932) {
    state->cp932 = std::make_unique<Cp932>();
    has_started = state->cp932->Start();
  }
  if (!has_started) {
    return Error{ErrorCode::kInternal, "cannot start zlib or iconv", path.string()};
  }
  return std::unique_ptr<TextOutput>(new TextOutput(std::move(state)));
}

Result<void> TextOutput::Flush() {
  MUSUBI_CHECK_OK(state_->Write(buffer_, Z_NO_FLUSH));
  buffer_.clear();
  return Ok();
}

Result<void> TextOutput::Finish() {
  MUSUBI_CHECK_OK(state_->Write(buffer_, Z_FINISH));
  buffer_.clear();
  return state_->file->Commit();
}

}  // namespace musubi::sample
