// Notices お知らせ to insured people (医療費通知, 健診案内): a file in, a package for the hub out,
// and what the hub made of it.
//
//   insured_number,branch,title,body,valid_until
//
// The first line names the columns, in any order. UTF-8; RFC 4180, so a body in quotes may have
// line breaks. docs/formats/notices.md has the limits. A row that is not right does not go and is
// told with line and field; the others go. So the whole file, corrected, may be sent again: the
// portal shows the same words to the same person once.
//
// Nothing goes to whom no tied link without a doubt leads (record_person.h has the same rule for
// record copies). Texts are not kept here. Memory is bounded by the problems, not by the file.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/io.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "exchange/content.h"
#include "insurer/report.h"
#include "store/database.h"

namespace musubi::insurer {

struct NoticesRequest {
  ByteSource& source;
  std::string_view name;  // of the file, for messages
  std::filesystem::path out;
  const crypto::Identity& signer;        // insurer-X
  const crypto::Certificate& recipient;  // the terminal's
  exchange::Mode mode = exchange::Mode::kTest;
  std::string_view operator_name;
};

struct NoticesReport {
  std::uint64_t sequence = 0;  // 0: no row was right, no package was written
  std::uint64_t rows = 0;
  std::uint64_t taken = 0;
  std::vector<RowProblem> problems;
};

// `database` has the tables of Register::Open. kInvalid: the file as a whole.
[[nodiscard]] Result<NoticesReport> MakeNotices(
    store::Database& database, const Clock& clock, const NoticesRequest& request
);

struct NoticeResultRequest {
  std::filesystem::path file;
  const crypto::Identity& recipient;  // insurer-X
  const crypto::Trust& trust;
  exchange::Mode mode = exchange::Mode::kTest;
};

struct NoticeRefusal {
  std::uint64_t notice = 0;  // of the package, from 1
  std::string outcome;
  std::string field;
};

struct NoticeResultReport {
  std::uint64_t sequence = 0;
  std::uint64_t rows = 0;
  std::uint64_t taken = 0;
  std::map<std::string, std::uint64_t> refused;  // by outcome
  std::vector<NoticeRefusal> refusals;           // the first thousand
};

// Reads the hub's answer to a package (NR). kRefused, kInvalid: the file as a whole.
[[nodiscard]] Result<NoticeResultReport> ReadNoticeResult(
    const Clock& clock, const NoticeResultRequest& request
);

}  // namespace musubi::insurer
