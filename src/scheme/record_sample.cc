#include "scheme/record_sample.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/io.h"
#include "sample/benefit.h"
#include "sample/text_output.h"

namespace musubi::scheme {

namespace {

// Lines of a file without its heading.
Result<std::uint64_t> CountRows(const std::filesystem::path& path) {
  MUSUBI_TRY(const auto file, FileSource::Open(path));
  Bytes buffer(std::size_t{256} << 10U);
  std::int64_t lines = 0;
  for (;;) {
    MUSUBI_TRY(const std::size_t size, file->Read(buffer));
    if (size == 0) {
      return static_cast<std::uint64_t>(std::max<std::int64_t>(0, lines - 1));
    }
    lines += std::ranges::count(BytesView(buffer).first(size), std::uint8_t{'\n'});
  }
}

}  // namespace

Result<void> WriteRecordSample(const std::filesystem::path& folder, std::uint64_t seed) {
  MUSUBI_TRY(const std::uint64_t rows, CountRows(folder / "truth.csv"));
  MUSUBI_TRY(const auto output, sample::TextOutput::Create(folder / "records.csv"));
  output->buffer() += sample::BenefitHeading();
  for (std::uint64_t row = 1; row <= rows; ++row) {
    sample::AppendBenefits(seed, row, fmt::format("P{:010}", row), output->buffer());
    MUSUBI_CHECK_OK(output->Flushed());
  }
  return output->Finish();
}

}  // namespace musubi::scheme
