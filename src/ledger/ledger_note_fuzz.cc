#include <cstdlib>

#include "ledger/checkpoint.h"
#include "ledger/note.h"

// Whatever is accepted must be written back as the very same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace musubi::ledger;  // NOLINT(google-build-using-namespace): a fuzz target's only
                                   // scope
  const std::string_view text = musubi::AsText({data, size});
  if (const auto note = Note::Parse(text); note.ok() && note->Text() != text) {
    std::abort();
  }
  if (const auto checkpoint = Checkpoint::Parse(text);
      checkpoint.ok() && checkpoint->Text() != text) {
    std::abort();
  }
  if (const auto line = NoteSignature::ParseLine(text); line.ok() && line->Line() != text) {
    std::abort();
  }
  if (const auto key = VerifierKey::Parse(text); key.ok() && !VerifierKey::Parse(key->Text())) {
    std::abort();
  }
  return 0;
}
