#include "ledger/note.h"

#include <array>

#include "ledger/utf8.h"

namespace musubi::ledger {

namespace {
constexpr std::string_view kDash = "\xe2\x80\x94 ";  // em dash, space
constexpr std::size_t kKeyIdSize = 4;

Error NotANote(const char* reason) {
  return {ErrorCode::kInvalid, std::string("not a signed note: ") + reason};
}

}  // namespace

std::string NoteSignature::Line() const {
  Bytes bytes;
  for (unsigned shift = 32; shift > 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(key_id >> (shift - 8)));
  }
  bytes.insert(bytes.end(), signature.begin(), signature.end());
  return std::string(kDash).append(key_name).append(" ").append(ToBase64(bytes));
}

Result<NoteSignature> NoteSignature::ParseLine(std::string_view line) {
  if (!line.starts_with(kDash)) {
    return NotANote("a signature line does not begin with a dash");
  }
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !IsKeyName(line.substr(0, space))) {
    return NotANote("a signature line has no key name");
  }
  const auto bytes = FromBase64(line.substr(space + 1));
  if (!bytes || bytes->size() <= kKeyIdSize) {
    return NotANote("a signature is not base64 or too short");
  }
  NoteSignature signature;
  signature.key_name = line.substr(0, space);
  for (std::size_t i = 0; i < kKeyIdSize; ++i) {
    signature.key_id = signature.key_id << 8U | (*bytes)[i];
  }
  signature.signature.assign(bytes->begin() + kKeyIdSize, bytes->end());
  return signature;
}

Result<Note> Note::Parse(std::string_view bytes) {
  if (bytes.size() > kNoteSizeMax) {
    return NotANote("too large");
  }
  if (!IsNoteText(bytes) || !bytes.ends_with('\n')) {
    return NotANote("not lines of UTF-8");
  }
  // The last blank line separates; signature lines are never blank.
  const std::size_t blank = bytes.rfind("\n\n");
  if (blank == std::string_view::npos) {
    return NotANote("no blank line before the signatures");
  }
  Note note;
  note.text = bytes.substr(0, blank + 1);
  std::string_view lines = bytes.substr(blank + 2);
  if (lines.empty()) {
    return NotANote("no signature");
  }
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    if (note.signatures.size() == kSignaturesMax) {
      return NotANote("too many signatures");
    }
    MUSUBI_TRY(NoteSignature signature, NoteSignature::ParseLine(lines.substr(0, end)));
    note.signatures.push_back(std::move(signature));
    lines.remove_prefix(end + 1);
  }
  return note;
}

std::string Note::Text() const {
  std::string bytes = text + "\n";
  for (const NoteSignature& signature : signatures) {
    bytes.append(signature.Line()).append("\n");
  }
  return bytes;
}

}  // namespace musubi::ledger
