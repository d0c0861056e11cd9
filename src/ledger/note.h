// Signed notes (c2sp.org/signed-note): a text and the signatures under it; and the keys that make
// and check them.
//
//   text, ending in a newline
//   (blank line)
//   — <key name> <base64 of key id (4) and signature>
//
// What always holds: a parsed note is valid UTF-8 without control characters, has 1 to
// kSignaturesMax signature lines, and Text() gives back the very bytes that were parsed. Nothing of
// it may be believed before a signature of a known key was verified. A signature of a known key
// that fails refuses the whole note.
//
// Key names are non-empty and hold no space and no plus. Plain values: any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "crypto/ed25519.h"

namespace musubi::ledger {

inline constexpr std::size_t kSignaturesMax = 64;
inline constexpr std::size_t kNoteSizeMax = std::size_t{64} << 10U;

// The signature type byte of a key id.
enum class KeyKind : std::uint8_t {
  kLog = 0x01,      // Ed25519 over the text
  kWitness = 0x04,  // timestamped Ed25519 cosignature (c2sp.org/tlog-cosignature)
};

struct NoteSignature {
  std::string key_name;
  std::uint32_t key_id = 0;
  Bytes signature;  // without the key id; of a witness: time (8, big endian) and signature

  // "— name base64", without the newline.
  [[nodiscard]] std::string Line() const;
  [[nodiscard]] static Result<NoteSignature> ParseLine(std::string_view line);
};

struct Note {
  std::string text;  // with its last newline
  std::vector<NoteSignature> signatures;

  [[nodiscard]] static Result<Note> Parse(std::string_view bytes);
  [[nodiscard]] std::string Text() const;
};

// The public key of a log or a witness with its name: "name+0a1b2c3d+base64" ("vkey").
class VerifierKey {
 public:
  [[nodiscard]] static Result<VerifierKey> Make(
      std::string_view name, KeyKind kind, const crypto::Ed25519PublicKey& key
  );
  // Surrounding white space is allowed; a key id that does not belong to the key is refused.
  [[nodiscard]] static Result<VerifierKey> Parse(std::string_view vkey);
  [[nodiscard]] std::string Text() const;

  // The signature of this key under the note. kNotFound: it has none; kRefused: it is wrong.
  [[nodiscard]] Result<NoteSignature> Verify(const Note& note) const;
  // One signature of this key under this text.
  [[nodiscard]] Result<void> VerifySignature(std::string_view text, const NoteSignature& signature)
      const;

  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] KeyKind kind() const { return kind_; }

  [[nodiscard]] std::uint32_t id() const { return id_; }

 private:
  VerifierKey(std::string name, KeyKind kind, const crypto::Ed25519PublicKey& key);

  std::string name_;
  KeyKind kind_;
  crypto::Ed25519PublicKey key_;
  std::uint32_t id_;
};

// When a witness says it signed. kInvalid: not a cosignature.
[[nodiscard]] Result<std::uint64_t> CosignatureTime(const NoteSignature& signature);

// The private half.
class SigningKey {
 public:
  [[nodiscard]] static Result<SigningKey> Make(
      std::string_view name, KeyKind kind, crypto::Ed25519Key key
  );
  // `<base>.key` (PEM, 0600) and `<base>.vkey` (public, 0644): OpenOrCreate("hub/log", origin, ..)
  // makes them at the first start and reads them at every other. kRefused: the vkey there belongs
  // to another name or key.
  [[nodiscard]] static Result<SigningKey> OpenOrCreate(
      const std::filesystem::path& base, std::string_view name, KeyKind kind
  );

  // A log's key ignores `now`; a witness signs it along, in whole seconds.
  [[nodiscard]] NoteSignature Sign(std::string_view text, Instant now = {}) const;

  [[nodiscard]] const VerifierKey& verifier() const { return verifier_; }

 private:
  SigningKey(VerifierKey verifier, crypto::Ed25519Key key)
      : verifier_(std::move(verifier)), key_(std::move(key)) {}

  VerifierKey verifier_;
  crypto::Ed25519Key key_;
};

}  // namespace musubi::ledger
