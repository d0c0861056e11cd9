// OpenPackage on arbitrary bytes, in four ways chosen by the first byte: as a package, as the
// message inside a well-sealed package, and as changes to a good one of each. Changed input may be
// accepted only with the content it had.
#include <algorithm>
#include <cstdlib>

#include "base/check.h"
#include "crypto/envelope.h"
#include "crypto/scheme_for_test.h"
#include "crypto/sealed_package.h"
#include "crypto/signed_message.h"

namespace musubi::crypto {
namespace {

constexpr std::string_view kContent = "H,NL,1,test,insurer-133033,hub\r\nD,1\r\nT,1\r\n";

struct Fixture : SchemeForTest {
  Identity insurer = Issue("insurer-133033");
  Identity hub = Issue("hub");
  Bytes message = MakeMessage();
  Bytes package = Envelope(message);

  [[nodiscard]] Bytes MakeMessage() const {
    MemorySink sink;
    SignedMessageWriter writer(sink, insurer, now);
    MUSUBI_CHECK(writer.Begin().ok());
    MUSUBI_CHECK(writer.Write(AsBytes(kContent)).ok());
    MUSUBI_CHECK(writer.Finish().ok());
    return sink.Take();
  }

  [[nodiscard]] Bytes Envelope(BytesView inner) const {
    MemorySink sink;
    const auto writer = EnvelopeWriter::Create(sink, hub.certificate).value();
    MUSUBI_CHECK(writer->Write(inner).ok());
    MUSUBI_CHECK(writer->Finish().ok());
    return sink.Take();
  }
};

// Each three bytes of `edits`: a place (two bytes) and what to put there.
Bytes Edited(BytesView original, BytesView edits) {
  Bytes edited(original.begin(), original.end());
  for (; edits.size() >= 3; edits = edits.subspan(3)) {
    edited[(static_cast<std::size_t>(edits[0]) << 8U | edits[1]) % edited.size()] = edits[2];
  }
  return edited;
}

void Open(const Fixture& fixture, BytesView package) {
  MemorySource source(package);
  Bytes content;
  const auto opened =
      OpenPackage(source, fixture.hub, *fixture.trust, fixture.now, [&](BytesView piece) {
        content.insert(content.end(), piece.begin(), piece.end());
        return Ok();
      });
  if (opened) {
    MUSUBI_CHECK(AsText(content) == kContent);
    MUSUBI_CHECK(opened->signer.id() == "insurer-133033");
  }
}

}  // namespace
}  // namespace musubi::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace musubi::crypto;
  static const Fixture fixture;
  if (size == 0) {
    return 0;
  }
  const musubi::BytesView rest(data + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      Open(fixture, rest);
      break;
    case 1:
      Open(fixture, fixture.Envelope(rest));
      break;
    case 2:
      Open(fixture, Edited(fixture.package, rest));
      break;
    default:
      Open(fixture, fixture.Envelope(Edited(fixture.message, rest)));
      break;
  }
  return 0;
}
