// 機関別符号 (linkage code): what one institution calls one person. Sixteen opaque bytes.
//
//   root    = HMAC-SHA-256(root key, resident record code), cut to 16 bytes
//   code_A  = AES-256(key_A, root)           key_A = HMAC-SHA-256(master, institution and version)
//   code_B  = AES-256(key_B, AES-256^-1(key_A, code_A))
//
// What always holds
//   1. The same person has the same code at one institution under one key version, for ever; the
//      codes of two institutions cannot be linked without the master key.
//   2. Nothing is stored per person: a code follows from the record code or from another code.
//   3. Roots and record codes (住民票コード) never leave this class; they are wiped after each
//   call.
//
// Keys of institutions are made once and kept. One thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/cipher.h"
#include "crypto/digest.h"

namespace musubi::national::network {

// The key of an institution: renewed keys have a higher version.
struct InstitutionKey {
  std::string_view institution;  // node id: "hub"
  std::uint32_t version = 1;
};

// A key for one purpose of ours, drawn from the master key.
[[nodiscard]] SecretBytes DerivePurposeKey(BytesView master_key, std::string_view purpose);

class LinkageCodes {
 public:
  explicit LinkageCodes(BytesView master_key);

  // `record_codes` holds eleven digits per person, one after the other; `codes` gets sixteen bytes
  // per person.
  void Derive(InstitutionKey to, std::span<const char> record_codes, std::span<std::uint8_t> codes);
  // In place: from what `from` calls these people to what `to` calls them.
  void Translate(InstitutionKey from, InstitutionKey to, std::span<std::uint8_t> codes);

 private:
  [[nodiscard]] crypto::BlockCipher& CipherOf(InstitutionKey key);

  crypto::HmacSha256 keys_;
  crypto::HmacSha256 roots_;
  std::map<std::pair<std::string, std::uint32_t>, crypto::BlockCipher> ciphers_;
};

inline constexpr std::size_t kRecordCodeSize = 11;

}  // namespace musubi::national::network
