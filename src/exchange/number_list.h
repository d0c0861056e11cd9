// NL, the Individual Number list 個人番号リスト (guide 2.8 ①), insurer -> hub:
//   D,<reference>,<individual number>,<birth date>,<date qualified>
// NP, the number pairs 関連付けファイル (guide 2.8 ③), hub -> insurer:
//   D,<reference>,<individual number>,<insured number>,<branch>,<outcome>
// NP has as many rows as NL, in the same order; insured number and branch are blank without a code.
//
// `reference` is the association's own row key, never a number (twelve digits in it with a right
// check digit make it bad-format), 1-32 characters of A-Z a-z 0-9 - _ .
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/date.h"
#include "base/io.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "crypto/sealed_package.h"
#include "exchange/content.h"
#include "exchange/outcome.h"
#include "number/individual_number.h"
#include "number/insured_number.h"

namespace musubi::exchange {

inline constexpr std::size_t kReferenceSizeMax = 32;

// One row of NL as it came; `fault` says what is wrong with it (kBadFormat, kBadCheckDigit), and
// then number or dates may be unset. Borrowed until the callback returns.
struct NumberListRow {
  std::string_view reference;
  number::IndividualNumber number;
  Date birth_date;
  Date qualified_on;
  std::optional<Outcome> fault;
};

using OnNumberListRow = std::function<Result<void>(std::uint64_t row, const NumberListRow&)>;

// Turns the fields of a D record into a row; never fails: what is wrong becomes `fault`.
// An over-long or ill-spelt reference becomes kBadFormat with an empty reference.
[[nodiscard]] NumberListRow ReadNumberListRow(std::span<const std::string_view> fields);

[[nodiscard]] Result<void> WriteNumberListRow(ContentWriter& writer, const NumberListRow& row);

struct NumberPairRow {
  std::string_view reference;
  number::IndividualNumber number;               // unset: the list's number was not one
  std::optional<number::InsuredNumber> insured;  // with a code only
  Outcome outcome = Outcome::kBusy;
};

using OnNumberPairRow = std::function<Result<void>(std::uint64_t row, const NumberPairRow&)>;

// kInvalid: the hub wrote something we do not understand; the whole file is refused.
[[nodiscard]] Result<NumberPairRow> ReadNumberPairRow(std::span<const std::string_view> fields);
[[nodiscard]] Result<void> WriteNumberPairRow(ContentWriter& writer, const NumberPairRow& row);

// A whole package from its file or from elsewhere: opens, checks content and that the signer is the
// header's sender. As with OpenPackage, rows are handed out before the last check has passed.
struct PackageCheck {
  PackageHeader header;
  crypto::Certificate signer;
  std::uint64_t record_count = 0;
};

[[nodiscard]] Result<PackageCheck> ReadPackage(
    ByteSource& source,
    const crypto::Identity& recipient,
    const crypto::Trust& trust,
    Instant now,
    const Expected& expected,
    const OnHeader& on_header,
    const OnRecord& on_record
);
[[nodiscard]] Result<PackageCheck> ReadPackage(
    const std::filesystem::path& path,
    const crypto::Identity& recipient,
    const crypto::Trust& trust,
    Instant now,
    const Expected& expected,
    const OnHeader& on_header,
    const OnRecord& on_record
);

}  // namespace musubi::exchange
