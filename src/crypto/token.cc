#include <algorithm>
#include <array>
#include <optional>

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include "base/check.h"
#include "crypto/cipher.h"
#include "crypto/key_store.h"

namespace musubi::crypto {

namespace {
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kTagBits = 128;
constexpr CK_ULONG kKeySize = 32;
constexpr std::size_t kSecretSizeMax = std::size_t{64} << 10U;
constexpr std::string_view kPurpose = "musubi wrapped secret 1";

Error TokenError(const std::string& what, CK_RV code) {
  switch (code) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
      return {ErrorCode::kRefused, "wrong PIN for the token"};
    case CKR_PIN_LOCKED:
      return {
          ErrorCode::kRefused, "the token's PIN is locked", {}, "its security officer can unlock it"
      };
    case CKR_DEVICE_REMOVED:
    case CKR_TOKEN_NOT_PRESENT:
      return {ErrorCode::kUnavailable, "the token was removed"};
    default:
      return {
          ErrorCode::kUnavailable,
          "the token could not " + what + " (PKCS#11 code " + std::to_string(code) + ")"
      };
  }
}

// What PKCS#11 wants as writable although it only reads it.
void* Untyped(BytesView bytes) {
  return const_cast<std::uint8_t*>(bytes.data());
}

CK_BYTE_PTR Writable(BytesView bytes) {
  return const_cast<std::uint8_t*>(bytes.data());
}

// The module stays loaded and initialised until the process ends: other sessions may use it.
Result<CK_FUNCTION_LIST*> LoadModule(const std::string& path) {
  void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) {
    return Error{ErrorCode::kNotFound, "the PKCS#11 module cannot be loaded", path};
  }
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(module, "C_GetFunctionList"));
  CK_FUNCTION_LIST* functions = nullptr;
  if (get == nullptr || get(&functions) != CKR_OK || functions == nullptr) {
    return Error{ErrorCode::kInvalid, "this is not a PKCS#11 module", path};
  }
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  const CK_RV code = functions->C_Initialize(&arguments);
  if (code != CKR_OK && code != CKR_CRYPTOKI_ALREADY_INITIALIZED) {
    return TokenError("be initialised", code);
  }
  return functions;
}

Result<CK_SLOT_ID> FindSlot(CK_FUNCTION_LIST* functions, const std::string& label) {
  CK_ULONG count = 0;
  CK_RV code = functions->C_GetSlotList(CK_TRUE, nullptr, &count);
  std::vector<CK_SLOT_ID> slots(count);
  if (code == CKR_OK && count > 0) {
    code = functions->C_GetSlotList(CK_TRUE, slots.data(), &count);
  }
  if (code != CKR_OK) {
    return TokenError("be listed", code);
  }
  slots.resize(count);
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info{};
    if (functions->C_GetTokenInfo(slot, &info) != CKR_OK) {
      continue;
    }
    // Labels are padded with blanks to 32 bytes.
    std::string_view found(reinterpret_cast<const char*>(info.label), sizeof(info.label));
    found = found.substr(0, found.find_last_not_of(' ') + 1);
    if (found == label) {
      return slot;
    }
  }
  return Error{ErrorCode::kNotFound, "there is no token of this label: " + label};
}

// One session, logged in, closed with the object.
class Session {
 public:
  static Result<std::unique_ptr<Session>> Open(const TokenOptions& options, BytesView pin) {
    MUSUBI_TRY(CK_FUNCTION_LIST* const functions, LoadModule(options.module_path));
    MUSUBI_TRY(const CK_SLOT_ID slot, FindSlot(functions, options.token_label));
    CK_SESSION_HANDLE handle = 0;
    CK_RV code = functions->C_OpenSession(
        slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &handle
    );
    if (code != CKR_OK) {
      return TokenError("be opened", code);
    }
    std::unique_ptr<Session> session(new Session(functions, handle));
    code = functions->C_Login(handle, CKU_USER, Writable(pin), pin.size());
    if (code != CKR_OK && code != CKR_USER_ALREADY_LOGGED_IN) {
      return TokenError("log in", code);
    }
    return session;
  }

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  ~Session() { functions_->C_CloseSession(handle_); }

  // The handle of the one AES key of this label; none: nullopt.
  [[nodiscard]] Result<std::optional<CK_OBJECT_HANDLE>> FindKey(const std::string& label) {
    CK_OBJECT_CLASS object_class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_AES;
    std::array<CK_ATTRIBUTE, 3> wanted{
        {{CKA_CLASS, &object_class, sizeof(object_class)},
         {CKA_KEY_TYPE, &type, sizeof(type)},
         {CKA_LABEL, Untyped(AsBytes(label)), label.size()}}
    };
    CK_RV code = functions_->C_FindObjectsInit(handle_, wanted.data(), wanted.size());
    std::array<CK_OBJECT_HANDLE, 2> found{};
    CK_ULONG count = 0;
    if (code == CKR_OK) {
      code = functions_->C_FindObjects(handle_, found.data(), found.size(), &count);
      functions_->C_FindObjectsFinal(handle_);
    }
    if (code != CKR_OK) {
      return TokenError("be searched", code);
    }
    if (count > 1) {
      return Error{ErrorCode::kPrecondition, "several keys of the token have this label: " + label};
    }
    return count == 1 ? std::optional(found[0]) : std::nullopt;
  }

  [[nodiscard]] Result<void> GenerateKey(const std::string& label) {
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    CK_ULONG size = kKeySize;
    std::array<CK_ATTRIBUTE, 8> wanted{
        {{CKA_LABEL, Untyped(AsBytes(label)), label.size()},
         {CKA_VALUE_LEN, &size, sizeof(size)},
         {CKA_TOKEN, &yes, sizeof(yes)},
         {CKA_PRIVATE, &yes, sizeof(yes)},
         {CKA_SENSITIVE, &yes, sizeof(yes)},
         {CKA_EXTRACTABLE, &no, sizeof(no)},
         {CKA_ENCRYPT, &yes, sizeof(yes)},
         {CKA_DECRYPT, &yes, sizeof(yes)}}
    };
    CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
    CK_OBJECT_HANDLE key = 0;
    const CK_RV code =
        functions_->C_GenerateKey(handle_, &mechanism, wanted.data(), wanted.size(), &key);
    return code == CKR_OK ? Ok() : Result<void>(TokenError("generate a key", code));
  }

  // AES-GCM in the token, both ways. Returns the length written.
  [[nodiscard]] Result<std::size_t> RunGcm(
      CK_OBJECT_HANDLE key,
      BytesView nonce,
      BytesView in,
      std::span<std::uint8_t> out,
      bool encrypts
  ) {
    CK_GCM_PARAMS parameters{};
    parameters.iv_ptr = Writable(nonce);
    parameters.iv_len = nonce.size();
    parameters.iv_bits = nonce.size() * 8;
    parameters.aad_ptr = Writable(AsBytes(kPurpose));
    parameters.aad_len = kPurpose.size();
    parameters.tag_bits = kTagBits;
    CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof(parameters)};
    CK_ULONG size = out.size();
    CK_RV code = encrypts ? functions_->C_EncryptInit(handle_, &mechanism, key)
                          : functions_->C_DecryptInit(handle_, &mechanism, key);
    if (code == CKR_OK) {
      code = encrypts ? functions_->C_Encrypt(handle_, Writable(in), in.size(), out.data(), &size)
                      : functions_->C_Decrypt(handle_, Writable(in), in.size(), out.data(), &size);
    }
    if (code == CKR_OK && size <= out.size()) {
      return static_cast<std::size_t>(size);
    }
    if (!encrypts && IsWrongData(code)) {
      return Error{ErrorCode::kRefused, "wrapped by another key, or changed since"};
    }
    return TokenError(encrypts ? "wrap a key" : "unwrap a key", code);
  }

 private:
  Session(CK_FUNCTION_LIST* functions, CK_SESSION_HANDLE handle)
      : functions_(functions), handle_(handle) {}

  // Tokens disagree on how to say that a tag is wrong; SoftHSM says "general error".
  static bool IsWrongData(CK_RV code) {
    return code == CKR_ENCRYPTED_DATA_INVALID || code == CKR_ENCRYPTED_DATA_LEN_RANGE ||
           code == CKR_DATA_INVALID || code == CKR_GENERAL_ERROR;
  }

  CK_FUNCTION_LIST* functions_;
  CK_SESSION_HANDLE handle_;
};

class TokenKeyWrapper : public KeyWrapper {
 public:
  TokenKeyWrapper(std::unique_ptr<Session> session, CK_OBJECT_HANDLE key)
      : session_(std::move(session)), key_(key) {}

  // The same shape as the file form: nonce, ciphertext, tag.
  Result<Bytes> Wrap(BytesView secret) override {
    if (secret.empty() || secret.size() > kSecretSizeMax) {
      return Error{ErrorCode::kInvalid, "a token wraps 1 byte to 64 kB"};
    }
    Bytes wrapped(kNonceSize + secret.size() + kTagSize);
    FillRandom(std::span(wrapped).first(kNonceSize));
    const BytesView nonce = BytesView(wrapped).first(kNonceSize);
    const auto body = std::span(wrapped).subspan(kNonceSize);
    MUSUBI_TRY(const std::size_t size, session_->RunGcm(key_, nonce, secret, body, true));
    if (size != body.size()) {
      return Error{ErrorCode::kInternal, "the token wrapped a key to an unexpected length"};
    }
    return wrapped;
  }

  Result<SecretBytes> Unwrap(BytesView wrapped) override {
    if (wrapped.size() <= kNonceSize + kTagSize || wrapped.size() > 2 * kSecretSizeMax) {
      return Error{ErrorCode::kRefused, "wrapped by another key, or changed since"};
    }
    const BytesView nonce = wrapped.first(kNonceSize);
    const BytesView body = wrapped.subspan(kNonceSize);
    SecretBytes secret(body.size());  // some tokens want room for the tag as well
    MUSUBI_TRY(const std::size_t size, session_->RunGcm(key_, nonce, body, secret, false));
    if (size != body.size() - kTagSize) {
      return Error{ErrorCode::kInternal, "the token unwrapped a key to an unexpected length"};
    }
    secret.resize(size);
    return secret;
  }

 private:
  std::unique_ptr<Session> session_;
  CK_OBJECT_HANDLE key_;
};

}  // namespace

Result<void> CreateTokenKey(const TokenOptions& options, BytesView pin) {
  MUSUBI_TRY(const auto session, Session::Open(options, pin));
  MUSUBI_TRY(const auto key, session->FindKey(options.key_label));
  return key ? Ok() : session->GenerateKey(options.key_label);
}

Result<std::unique_ptr<KeyWrapper>> OpenToken(const TokenOptions& options, BytesView pin) {
  MUSUBI_TRY(auto session, Session::Open(options, pin));
  MUSUBI_TRY(const auto key, session->FindKey(options.key_label));
  if (!key) {
    return Error{
        ErrorCode::kNotFound, "the token has no AES key of this label: " + options.key_label
    };
  }
  return std::unique_ptr<KeyWrapper>(std::make_unique<TokenKeyWrapper>(std::move(session), *key));
}

}  // namespace musubi::crypto
