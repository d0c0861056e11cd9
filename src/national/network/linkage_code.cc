#include "national/network/linkage_code.h"

#include <algorithm>

#include "base/check.h"

namespace musubi::national::network {

namespace {

constexpr std::size_t kCodeSize = std::tuple_size_v<Code16>;

// The length stands in front, so that no two (institution, version) pairs make the same label.
std::string InstitutionLabel(InstitutionKey key) {
  std::string label = "institution";
  label += '\0';
  label += std::to_string(key.institution.size());
  label += '\0';
  label += key.institution;
  label += '\0';
  label += std::to_string(key.version);
  return label;
}

}  // namespace

SecretBytes DerivePurposeKey(BytesView master_key, std::string_view purpose) {
  crypto::HmacSha256 hmac(master_key);
  std::string label = "purpose";
  label += '\0';
  label += purpose;
  crypto::Digest digest = hmac.Of(AsBytes(label));
  SecretBytes key = CopyToSecret(digest);
  WipeMemory(digest.data(), digest.size());
  return key;
}

LinkageCodes::LinkageCodes(BytesView master_key)
    : keys_(DerivePurposeKey(master_key, "institution-keys")),
      roots_(DerivePurposeKey(master_key, "roots")) {}

void LinkageCodes::Derive(
    InstitutionKey to, std::span<const char> record_codes, std::span<std::uint8_t> codes
) {
  const std::size_t person_count = record_codes.size() / kRecordCodeSize;
  MUSUBI_CHECK(record_codes.size() == person_count * kRecordCodeSize);
  MUSUBI_CHECK(codes.size() == person_count * kCodeSize);
  crypto::Digest root{};
  for (std::size_t i = 0; i < person_count; ++i) {
    const auto digits = record_codes.subspan(i * kRecordCodeSize, kRecordCodeSize);
    root = roots_.Of(AsBytes({digits.data(), digits.size()}));
    std::copy_n(
        root.begin(), kCodeSize, codes.begin() + static_cast<std::ptrdiff_t>(i * kCodeSize)
    );
  }
  WipeMemory(root.data(), root.size());
  CipherOf(to).Encrypt(codes);
}

void LinkageCodes::Translate(
    InstitutionKey from, InstitutionKey to, std::span<std::uint8_t> codes
) {
  CipherOf(from).Decrypt(codes);
  CipherOf(to).Encrypt(codes);
}

crypto::BlockCipher& LinkageCodes::CipherOf(InstitutionKey key) {
  std::pair<std::string, std::uint32_t> id(key.institution, key.version);
  auto found = ciphers_.find(id);
  if (found == ciphers_.end()) {
    crypto::Digest digest = keys_.Of(AsBytes(InstitutionLabel(key)));
    found = ciphers_.emplace(std::move(id), crypto::BlockCipher(digest)).first;
    WipeMemory(digest.data(), digest.size());
  }
  return found->second;
}

}  // namespace musubi::national::network
