// NT, notices お知らせ (医療費通知, 健診案内 and the like), insurer -> hub:
//   D,<insured number>,<branch>,<title>,<body>,<valid until>
// NR, what became of them, hub -> insurer: a row for every D of NT, in its order, as of RR
// (record_copy.h).
// ND, notices on their way, hub -> portal; a package of one call:
//   D,<notice id>,<association>,<title>,<body>,<valid until>
//
// Between hub and portal stands the network, which may not read notices: ND travels sealed to the
// portal inside the lines of a NoticeBlock, and beside it what the network needs to translate codes
//   S,<ND, a CMS package, base64>
//   N,<notice id>,<code of the person as the receiver knows them>      one per row of ND
//   A,<institution>,<name>                                             added by the network
// Lines are CSV with CRLF, UTF-8; ids and codes 32 hex digits. docs/formats/notices.md.
//
// Readers never say what stood in a field. Texts are borrowed until the callback returns.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/date.h"
#include "base/result.h"
#include "base/secret.h"
#include "exchange/content.h"
#include "number/insured_number.h"

namespace musubi::exchange {

inline constexpr std::string_view kNoticesKind = "NT";
inline constexpr std::string_view kNoticeResultKind = "NR";
inline constexpr std::string_view kNoticeDeliveryKind = "ND";

inline constexpr std::size_t kNoticeTitleSizeMax = 200;   // bytes
inline constexpr std::size_t kNoticeBodySizeMax = 4000;   // bytes
inline constexpr std::size_t kNoticesPerBlockMax = 1000;  // the hub sends fewer

using NoticeId = Code16;  // drawn by the hub; says nothing about person or content

// Not blank, at most 200 bytes of UTF-8, no control characters, nothing that looks like an
// Individual Number (in full-width digits neither).
[[nodiscard]] bool IsNoticeTitle(std::string_view text);
// As a title, at most 4,000 bytes; line breaks and tabs are allowed.
[[nodiscard]] bool IsNoticeBody(std::string_view text);

struct NoticeText {
  std::string_view title;
  std::string_view body;
  Date valid_until;  // the last day it is shown
};

// A row of NT. `fault_field`: what is wrong, by name; then other fields may be unset.
struct NoticeRow {
  std::optional<number::InsuredNumber> insured;  // with a branch
  NoticeText text;
  std::string_view fault_field;  // empty: none
};

// Never fails: what is wrong becomes `fault_field`.
[[nodiscard]] NoticeRow ReadNoticeRow(std::span<const std::string_view> fields);
// kInvalid: what ReadNoticeRow of the other side would not take.
[[nodiscard]] Result<void> WriteNoticeRow(ContentWriter& writer, const NoticeRow& row);

// A row of ND.
struct DeliveredNotice {
  NoticeId id{};
  std::string_view association;  // "association-133033"
  NoticeText text;
};

// kInvalid with the field: the hub wrote something we do not understand.
[[nodiscard]] Result<DeliveredNotice> ReadDeliveredNotice(std::span<const std::string_view> fields);
[[nodiscard]] Result<void> WriteDeliveredNotice(ContentWriter& writer, const DeliveredNotice& row);

struct NoticeBlock {
  struct Person {
    NoticeId notice{};
    Code16 code{};

    friend bool operator==(const Person&, const Person&) = default;
  };

  struct Name {
    std::string institution;
    std::string name;

    friend bool operator==(const Name&, const Name&) = default;
  };

  Bytes sealed;
  std::vector<Person> people;
  std::vector<Name> names;

  friend bool operator==(const NoticeBlock&, const NoticeBlock&) = default;
};

// kInvalid with "line N"; kExhausted: more notices than a block may have.
[[nodiscard]] Result<NoticeBlock> ReadNoticeBlock(std::string_view lines);
// A name the receiver would not take is left out: it is not worth a notice.
void AppendNoticeBlock(const NoticeBlock& block, SecretVector<char>& out);

}  // namespace musubi::exchange
