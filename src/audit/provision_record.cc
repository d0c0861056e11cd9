#include "audit/provision_record.h"

#include <algorithm>

#include "exchange/content.h"

namespace musubi::audit {

namespace {

constexpr std::string_view kFactsDomain = "musubi facts 1\n";
constexpr std::string_view kPersonDomain = "musubi person 1\n";
constexpr std::string_view kAccessDomain = "musubi access 1\n";

constexpr std::uint8_t kProvisionKind = 1;
constexpr std::uint8_t kAccessKind = 2;
constexpr std::uint8_t kLabelsKind = 3;

crypto::Digest Commit(std::string_view domain, const Code16& salt, BytesView content) {
  crypto::Sha256 hash;
  hash.Update(AsBytes(domain));
  hash.Update(salt);
  hash.Update(content);
  return hash.Finish();
}

void Put(BytesView bytes, Bytes& out) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void PutNumber(std::uint64_t value, Bytes& out) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
  }
}

template <std::size_t kSize>
void Take(BytesView& from, std::array<std::uint8_t, kSize>& out) {
  std::copy_n(from.begin(), kSize, out.begin());
  from = from.subspan(kSize);
}

std::uint64_t TakeNumber(BytesView& from) {
  std::array<std::uint8_t, 8> bytes{};
  Take(from, bytes);
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) {
    value = value << 8U | byte;
  }
  return value;
}

Bytes Encode(const ProvisionEntry& entry) {
  Bytes out = {kProvisionKind, static_cast<std::uint8_t>(entry.role)};
  Put(entry.inquiry, out);
  Put(entry.facts, out);
  Put(entry.person, out);
  Put(entry.label, out);
  return out;
}

Bytes Encode(const AccessEntry& entry) {
  Bytes out = {kAccessKind};
  Put(entry.access, out);
  return out;
}

Bytes Encode(const LabelsEntry& entry) {
  Bytes out = {kLabelsKind};
  PutNumber(entry.first, out);
  PutNumber(entry.end, out);
  Put(entry.root, out);
  return out;
}

constexpr std::size_t kProvisionSize = 1 + 1 + 16 + 32 + 32 + 16;
constexpr std::size_t kAccessSize = 1 + 32;
constexpr std::size_t kLabelsSize = 1 + 8 + 8 + 32;

}  // namespace

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kInquirer:
      return "inquirer";
    case Role::kNetwork:
      return "network";
    case Role::kProvider:
      return "provider";
  }
  return "";
}

std::string AccessText(const AccessRecord& record) {
  SecretVector<char> text;
  const std::string at = FormatUtc(record.at);
  for (const std::string_view field :
       {std::string_view(at),
        std::string_view(record.who),
        std::string_view(record.action),
        std::string_view(record.subject)}) {
    if (!text.empty()) {
      text.push_back(',');
    }
    exchange::AppendCsvField(field, text);
  }
  return {text.data(), text.size()};
}

crypto::Digest FactsCommitment(const Code16& salt, std::string_view facts_text) {
  return Commit(kFactsDomain, salt, AsBytes(facts_text));
}

crypto::Digest PersonCommitment(const Code16& own_salt, const Code16& code) {
  return Commit(kPersonDomain, own_salt, code);
}

crypto::Digest AccessCommitment(const Code16& own_salt, std::string_view text) {
  return Commit(kAccessDomain, own_salt, AsBytes(text));
}

Bytes EncodeEntry(const LogEntry& entry) {
  return std::visit([](const auto& kind) { return Encode(kind); }, entry);
}

Result<LogEntry> DecodeEntry(BytesView bytes) {
  const Error unknown{ErrorCode::kInvalid, "not an entry of this kind of log"};
  if (bytes.empty()) {
    return unknown;
  }
  const std::uint8_t kind = bytes.front();
  const std::size_t size = bytes.size();
  bytes = bytes.subspan(1);
  if (kind == kProvisionKind && size == kProvisionSize) {
    const std::uint8_t role = bytes.front();
    if (role < 1 || role > 3) {
      return unknown;
    }
    ProvisionEntry entry;
    entry.role = static_cast<Role>(role);
    bytes = bytes.subspan(1);
    Take(bytes, entry.inquiry);
    Take(bytes, entry.facts);
    Take(bytes, entry.person);
    Take(bytes, entry.label);
    return LogEntry(entry);
  }
  if (kind == kAccessKind && size == kAccessSize) {
    AccessEntry entry;
    Take(bytes, entry.access);
    return LogEntry(entry);
  }
  if (kind == kLabelsKind && size == kLabelsSize) {
    LabelsEntry entry;
    entry.first = TakeNumber(bytes);
    entry.end = TakeNumber(bytes);
    Take(bytes, entry.root);
    return LogEntry(entry);
  }
  return unknown;
}

}  // namespace musubi::audit
