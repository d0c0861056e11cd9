// 情報提供等記録 (番号法23条): what a party keeps of one inquiry, and what its log shows of it.
//
// A party keeps the facts all three share and the person as this party knows them. The log holds
// commitments only: when the record and its salts are erased after their period, nothing about the
// person can be learnt from the log, and the log still verifies.
//
//   common commitment   SHA-256("musubi facts 1\n" || salt || facts)     the salt came with the
//                       inquiry, so all three parties' logs hold the same 32 bytes
//   own commitment      SHA-256("musubi person 1\n" || own salt || code) nobody else's
//
// A log entry (docs/formats/provision-record.md), first byte its kind:
//   1  provision: role (1), inquiry id (16), common commitment (32), own commitment (32), label
//   (16) 2  access:    commitment (32) 3  labels:    first index (8), end index (8), root of the
//   sorted labels (32)
// Numbers are big-endian. The label is the network's, for proofs that a person's list is complete;
// zero in the logs of others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "exchange/inquiry.h"

namespace musubi::audit {

enum class Role : std::uint8_t { kInquirer = 1, kNetwork = 2, kProvider = 3 };

[[nodiscard]] std::string_view RoleName(Role role);  // "inquirer", "network", "provider"

struct ProvisionRecord {
  Role role = Role::kInquirer;
  exchange::InquiryFacts facts;
  Code16 code{};  // the person as this party knows them
  Code16 salt{};  // of the common commitment
  Code16 label{};
};

// Who used the system to see or do what. `subject` is a code or an id of ours, never a number, name
// or address.
struct AccessRecord {
  Instant at;
  std::string who;     // node id, and the person's name at it where known
  std::string action;  // "answer-read", "provision-records-shown", "link-stopped"
  std::string subject;
};

[[nodiscard]] std::string AccessText(const AccessRecord& record);

[[nodiscard]] crypto::Digest FactsCommitment(const Code16& salt, std::string_view facts_text);
[[nodiscard]] crypto::Digest PersonCommitment(const Code16& own_salt, const Code16& code);
[[nodiscard]] crypto::Digest AccessCommitment(const Code16& own_salt, std::string_view text);

struct ProvisionEntry {
  Role role = Role::kInquirer;
  exchange::InquiryId inquiry{};
  crypto::Digest facts{};
  crypto::Digest person{};
  Code16 label{};

  friend bool operator==(const ProvisionEntry&, const ProvisionEntry&) = default;
};

struct AccessEntry {
  crypto::Digest access{};

  friend bool operator==(const AccessEntry&, const AccessEntry&) = default;
};

struct LabelsEntry {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  crypto::Digest root{};

  friend bool operator==(const LabelsEntry&, const LabelsEntry&) = default;
};

using LogEntry = std::variant<ProvisionEntry, AccessEntry, LabelsEntry>;

[[nodiscard]] Bytes EncodeEntry(const LogEntry& entry);
// kInvalid: not an entry of ours.
[[nodiscard]] Result<LogEntry> DecodeEntry(BytesView bytes);

}  // namespace musubi::audit
