#include <array>
#include <system_error>

#include "base/check.h"
#include "base/io.h"
#include "crypto/digest.h"
#include "ledger/note.h"
#include "ledger/utf8.h"

namespace musubi::ledger {

namespace {
constexpr std::size_t kIdDigits = 8;
constexpr std::size_t kTimeSize = 8;
constexpr std::size_t kVkeySizeMax = 4096;

std::uint32_t KeyId(std::string_view name, KeyKind kind, const crypto::Ed25519PublicKey& key) {
  crypto::Sha256 hash;
  hash.Update(AsBytes(name));
  const std::array<std::uint8_t, 2> after_name{'\n', static_cast<std::uint8_t>(kind)};
  hash.Update(after_name);
  hash.Update(key);
  const crypto::Digest digest = hash.Finish();
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    id = id << 8U | digest[i];
  }
  return id;
}

std::string HexId(std::uint32_t id) {
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(id >> (24 - 8 * i));
  }
  return ToHex(bytes);
}

// What a witness signs: c2sp.org/tlog-cosignature, "Ed25519 signed message".
std::string CosignedMessage(std::string_view text, std::uint64_t time) {
  return "cosignature/v1\ntime " + std::to_string(time) + "\n" + std::string(text);
}

Error NotAVkey(const char* reason) {
  return {
      ErrorCode::kInvalid,
      std::string("not a verifier key: ") + reason,
      {},
      "the form is name+id+base64, as in log.vkey"
  };
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  return begin == std::string_view::npos
             ? std::string_view{}
             : text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace

VerifierKey::VerifierKey(std::string name, KeyKind kind, const crypto::Ed25519PublicKey& key)
    : name_(std::move(name)), kind_(kind), key_(key), id_(KeyId(name_, kind, key)) {}

Result<VerifierKey> VerifierKey::Make(
    std::string_view name, KeyKind kind, const crypto::Ed25519PublicKey& key
) {
  if (!IsKeyName(name)) {
    return Error{ErrorCode::kInvalid, "a key name is not empty and has no space and no plus"};
  }
  return VerifierKey(std::string(name), kind, key);
}

Result<VerifierKey> VerifierKey::Parse(std::string_view vkey) {
  vkey = Trim(vkey);
  const std::size_t name_end = vkey.find('+');
  if (name_end == std::string_view::npos || vkey.size() < name_end + kIdDigits + 3 ||
      vkey[name_end + 1 + kIdDigits] != '+') {
    return NotAVkey("it has not three parts");
  }
  const auto bytes = FromBase64(vkey.substr(name_end + kIdDigits + 2));
  if (!bytes || bytes->size() != crypto::Ed25519PublicKey{}.size() + 1) {
    return NotAVkey("the last part is not a key of 33 bytes");
  }
  const auto kind = static_cast<KeyKind>(bytes->front());
  if (kind != KeyKind::kLog && kind != KeyKind::kWitness) {
    return NotAVkey("its type is neither 1 (log) nor 4 (witness)");
  }
  crypto::Ed25519PublicKey key{};
  std::copy(bytes->begin() + 1, bytes->end(), key.begin());
  MUSUBI_TRY(VerifierKey made, Make(vkey.substr(0, name_end), kind, key));
  if (HexId(made.id_) != vkey.substr(name_end + 1, kIdDigits)) {
    return NotAVkey("the id does not belong to the key");
  }
  return made;
}

std::string VerifierKey::Text() const {
  Bytes bytes{static_cast<std::uint8_t>(kind_)};
  bytes.insert(bytes.end(), key_.begin(), key_.end());
  return name_ + "+" + HexId(id_) + "+" + ToBase64(bytes);
}

Result<void> VerifierKey::VerifySignature(std::string_view text, const NoteSignature& signature)
    const {
  const Error wrong{ErrorCode::kRefused, "the signature of " + name_ + " is wrong"};
  if (signature.key_name != name_ || signature.key_id != id_) {
    return Error{ErrorCode::kNotFound, "the signature is not of " + name_};
  }
  if (kind_ == KeyKind::kLog) {
    const bool is_good = crypto::VerifyEd25519(key_, AsBytes(text), signature.signature);
    return is_good ? Ok() : Result<void>(wrong);
  }
  const auto time = CosignatureTime(signature);
  if (!time) {
    return wrong;
  }
  const std::string message = CosignedMessage(text, *time);
  const BytesView bytes = BytesView(signature.signature).subspan(kTimeSize);
  return crypto::VerifyEd25519(key_, AsBytes(message), bytes) ? Ok() : Result<void>(wrong);
}

Result<NoteSignature> VerifierKey::Verify(const Note& note) const {
  const NoteSignature* found = nullptr;
  for (const NoteSignature& signature : note.signatures) {
    if (signature.key_name == name_ && signature.key_id == id_) {
      MUSUBI_CHECK_OK(VerifySignature(note.text, signature));
      found = &signature;
    }
  }
  if (found == nullptr) {
    return Error{ErrorCode::kNotFound, "the note is not signed by " + name_};
  }
  return *found;
}

Result<std::uint64_t> CosignatureTime(const NoteSignature& signature) {
  if (signature.signature.size() != kTimeSize + crypto::Ed25519Signature{}.size() ||
      signature.signature.front() > 0x7f) {
    return Error{ErrorCode::kInvalid, "not a cosignature"};
  }
  std::uint64_t time = 0;
  for (std::size_t i = 0; i < kTimeSize; ++i) {
    time = time << 8U | signature.signature[i];
  }
  return time;
}

Result<SigningKey> SigningKey::Make(std::string_view name, KeyKind kind, crypto::Ed25519Key key) {
  MUSUBI_TRY(VerifierKey verifier, VerifierKey::Make(name, kind, key.public_key()));
  return SigningKey(std::move(verifier), std::move(key));
}

Result<SigningKey> SigningKey::OpenOrCreate(
    const std::filesystem::path& base, std::string_view name, KeyKind kind
) {
  const std::filesystem::path secret_path = base.string() + ".key";
  const std::filesystem::path public_path = base.string() + ".vkey";
  std::error_code ignored;
  const bool is_new = !std::filesystem::exists(secret_path, ignored);
  if (is_new && std::filesystem::exists(public_path, ignored)) {
    return Error{
        ErrorCode::kPrecondition,
        "the private key is gone",
        secret_path.string(),
        "bring it back; a new key makes a new log"
    };
  }
  MUSUBI_TRY(
      crypto::Ed25519Key secret,
      is_new ? Result<crypto::Ed25519Key>(crypto::Ed25519Key::Generate())
             : crypto::Ed25519Key::Load(secret_path)
  );
  MUSUBI_TRY(SigningKey key, Make(name, kind, secret));
  if (is_new) {
    MUSUBI_CHECK_OK(MakeFolder(secret_path.parent_path()));
    MUSUBI_CHECK_OK(secret.Save(secret_path));
  }
  const std::string vkey = key.verifier().Text() + "\n";
  if (!std::filesystem::exists(public_path, ignored)) {  // also after a crash between the two
    MUSUBI_CHECK_OK(WriteFile(public_path, vkey, 0644));
    return key;
  }
  MUSUBI_TRY(const std::string published, ReadFile(public_path, kVkeySizeMax));
  if (Trim(published) != key.verifier().Text()) {
    return Error{
        ErrorCode::kRefused, "the public key belongs to another name or key", public_path.string()
    };
  }
  return key;
}

NoteSignature SigningKey::Sign(std::string_view text, Instant now) const {
  NoteSignature signature{verifier_.name(), verifier_.id(), {}};
  std::string message(text);
  if (verifier_.kind() == KeyKind::kWitness) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    MUSUBI_CHECK(seconds >= 0);
    const auto time = static_cast<std::uint64_t>(seconds);
    for (unsigned shift = 64; shift > 0; shift -= 8) {
      signature.signature.push_back(static_cast<std::uint8_t>(time >> (shift - 8)));
    }
    message = CosignedMessage(text, time);
  }
  const crypto::Ed25519Signature made = key_.Sign(AsBytes(message));
  signature.signature.insert(signature.signature.end(), made.begin(), made.end());
  return signature;
}

}  // namespace musubi::ledger
