#include "ledger/checkpoint.h"

#include <algorithm>
#include <charconv>

namespace musubi::ledger {

namespace {
// No tree has more hashes in a proof than it is high, and a consistency proof one more.
constexpr std::size_t kProofMax = 65;

Error NotACheckpoint(const char* reason) {
  return {ErrorCode::kInvalid, std::string("not a checkpoint: ") + reason};
}

Result<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || end == 0) {
    return NotACheckpoint("a line is missing or empty");
  }
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

Result<std::uint64_t> ParseSize(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), size);
  const bool has_leading_zero = text.size() > 1 && text.front() == '0';
  if (fault != std::errc{} || end != text.data() + text.size() || has_leading_zero) {
    return NotACheckpoint("the size is not a decimal number");
  }
  return size;
}

}  // namespace

Result<Checkpoint> Checkpoint::Parse(std::string_view text) {
  Checkpoint checkpoint;
  MUSUBI_TRY(checkpoint.origin, TakeLine(text));
  MUSUBI_TRY(const std::string_view size, TakeLine(text));
  MUSUBI_TRY(checkpoint.size, ParseSize(size));
  MUSUBI_TRY(const std::string_view root, TakeLine(text));
  MUSUBI_TRY(checkpoint.root, ParseDigest(root));
  while (!text.empty()) {
    MUSUBI_TRY(const std::string_view extension, TakeLine(text));
    checkpoint.extensions.emplace_back(extension);
  }
  if (checkpoint.size == 0 && checkpoint.root != EmptyRoot()) {
    return NotACheckpoint("an empty log has another root");
  }
  return checkpoint;
}

std::string Checkpoint::Text() const {
  std::string text = origin + "\n" + std::to_string(size) + "\n" + ToBase64(root) + "\n";
  for (const std::string& extension : extensions) {
    text.append(extension).append("\n");
  }
  return text;
}

std::string SignCheckpoint(const Checkpoint& checkpoint, const SigningKey& key) {
  Note note{checkpoint.Text(), {}};
  note.signatures.push_back(key.Sign(note.text));
  return note.Text();
}

Result<SignedCheckpoint> OpenCheckpoint(std::string_view note, const VerifierKey& log_key) {
  SignedCheckpoint opened;
  MUSUBI_TRY(opened.note, Note::Parse(note));
  const auto signature = log_key.Verify(opened.note);
  if (!signature) {
    return Error{ErrorCode::kRefused, signature.error().message};
  }
  MUSUBI_TRY(opened.checkpoint, Checkpoint::Parse(opened.note.text));
  if (opened.checkpoint.origin != log_key.name()) {
    return Error{ErrorCode::kRefused, "the checkpoint is of another log"};
  }
  return opened;
}

Result<Digest> ParseDigest(std::string_view base64) {
  const auto bytes = FromBase64(base64);
  if (!bytes || bytes->size() != Digest{}.size()) {
    return Error{ErrorCode::kInvalid, "not the base64 of a hash of 32 bytes"};
  }
  Digest digest{};
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

Result<Proof> ParseProof(std::string_view list) {
  Proof proof;
  if (list.empty()) {
    return proof;
  }
  for (;;) {
    const std::size_t comma = list.find(',');
    if (proof.size() == kProofMax) {
      return Error{ErrorCode::kInvalid, "no proof has so many hashes"};
    }
    MUSUBI_TRY(const Digest digest, ParseDigest(list.substr(0, comma)));
    proof.push_back(digest);
    if (comma == std::string_view::npos) {
      return proof;
    }
    list.remove_prefix(comma + 1);
  }
}

std::string FormatProof(std::span<const Digest> proof) {
  std::string list;
  for (const Digest& digest : proof) {
    list.append(list.empty() ? "" : ",").append(ToBase64(digest));
  }
  return list;
}

}  // namespace musubi::ledger
