#include "exchange/number_list.h"

namespace musubi::exchange {

Result<PackageCheck> ReadPackage(
    ByteSource& source,
    const crypto::Identity& recipient,
    const crypto::Trust& trust,
    Instant now,
    const Expected& expected,
    const OnHeader& on_header,
    const OnRecord& on_record
) {
  ContentReader reader(expected, on_header, on_record);
  MUSUBI_TRY(
      auto opened,
      crypto::OpenPackage(
          source, recipient, trust, now, [&](BytesView content) { return reader.Take(content); }
      )
  );
  MUSUBI_CHECK_OK(reader.Finish());
  if (opened.signer.id() != reader.header().sender) {
    return Error{
        ErrorCode::kRefused,
        "the package is signed by another than the sender its header names",
        "line 1"
    };
  }
  return PackageCheck{reader.header(), std::move(opened.signer), reader.record_count()};
}

Result<PackageCheck> ReadPackage(
    const std::filesystem::path& path,
    const crypto::Identity& recipient,
    const crypto::Trust& trust,
    Instant now,
    const Expected& expected,
    const OnHeader& on_header,
    const OnRecord& on_record
) {
  MUSUBI_TRY(const auto source, FileSource::Open(path));
  return ReadPackage(*source, recipient, trust, now, expected, on_header, on_record);
}

}  // namespace musubi::exchange
