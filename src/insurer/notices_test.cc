// On both engines: a file of notices in, a package out; what is not right is told by line and
// field.
#include "insurer/notices.h"

#include "exchange/notice.h"
#include "exchange/record_copy.h"
#include "insurer/records_for_test.h"

namespace musubi::insurer {
namespace {

class NoticesTest : public RecordsTest {
 protected:
  Result<NoticesReport> MakeOf(const std::string& text) {
    MemorySource source(AsBytes(text));
    return MakeNotices(
        *database_,
        clock_,
        {source,
         "notices.csv",
         Package(),
         *insurer_,
         terminal_->certificate,
         exchange::Mode::kTest,
         "clerk"}
    );
  }

  NoticesReport MakeRows(const std::string& rows) {
    return Must(MakeOf("insured_number,branch,title,body,valid_until\r\n" + rows));
  }

  [[nodiscard]] std::filesystem::path Package() const { return folder() / "notices.p7m"; }

  // Rows after D, joined with "|".
  Lines RowsOfPackage() {
    Lines rows;
    exchange::Expected expected;
    expected.kind = "NT";
    expected.recipient = "hub";
    Must(exchange::ReadPackage(
        Package(),
        *terminal_,
        *trust_,
        now_,
        expected,
        {},
        [&rows](auto, auto, auto fields) {
          EXPECT_EQ(exchange::ReadNoticeRow(fields).fault_field, "");
          std::string row;
          for (const std::string_view field : fields) {
            row.append(row.empty() ? "" : "|").append(field);
          }
          rows.push_back(row);
          return Ok();
        }
    ));
    return rows;
  }

  static Lines PlacesOf(const NoticesReport& report) {
    Lines places;
    for (const RowProblem& problem : report.problems) {
      places.push_back(std::to_string(problem.line) + ": " + problem.field);
    }
    return places;
  }
};

MUSUBI_TEST_BOTH_ENGINES(NoticesTest);

TEST_P(NoticesTest, ColumnsMayStandInAnyOrderAndABodyMayHaveLines) {
  const NoticesReport report =
      Must(MakeOf("\xef\xbb\xbftitle,valid_until,branch,insured_number,body\n"
                  "健診案内,2099-12-31,01,00000001,\"一行目\n\"\"二行目\"\"\"\n"));
  EXPECT_EQ(report.taken, 1U);
  EXPECT_EQ(report.sequence, 1U);
  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(RowsOfPackage(), (Lines{"00000001|01|健診案内|一行目\n\"二行目\"|2099-12-31"}));
}

TEST_P(NoticesTest, WhatIsNotRightIsToldByLineAndFieldAndTheRestGoes) {
  const NoticesReport report = MakeRows(
      "00000001,01,t,b,2099-12-31\r\n"
      "00000001,02,t,b,2099-12-31\r\n"  // another branch
      "00000003,01,t,b,2099-12-31\r\n"  // nobody was given it
      "00000002,01,t\r\n"               // too short
      "00000002,01,,b,2099-12-31\r\n"   //
      "00000002,01,t,\"a\r\nb\",soon\r\n"
      "00000002,01,t,b,2001-01-01\r\n"
      "00000002,01,123456789018,b,2099-12-31\r\n"
      "x,01,t,b,2099-12-31\r\n"
      "00000002,01,last,b,2099-12-31\r\n"
  );
  EXPECT_EQ(report.rows, 10U);
  EXPECT_EQ(
      PlacesOf(report),
      (Lines{
          "3: insured_number",
          "4: insured_number",
          "5: ",
          "6: title",
          "7: valid_until",
          "9: valid_until",
          "10: title",
          "11: insured_number"
      })
  );
  EXPECT_EQ(
      RowsOfPackage(), (Lines{"00000001|01|t|b|2099-12-31", "00000002|01|last|b|2099-12-31"})
  );
  for (const RowProblem& problem : report.problems) {
    EXPECT_EQ(problem.problem.find("0000000"), std::string::npos) << "no value in a message";
  }
}

TEST_P(NoticesTest, NothingRightIsNoPackage) {
  const NoticesReport report = MakeRows("00000009,01,t,b,2099-12-31\r\n");
  EXPECT_EQ(report.taken, 0U);
  EXPECT_EQ(report.sequence, 0U);
  EXPECT_FALSE(std::filesystem::exists(Package()));
}

TEST_P(NoticesTest, AFileThatIsNoListOfNoticesIsRefusedWhole) {
  EXPECT_EQ(MakeOf("").error().code, ErrorCode::kInvalid);
  const auto missing = MakeOf("insured_number,branch,title,valid_until\r\n");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().place, "notices.csv:1: body");
  EXPECT_FALSE(MakeOf("insured_number,branch,title,body,valid_until,more\r\n").ok());
}

TEST_P(NoticesTest, EveryPackageHasItsOwnSequence) {
  EXPECT_EQ(MakeRows("00000001,01,t,b,2099-12-31\r\n").sequence, 1U);
  EXPECT_EQ(MakeRows("00000001,01,t,b,2099-12-31\r\n").sequence, 2U);
}

TEST_P(NoticesTest, TheHubsAnswerSaysWhichNoticeWasRefused) {
  const auto path = folder() / "notices.nr.p7m";
  const auto file = Must(FileSink::Create(path));
  const auto sealing =
      Must(crypto::SealingWriter::Create(*file, *hub_, insurer_->certificate, now_));
  exchange::PackageHeader header;
  header.kind = "NR";
  header.sender = "hub";
  header.recipient = "insurer-133033";
  header.created = now_;
  header.sequence = 4;
  auto content = Must(exchange::ContentWriter::Create(*sealing, header));
  Must(exchange::WriteCopyResultRow(content, {2, exchange::CopyOutcome::kApplied, ""}));
  Must(exchange::WriteCopyResultRow(content, {3, exchange::CopyOutcome::kStopped, ""}));
  Must(content.Finish());
  Must(sealing->Finish());
  Must(file->Commit());
  const auto report =
      Must(ReadNoticeResult(clock_, {path, *insurer_, *trust_, exchange::Mode::kTest}));
  EXPECT_EQ(report.sequence, 4U);
  EXPECT_EQ(report.rows, 2U);
  EXPECT_EQ(report.taken, 1U);
  ASSERT_EQ(report.refusals.size(), 1U);
  EXPECT_EQ(report.refusals[0].notice, 2U);
  EXPECT_EQ(report.refusals[0].outcome, "stopped");
}

}  // namespace
}  // namespace musubi::insurer
